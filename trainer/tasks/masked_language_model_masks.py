"""Which tokens of a text are masked, and what stands in their place.

Drawn by a hash of the text, the place, the seed and the epoch rather than by a generator, so that
what is drawn for a text depends neither on the batch that it is in nor on how far that is padded.
"""

from typing import NamedTuple

import tensorflow as tf

from schemas import tokens

# Shares of Devlin et al. 2019, sec. 3.1, arXiv:1810.04805.
CHOSEN = 0.15  # of a text's tokens
MASKED = 0.8  # of the chosen: `[MASK]` in their place
REPLACED = 0.1  # of the chosen: any other token in their place; those left stay as they are

NO_TARGET = -1
_RESERVED = len(tokens.RESERVED)
# Constants of SplitMix64: Steele et al. 2014, fig. 17, doi:10.1145/2660193.2660195
_GAMMA = 0x9E3779B97F4A7C15
_MULTIPLIERS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_SHIFTS = (30, 27, 31)
_BITS = 24  # of a hash that a float32 can hold


class Masked(NamedTuple):
    """Texts with tokens masked.

    Attributes:
        token_ids: What the model reads, `(batch, seq_len)`.
        positions: The places to answer for, in rising order, int32 `(batch, most)`; 0 fills up.
        ids: Which tokens stood there, int64 `(batch, most)`; -1 fills up.
    """

    token_ids: tf.Tensor
    positions: tf.Tensor
    ids: tf.Tensor


def mask(token_ids: tf.Tensor, vocabulary_size: int, seed: int, epoch: int) -> Masked:
    """Masks the share `CHOSEN` of each text's tokens, rounded, at least one where there is any.

    Args:
        token_ids: Integer tensor `(batch, seq_len)`, padded with 0. Reserved tokens are never
            masked, nor are they put in place of others.
        vocabulary_size: Every token id is below it.
        seed: The draw's, with `epoch`.
        epoch: The draw's, with `seed`.
    """
    ids = tf.cast(token_ids, tf.int64)
    places = _places(ids)
    key = _mix(_of_text(ids, places) + _mix(_hash(seed) + _hash(epoch) * _constant(_GAMMA)))
    choice, kind, other = (_draw(key, places, stream) for stream in range(3))
    can_be = ids >= _RESERVED
    count = _count(can_be)
    # A reserved token comes after all others.
    order = tf.argsort(tf.where(can_be, _unit(choice), 2.0), axis=1, stable=True)
    chosen = can_be & (tf.argsort(order, axis=1) < count[:, None])

    kind_drawn = _unit(kind)
    shown = tf.where(
        kind_drawn < MASKED, tf.constant(tokens.MASK_ID, tf.int64), _any(other, vocabulary_size)
    )
    shown = tf.where(chosen & (kind_drawn < MASKED + REPLACED), shown, ids)
    positions, is_chosen = positions_of(chosen)
    original = tf.gather(ids, positions, batch_dims=1)
    return Masked(
        tf.cast(shown, token_ids.dtype),
        positions,
        tf.where(is_chosen, original, tf.constant(NO_TARGET, tf.int64)),
    )


def positions_of(chosen: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Lists the places that are chosen, as many as the row has that has the most.

    Args:
        chosen: Boolean tensor `(batch, seq_len)`.

    Returns:
        The places in rising order, int32 `(batch, most)`, filled up with 0, and which of them are
        no filling, boolean of the same shape.
    """
    counts = tf.reduce_sum(tf.cast(chosen, tf.int32), axis=1)
    most = tf.reduce_max(tf.concat([counts, [0]], axis=0))
    places = tf.argsort(tf.cast(~chosen, tf.int32), axis=1, stable=True)[:, :most]
    is_chosen = tf.range(most)[None, :] < counts[:, None]
    return tf.where(is_chosen, places, 0), is_chosen


def _count(can_be: tf.Tensor) -> tf.Tensor:
    """Counts how many tokens of each row to choose: `(batch,)`, int32."""
    tokens_there = tf.reduce_sum(tf.cast(can_be, tf.float32), axis=1)
    rounded = tf.cast(tf.floor(tokens_there * CHOSEN + 0.5), tf.int32)
    return tf.where(tokens_there > 0, tf.maximum(rounded, 1), 0)


def _places(ids: tf.Tensor) -> tf.Tensor:
    """Numbers the tokens from 1: uint64 `(1, seq_len)`."""
    return tf.cast(tf.range(1, tf.shape(ids)[1] + 1)[None, :], tf.uint64)


def _of_text(ids: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
    """Hashes each text, whatever it is padded to: uint64 `(batch, 1)`."""
    each = _mix(tf.bitcast(ids, tf.uint64) * _constant(_GAMMA) + _mix(places))
    each = tf.where(ids == tokens.PAD_ID, tf.zeros_like(each), each)
    # Sums wrap around; that of int64 has kernels everywhere.
    total = tf.reduce_sum(tf.bitcast(each, tf.int64), axis=1, keepdims=True)
    return tf.bitcast(total, tf.uint64)


def _draw(key: tf.Tensor, places: tf.Tensor, stream: int) -> tf.Tensor:
    """Draws a number of 64 bits for each place of each text: uint64 `(batch, seq_len)`."""
    return _mix(_mix(key + _hash(stream)) + places * _constant(_GAMMA))


def _unit(drawn: tf.Tensor) -> tf.Tensor:
    """Makes numbers from 0 to below 1 of the upper bits, float32."""
    upper = tf.bitwise.right_shift(drawn, _constant(64 - _BITS))
    return tf.cast(tf.bitcast(upper, tf.int64), tf.float32) * 2.0**-_BITS


def _any(drawn: tf.Tensor, vocabulary_size: int) -> tf.Tensor:
    """Makes ids of the lower bits, int64, any that is not reserved alike."""
    lower = tf.bitcast(tf.bitwise.bitwise_and(drawn, _constant(2**40 - 1)), tf.int64)
    return _RESERVED + lower % max(vocabulary_size - _RESERVED, 1)


def _hash(number: int) -> tf.Tensor:
    return _mix(_constant((number + 1) * _GAMMA % 2**64))


def _mix(z: tf.Tensor) -> tf.Tensor:
    """Mixes the bits of uint64 numbers, one to one."""
    for shift, multiplier in zip(_SHIFTS, (*_MULTIPLIERS, 1), strict=True):
        z = tf.bitwise.bitwise_xor(z, tf.bitwise.right_shift(z, _constant(shift)))
        z = z * _constant(multiplier)
    return z


def _constant(number: int) -> tf.Tensor:
    return tf.constant(number, tf.uint64)
