"""Whole words as tokens: the plain alternative to sub-words."""

import functools
from collections.abc import Sequence

import tensorflow as tf
import tensorflow_transform as tft

from components.transform import config as config_lib
from components.transform import vocabulary


def learn(
    words: tf.Tensor,
    config: config_lib.TokenizerConfig,
    vocabulary_name: str,
    given: Sequence[str] | None = None,
) -> vocabulary.WordLookup:
    """Learns which words are the most frequent ones.

    Args:
        words: String tensor `(any,)`.
        config: Bounds of the vocabulary.
        vocabulary_name: Asset to write it to.
        given: The vocabulary, where it is not to be learned.

    Returns:
        What turns words `(batch, None)` into their ids `(batch, None)`; others become `[UNK]`.
    """
    (path,) = vocabulary.analyze(
        words,
        vocabulary_name,
        functools.partial(take_words, config=config, given=given),
        limit=config.vocabulary_size,
    )

    return _Lookup(path)


class _Lookup:
    """Words to their ids, see `vocabulary.WordLookup`."""

    def __init__(self, path: tf.Tensor) -> None:
        self._path = path

    def __call__(self, words: tf.RaggedTensor) -> tf.RaggedTensor:
        return words.with_flat_values(self._ids(words.flat_values))

    def with_offsets(
        self, words: tf.Tensor
    ) -> tuple[tf.RaggedTensor, tf.RaggedTensor, tf.RaggedTensor]:
        ends = tf.strings.length(words)
        return tuple(
            tf.RaggedTensor.from_tensor(tf.cast(values, tf.int64)[:, None])
            for values in (self._ids(words), tf.zeros_like(ends), ends)
        )

    def _ids(self, words: tf.Tensor) -> tf.Tensor:
        return tft.apply_vocabulary(words, self._path, default_value=vocabulary.UNK_ID)


def take_words(
    counted: vocabulary.Counted,
    config: config_lib.TokenizerConfig,
    given: Sequence[str] | None = None,
) -> vocabulary.Learned:
    """Takes the most frequent words; of two equally frequent ones, the first by code point."""
    if given is not None:
        return vocabulary.Learned(list(given))
    words = vocabulary.frequent_words(counted, config.min_count)
    return vocabulary.Learned([*vocabulary.RESERVED, *words][: config.vocabulary_size])
