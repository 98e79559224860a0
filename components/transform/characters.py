"""Characters as tokens: every code point is one, and nothing of a text is lost."""

import functools
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from components.transform import config as config_lib
from components.transform import lossless, vocabulary
from schemas import tokens


def learn(
    texts: tf.Tensor,
    config: config_lib.TokenizerConfig,
    vocabulary_name: str,
    given: Sequence[str] | None = None,
) -> vocabulary.Lookup:
    """Learns which characters there are.

    Args:
        texts: String tensor `(any,)`.
        config: Bounds of the vocabulary.
        vocabulary_name: Asset to write it to.
        given: The vocabulary, where it is not to be learned.

    Returns:
        What turns texts `(batch,)` into the ids of their characters `(batch, None)`; of characters
        that train lacks, `[UNK]`.
    """
    found = tf.strings.unicode_split(lossless.clean(texts), "UTF-8").flat_values
    _, known = vocabulary.analyze(
        found,
        vocabulary_name,
        functools.partial(take_characters, config=config, given=given),
        limit=config.vocabulary_size,
        companion=tf.TensorSpec([None], tf.int32),
    )

    def look_up(texts: tf.Tensor) -> tf.RaggedTensor:
        signs = tf.strings.unicode_decode(lossless.clean(texts), "UTF-8")
        order = tf.argsort(known)  # of all that were learned, by code point
        sorted_signs = tf.gather(known, order)
        places = tf.searchsorted(sorted_signs, signs.flat_values)
        places = tf.minimum(places, tf.size(known) - 1)  # beyond the last
        ids = tf.cast(tf.gather(order, places), tf.int64) + len(vocabulary.RESERVED)
        is_known = tf.equal(tf.gather(sorted_signs, places), signs.flat_values)
        unknown = tf.constant(vocabulary.UNK_ID, tf.int64)
        return signs.with_flat_values(tf.where(is_known, ids, unknown))

    return look_up


def take_characters(
    counted: vocabulary.Counted,
    config: config_lib.TokenizerConfig,
    given: Sequence[str] | None = None,
) -> vocabulary.Learned:
    """Takes the most frequent characters, usually all; the companion is their code points.

    Of two equally frequent ones, the first by code point.
    """
    most = config.vocabulary_size - len(vocabulary.RESERVED)
    if given is not None:
        signs = [tokens.unescape(line.encode()) for line in given[len(vocabulary.RESERVED) :]]
        codes = [ord(sign.decode()) for sign in signs]
        return vocabulary.Learned(list(given), np.array(codes, np.int32))
    characters = list(vocabulary.frequent_words(counted, config.min_count))[:most]
    lines = [*vocabulary.RESERVED, *(tokens.escape(sign.encode()) for sign in characters)]
    return vocabulary.Learned(lines, np.array([ord(sign) for sign in characters], np.int32))
