"""Byte-level BPE: sub-words of bytes, of which any text can be made and got back.

Text is parted into words with the space before them, and those into pieces that were learned by
merging pairs of bytes. A word becomes the longest pieces from left to right, rather than those that
merging in the learned order gives: one op of the graph does that.

In here a byte is the character of its number, 0xc3 is U+00C3, since ops and learner take text.
"""

import functools
import time
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
import tensorflow_text
from absl import logging

from components.transform import config as config_lib
from components.transform import learner, lossless, vocabulary
from schemas import tokens

# Every sign falls under one of these: letters, digits, what is neither, white space.
_WORD = r" ?[\p{L}\p{M}]+| ?\p{N}+| ?[^\s\p{L}\p{M}\p{N}]+|\s+"
# Words that pieces are learned from, the most frequent first.
_MAX_WORDS = 500_000
# All bytes that valid UTF-8 has, without NUL.
ALPHABET = tuple(map(chr, [*range(0x01, 0xC0), *range(0xC2, 0xF5)]))
# The op wants other entries for pieces that open a word and those that go on with it: this mark,
# which is no byte, tells them apart. Ours have one id for both, so entries 2i and 2i+1 are piece i.
_GOES_ON = "\u0100"
_NO_PIECE = "\u0101"  # nor is this
_MAX_BYTES = 1 << 30  # of a word that is looked up; the time goes with its length


def learn(
    texts: tf.Tensor,
    config: config_lib.TokenizerConfig,
    vocabulary_name: str,
    given: Sequence[str] | None = None,
) -> vocabulary.Lookup:
    """Learns pieces of bytes.

    Args:
        texts: String tensor `(any,)`.
        config: Bounds of the vocabulary.
        vocabulary_name: Asset to write it to.
        given: The vocabulary, where it is not to be learned.

    Returns:
        What turns texts `(batch,)` into the ids of their pieces `(batch, None)`; none is unknown.

    References:
        Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", sec. 2.2;
        Uzan et al. 2024, arXiv:2403.01289, for the longest piece first
    """
    found = split(texts).flat_values
    _, model = vocabulary.analyze(
        tf.boolean_mask(found, tf.strings.length(found) <= vocabulary.MAX_WORD_BYTES),
        vocabulary_name,
        functools.partial(learn_pieces, config=config, given=given),
        limit=_MAX_WORDS,
        companion=tf.TensorSpec([None], tf.uint8),
    )
    # As in `wordpiece.py`: while the analysis goes on there is no vocabulary to look up.
    model = tf.cond(tf.size(model) > 1, lambda: model, _unlearned_model)
    tokenizer = tensorflow_text.FastWordpieceTokenizer(model_buffer=model, token_out_type=tf.int64)

    def look_up(texts: tf.Tensor) -> tf.RaggedTensor:
        entries = tokenizer.tokenize(split(texts)).merge_dims(-2, -1)
        return entries.with_flat_values(entries.flat_values // 2)

    return look_up


def split(texts: tf.Tensor) -> tf.RaggedTensor:
    """Parts texts `(batch,)` into words `(batch, None)`, a character for each of their bytes."""
    parted = tensorflow_text.regex_split(
        lossless.clean(texts), _WORD, keep_delim_regex_pattern=_WORD
    )
    spelled = tf.strings.unicode_transcode(parted.flat_values, "ISO-8859-1", "UTF-8")
    return parted.with_flat_values(spelled)


def learn_pieces(
    counted: vocabulary.Counted,
    config: config_lib.TokenizerConfig,
    given: Sequence[str] | None = None,
) -> vocabulary.Learned:
    """Learns pieces from counted words; the companion is the op's model, uint8 `(any,)`."""
    if given is not None:
        lines = [tokens.unescape(line.encode()) for line in given[len(vocabulary.RESERVED) :]]
        model = build_model([line.decode("latin-1") for line in lines])
        return vocabulary.Learned(list(given), np.frombuffer(model, np.uint8))
    start = time.monotonic()
    words = vocabulary.frequent_words(counted, config.min_count)
    size = config.vocabulary_size - len(vocabulary.RESERVED)
    pieces = learner.learn_lossless(words, ALPHABET, size)
    logging.info("Learned %d pieces of bytes in %.1f s.", len(pieces), time.monotonic() - start)
    return vocabulary.Learned(
        [*vocabulary.RESERVED, *(tokens.escape(piece.encode("latin-1")) for piece in pieces)],
        np.frombuffer(build_model(pieces), np.uint8),
    )


def build_model(pieces: list[str]) -> bytes:
    """Compiles pieces for `FastWordpieceTokenizer`; its entries are twice the ids."""
    reserved = [f"{_NO_PIECE}{i}" for i in range(2 * len(vocabulary.RESERVED))]
    unknown = reserved[2 * vocabulary.UNK_ID]
    entries = [entry for piece in pieces for entry in (piece, _GOES_ON + piece)]
    return bytes(
        tensorflow_text.build_fast_wordpiece_model(
            [*reserved, *entries],
            _MAX_BYTES,
            _GOES_ON,
            unknown,
            True,  # no_pretokenization: what comes in are words already
            False,  # support_detokenization: the vocabulary tells that as well
        )
    )


def _unlearned_model() -> tf.Tensor:
    return tf.constant(np.frombuffer(build_model(list(ALPHABET)), np.uint8))
