"""What a user may set about the tokenizer. Imports no TensorFlow."""

from typing import Literal

import pydantic

from schemas import tokens
from trainer import config

# 242 bytes that UTF-8 is made of, and the reserved tokens; see `byte_pairs.py`.
MIN_BYTES_BPE = 247

# Longer words are neither learned nor looked up: they are unknown. Long enough for a sentence in a
# script without spaces, short enough that a blob of base64 costs one token.
MAX_WORD_BYTES = 512
_BERT_WORD_BYTES = 100  # of KerasHub's tokenizer: the default of tensorflow_text's op


class TokenizerConfig(config.Section):
    """How text becomes token ids.

    Attributes:
        kind: `wordpiece` learns sub-words from the train split; `words` takes whole words. Two
            lose nothing of a text, for models that write: `characters` takes each code point,
            `bytes_bpe` learns sub-words of bytes. `gpt2_bpe` is GPT-2's own way of making such by
            merges, of the vocabulary of `model.init_from`.
        vocabulary_size: Entries at most, reserved tokens included.
        max_length: Tokens kept of a text, the first and last marks included; the length of a
            block, where texts are put into blocks and nothing is cut off.
        stride: Where a text is cut into windows that overlap: by how many tokens each moves on.
            Null: by half of a window.
        max_answer_tokens: Tokens of an answer at most, where one is a part of a text.
        lowercase: Fold case before splitting. Folding takes compatibility forms along: NFC and NFD
            come out as NFKC and NFKD.
        unicode: Normal form that text is brought into before splitting.
        strip_accents: Leave marks that combine with a letter out: é becomes e.
        pretokenizer: How text is split into words: by `unicode`, or as `bert` splits it, where what
            is no letter or digit of ASCII stands alone, case is folded after splitting, `unicode`
            is not heeded and words of more than 100 bytes are unknown.
        min_count: Words, or characters, seen fewer times in the train split are left out of
            learning.

    `lowercase`, `unicode`, `strip_accents` and `pretokenizer` are for `wordpiece` and `words`
    alone.
    """

    kind: tokens.Units = "wordpiece"
    vocabulary_size: int = pydantic.Field(8000, ge=16, le=1_000_000)
    max_length: int = pydantic.Field(128, ge=4, le=65_536)
    stride: int | None = pydantic.Field(None, ge=1, le=65_536)
    max_answer_tokens: int = pydantic.Field(30, ge=1, le=1024)
    lowercase: bool = True
    unicode: Literal["NFC", "NFKC", "NFD", "NFKD"] = "NFKC"
    strip_accents: bool = False
    pretokenizer: Literal["unicode", "bert"] = "unicode"
    min_count: int = pydantic.Field(1, ge=1)

    @property
    def max_word_bytes(self) -> int:
        """Bytes of a word that is looked up; longer ones are unknown."""
        return _BERT_WORD_BYTES if self.pretokenizer == "bert" else MAX_WORD_BYTES

    @pydantic.model_validator(mode="after")
    def _bytes_fit(self) -> "TokenizerConfig":
        if self.kind == "bytes_bpe" and self.vocabulary_size < MIN_BYTES_BPE:
            raise ValueError(
                f"`vocabulary_size` must be at least {MIN_BYTES_BPE} for bytes_bpe: each byte is "
                f"an entry. Received: {self.vocabulary_size}"
            )
        return self
