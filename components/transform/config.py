"""What a user may set about the tokenizer. Imports no TensorFlow."""

from typing import Literal

import pydantic

from schemas import tokens
from trainer import config

# 242 bytes that UTF-8 is made of, and the reserved tokens; see `byte_pairs.py`.
MIN_BYTES_BPE = 247


class TokenizerConfig(config.Section):
    """How text becomes token ids.

    Attributes:
        kind: `wordpiece` learns sub-words from the train split; `words` takes whole words. Two
            lose nothing of a text, for models that write: `characters` takes each code point,
            `bytes_bpe` learns sub-words of bytes.
        vocabulary_size: Entries at most, reserved tokens included.
        max_length: Tokens kept of a text, the first and last marks included; the length of a
            block, where texts are put into blocks and nothing is cut off.
        stride: Where a text is cut into windows that overlap: by how many tokens each moves on.
            Null: by half of a window.
        max_answer_tokens: Tokens of an answer at most, where one is a part of a text.
        lowercase: Fold case before splitting. Folding takes compatibility forms along: NFC and NFD
            come out as NFKC and NFKD.
        unicode: Normal form that text is brought into before splitting.
        min_count: Words, or characters, seen fewer times in the train split are left out of
            learning.

    `lowercase` and `unicode` are for `wordpiece` and `words` alone.
    """

    kind: tokens.Units = "wordpiece"
    vocabulary_size: int = pydantic.Field(8000, ge=16, le=1_000_000)
    max_length: int = pydantic.Field(128, ge=4, le=65_536)
    stride: int | None = pydantic.Field(None, ge=1, le=65_536)
    max_answer_tokens: int = pydantic.Field(30, ge=1, le=1024)
    lowercase: bool = True
    unicode: Literal["NFC", "NFKC", "NFD", "NFKD"] = "NFKC"
    min_count: int = pydantic.Field(1, ge=1)

    @pydantic.model_validator(mode="after")
    def _bytes_fit(self) -> "TokenizerConfig":
        if self.kind == "bytes_bpe" and self.vocabulary_size < MIN_BYTES_BPE:
            raise ValueError(
                f"`vocabulary_size` must be at least {MIN_BYTES_BPE} for bytes_bpe: each byte is "
                f"an entry. Received: {self.vocabulary_size}"
            )
        return self
