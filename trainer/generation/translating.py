"""Targets for sources: each source is read once, and its target searched for token by token."""

import keras
import tensorflow as tf

from trainer.generation import beam_search, readers
from trainer.models import encoder_decoder

# Logits that are in memory at once.
_LOGITS = 1 << 22
# Tokens that a target may have beside so many for each of the source's.
_PER_TOKEN, _BESIDE = 2, 16


def limits(token_ids: tf.Tensor, max_length: int) -> tf.Tensor:
    """Tells how many tokens a target may have at most, its end included.

    Args:
        token_ids: Sources `(batch, source_len)`, 0 where there is padding.
        max_length: Tokens that the decoder reads at most, what stands before a target included.

    Returns:
        Int32 `(batch,)`.
    """
    return tf.minimum(max_length - 1, _PER_TOKEN * _lengths(token_ids) + _BESIDE)


def translate(
    model: keras.Model,
    token_ids: tf.Tensor,
    wishes: beam_search.Wishes,
    vocabulary_size: int,
) -> beam_search.Found:
    """Finds a target for each source.

    Sources of like length are worked on together, and not all at once, so that memory does not
    grow with their number and none waits for one that is much longer.

    Args:
        model: Of `trainer.models.encoder_decoder`.
        token_ids: Sources, int32 `(batch, source_len)`, 0 where there is padding.
        wishes: How each is searched.
        vocabulary_size: How many logits there are.
    """
    lengths = _lengths(token_ids)
    rows, longest = tf.size(lengths), tf.reduce_max(tf.concat([wishes.limits, [1]], axis=0))
    order = tf.argsort(lengths, stable=True)
    at_once = tf.maximum(_LOGITS // (beam_search.width(wishes) * vocabulary_size), 1)
    at_once = tf.minimum(at_once, tf.maximum(rows, 1))
    chunks = tf.maximum(-(-rows // at_once), 1)  # an empty map has no shape

    def of_chunk(chunk: tf.Tensor) -> beam_search.Found:
        some = order[chunk * at_once : (chunk + 1) * at_once]
        source_len = tf.reduce_max(tf.concat([tf.gather(lengths, some), [1]], axis=0))
        found = translate_together(
            model,
            tf.gather(token_ids, some)[:, :source_len],
            beam_search.Wishes(*(tf.gather(wish, some) for wish in wishes)),
        )
        # Of one shape, so that chunks can be put together.
        more = at_once - tf.size(some)
        wider = longest - tf.shape(found.token_ids)[1]
        padded = tf.pad(found.token_ids, [[0, more], [0, wider]])
        return beam_search.Found(padded, *(tf.pad(x, [[0, more]]) for x in found[1:]))

    each = tf.TensorSpec([None], tf.float32)
    counts = tf.TensorSpec([None], tf.int32)
    specs = beam_search.Found(tf.TensorSpec([None, None], tf.int32), counts, each, each)
    found = tf.map_fn(of_chunk, tf.range(chunks), fn_output_signature=specs, parallel_iterations=1)
    back = tf.argsort(order)
    told = tf.reduce_max(found.tokens)
    token_ids = tf.gather(tf.reshape(found.token_ids, [-1, longest]), back)[:, :told]
    return beam_search.Found(token_ids, *(tf.gather(tf.reshape(x, [-1]), back) for x in found[1:]))


def translate_together(
    model: keras.Model, token_ids: tf.Tensor, wishes: beam_search.Wishes
) -> beam_search.Found:
    """Does as `translate`, all sources at once."""
    beams = beam_search.width(wishes)
    context = encoder_decoder.encode(model, token_ids)
    # Each beginning of a target has its source beside it, which stays as the beginnings change.
    repeated = tf.nest.map_structure(lambda x: tf.repeat(x, beams, axis=0), context)
    return beam_search.search(readers.OfSource(model, repeated), wishes)


def _lengths(token_ids: tf.Tensor) -> tf.Tensor:
    return tf.math.count_nonzero(token_ids, axis=1, dtype=tf.int32)
