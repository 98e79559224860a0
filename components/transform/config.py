"""What a user may set about the tokenizer. Imports no TensorFlow."""

from typing import Literal

import pydantic

from trainer import config


class TokenizerConfig(config.Section):
    """How text becomes token ids.

    Attributes:
        kind: `wordpiece` learns sub-words from the train split; `words` takes whole words.
        vocabulary_size: Entries at most, reserved tokens included.
        max_length: Tokens kept of a text, the first and last marks included.
        lowercase: Fold case before splitting. Folding takes compatibility forms along: NFC and NFD
            come out as NFKC and NFKD.
        unicode: Normal form that text is brought into before splitting.
        min_count: Words seen fewer times in the train split are left out of learning.
    """

    kind: Literal["wordpiece", "words"] = "wordpiece"
    vocabulary_size: int = pydantic.Field(8000, ge=16, le=1_000_000)
    max_length: int = pydantic.Field(128, ge=4, le=65_536)
    lowercase: bool = True
    unicode: Literal["NFC", "NFKC", "NFD", "NFKD"] = "NFKC"
    min_count: int = pydantic.Field(1, ge=1)
