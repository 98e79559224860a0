"""Texts to words, a batch at a time: what the tokenizer makes of them, and what their signs are."""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from components.statistics import text_statistics
from components.transform import byte_pairs, lossless
from components.transform import config as config_lib
from components.transform import text as text_lib
from schemas import tokens

# Control characters of Unicode (Cc) other than tab, line feed and return.
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}]"
_HAS_CONTROL = rf"(?s).*{_CONTROL}.*"
_NEARLY_EMPTY = r"[^\pL\pN]*[\pL\pN]?[^\pL\pN]*"  # fewer than 2 letters or digits
_PUNCTUATION = r"\p{P}\p{M}*"
_HASHES = 2**63 - 1
_TEXTS = [tf.TensorSpec([None], tf.string)]


@dataclasses.dataclass(frozen=True)
class Words:
    """The words of some texts; a word that occurs twice stands once in `unique`.

    Attributes:
        unique: Bytes `(unique,)`.
        hashes: uint64 `(unique,)`.
        buckets: int64 `(unique,)`, below `UNIGRAM_BUCKETS`.
        is_punctuation: bool `(unique,)`.
        index: int64 `(words,)`: word after word, its place in `unique`.
        splits: int64 `(rows + 1,)`; row i has the words `splits[i]` to `splits[i + 1]`.
    """

    unique: np.ndarray
    hashes: np.ndarray
    buckets: np.ndarray
    is_punctuation: np.ndarray
    index: np.ndarray
    splits: np.ndarray


@dataclasses.dataclass(frozen=True)
class Signs:
    """What is in some texts, each `(rows,)`.

    Attributes:
        characters: int64, Unicode code points.
        near_empty: bool, fewer than 2 letters or digits.
        controls: int64, control characters other than tab, line feed and return.
    """

    characters: np.ndarray
    near_empty: np.ndarray
    controls: np.ndarray


@dataclasses.dataclass(frozen=True)
class Texts:
    """What was read of some texts.

    Attributes:
        words: Their words, in the tokenizer's normal form.
        folded: Their words with case folded.
        units: What the tokenizer cuts them into before it looks anything up: words, or characters,
            or words with the space before them.
        signs: Their signs.
    """

    words: Words
    folded: Words
    units: Words
    signs: Signs


def units(texts: tf.Tensor, config: config_lib.TokenizerConfig) -> tf.RaggedTensor:
    """Cuts texts `(batch,)` into the units `(batch, None)` that the tokenizer looks up."""
    if config.kind == "characters":
        return tf.strings.unicode_split(lossless.clean(texts), "UTF-8")
    if config.kind in tokens.OF_BYTES:
        return byte_pairs.split(texts)
    return text_lib.words(texts, config)


class Reader:
    """Splits texts with the tokenizer's own graph, traced once.

    Args:
        config: The tokenizer's.
    """

    def __init__(self, config: config_lib.TokenizerConfig) -> None:
        folding = config.model_copy(update={"lowercase": True})
        is_lossless = config.kind in tokens.LOSSLESS
        self._words = _traced(text_lib.words, config)
        self._folded = self._words if config.lowercase else _traced(text_lib.words, folding)
        self._units = _traced(units, config) if is_lossless else self._words
        self._signs = tf.function(_signs, input_signature=_TEXTS, autograph=False)

    def read(self, texts: np.ndarray) -> Texts:
        """Reads texts, bytes `(rows,)`."""
        tensor = tf.constant(texts, tf.string)
        words = self._words(tensor)
        return Texts(
            words=words,
            folded=words if self._folded is self._words else self._folded(tensor),
            units=words if self._units is self._words else self._units(tensor),
            signs=Signs(*(value.numpy() for value in self._signs(tensor))),
        )


_Cut = Callable[[tf.Tensor, config_lib.TokenizerConfig], tf.RaggedTensor]


def _traced(cut: _Cut, config: config_lib.TokenizerConfig) -> Callable[[tf.Tensor], Words]:
    def split(texts: tf.Tensor) -> tuple[tf.Tensor, ...]:
        words = cut(texts, config)
        unique, index = tf.unique(words.flat_values, out_idx=tf.int64)
        return (
            unique,
            tf.strings.to_hash_bucket_fast(unique, _HASHES),
            tf.strings.to_hash_bucket_fast(unique, text_statistics.UNIGRAM_BUCKETS),
            tf.strings.regex_full_match(unique, _PUNCTUATION),
            index,
            words.row_splits,
        )

    graph = tf.function(split, input_signature=_TEXTS, autograph=False)

    def read(texts: tf.Tensor) -> Words:
        unique, hashes, *others = (value.numpy() for value in graph(texts))
        return Words(unique, hashes.astype(np.uint64), *others)

    return read


def _signs(texts: tf.Tensor) -> tuple[tf.Tensor, ...]:
    # What is not UTF-8 matches nothing; it becomes U+FFFD, which is neither letter nor control.
    texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", replace_control_characters=False)
    characters = tf.strings.length(texts, unit="UTF8_CHAR")
    has_control = tf.strings.regex_full_match(texts, _HAS_CONTROL)
    places = tf.where(has_control)
    those = tf.gather_nd(texts, places)  # few: what is counted in them is counted by rewriting
    without = tf.strings.regex_replace(those, _CONTROL, "")
    controls = tf.strings.length(those, unit="UTF8_CHAR") - tf.strings.length(
        without, unit="UTF8_CHAR"
    )
    return (
        tf.cast(characters, tf.int64),
        tf.strings.regex_full_match(texts, _NEARLY_EMPTY),
        tf.tensor_scatter_nd_update(
            tf.zeros(tf.shape(texts), tf.int64), places, tf.cast(controls, tf.int64)
        ),
    )
