"""WordPiece: a word becomes the longest pieces known, from left to right."""

import functools
import time
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
import tensorflow_text
from absl import logging

from components.transform import config as config_lib
from components.transform import learner, rows, vocabulary

# Words that pieces are learned from, the most frequent first. More would cost minutes and change
# little: this many take a minute for 32,000 pieces.
_MAX_WORDS = 500_000


def learn(
    words: tf.Tensor,
    config: config_lib.TokenizerConfig,
    vocabulary_name: str,
    given: Sequence[str] | None = None,
) -> vocabulary.WordLookup:
    """Learns sub-words from all the words of the split.

    Args:
        words: String tensor `(any,)`.
        config: Bounds of the vocabulary.
        vocabulary_name: Asset to write it to.
        given: The vocabulary, where it is not to be learned.

    Returns:
        What turns words `(batch, None)` into the ids of their pieces `(batch, None)`. A word is
        unknown as a whole, `[UNK]`, when no pieces make it up.

    References:
        Song et al. 2021, "Fast WordPiece tokenization", arXiv:2012.15524, for the op
    """
    _, model = vocabulary.analyze(
        words,
        vocabulary_name,
        functools.partial(learn_pieces, config=config, given=given),
        limit=_MAX_WORDS,
        companion=tf.TensorSpec([None], tf.uint8),
    )
    # Transform runs this graph to feed the analysis, with a single 0 for what is not learned
    # yet. The op would read past its end and take the process down: it gets an empty vocabulary.
    model = tf.cond(tf.size(model) > 1, lambda: model, _unlearned_model)
    return look_up(model)


def look_up(model: tf.Tensor) -> vocabulary.WordLookup:
    """Makes what looks words up in a compiled vocabulary, uint8 `(any,)`."""
    return _Lookup(model)


class _Lookup:
    """Words to the ids of their pieces, see `vocabulary.WordLookup`."""

    def __init__(self, model: tf.Tensor) -> None:
        self._tokenizer = tensorflow_text.FastWordpieceTokenizer(
            model_buffer=model, token_out_type=tf.int64
        )

    def __call__(self, words: tf.RaggedTensor) -> tf.RaggedTensor:
        return rows.joined(self._tokenizer.tokenize(words))

    def with_offsets(
        self, words: tf.Tensor
    ) -> tuple[tf.RaggedTensor, tf.RaggedTensor, tf.RaggedTensor]:
        ids, starts, ends = self._tokenizer.tokenize_with_offsets(words)
        return ids, tf.cast(starts, tf.int64), tf.cast(ends, tf.int64)


def learn_pieces(
    counted: vocabulary.Counted,
    config: config_lib.TokenizerConfig,
    given: Sequence[str] | None = None,
) -> vocabulary.Learned:
    """Learns pieces from counted words; the companion is the op's model, uint8 `(any,)`."""
    if given is not None:
        return _compiled(list(given), config)
    start = time.monotonic()
    words = vocabulary.frequent_words(counted, config.min_count)
    pieces = learner.learn(words, config.vocabulary_size - len(vocabulary.RESERVED))
    logging.info(
        "Learned %d pieces from %d distinct words in %.1f s.",
        len(pieces),
        len(words),
        time.monotonic() - start,
    )
    return _compiled([*vocabulary.RESERVED, *pieces], config)


def _compiled(lines: list[str], config: config_lib.TokenizerConfig) -> vocabulary.Learned:
    model = build_model(lines, config.max_word_bytes)
    return vocabulary.Learned(lines, np.frombuffer(model, np.uint8))


def _unlearned_model() -> tf.Tensor:
    return tf.constant(np.frombuffer(build_model(list(vocabulary.RESERVED)), np.uint8))


def build_model(lines: list[str], max_word_bytes: int = vocabulary.MAX_WORD_BYTES) -> bytes:
    """Compiles a vocabulary for `FastWordpieceTokenizer`; its ids are the line numbers."""
    return bytes(
        tensorflow_text.build_fast_wordpiece_model(
            lines,
            max_word_bytes,
            learner.CONTINUATION,
            vocabulary.UNK,
            True,  # no_pretokenization: what comes in are words already
            False,  # support_detokenization: the vocabulary tells that as well
        )
    )
