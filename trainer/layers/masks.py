"""Which query may attend to which key: boolean, True where it may."""

import keras
from keras import ops


def of_keys(padding_mask: keras.KerasTensor | None) -> keras.KerasTensor | None:
    """Makes one row of keys for all heads and queries.

    Args:
        padding_mask: Boolean tensor `(batch, key_len)`; True for a real token. None: all are.

    Returns:
        Boolean tensor `(batch, 1, 1, key_len)`, or None.
    """
    return None if padding_mask is None else ops.expand_dims(padding_mask, (1, 2))


def causal(
    query_len: int | keras.KerasTensor,
    key_len: int | keras.KerasTensor,
    position: int | keras.KerasTensor = 0,
) -> keras.KerasTensor:
    """Lets each query attend to the keys up to its own position.

    Args:
        query_len: Queries, in tokens.
        key_len: Keys, in tokens; the first stands at position 0.
        position: Position of the first query.

    Returns:
        Boolean tensor `(query_len, key_len)`.

    References:
        Vaswani et al. 2017, sec. 3.2.3, arXiv:1706.03762
    """
    query = ops.arange(query_len, dtype="int32") + ops.cast(position, "int32")
    return ops.expand_dims(query, 1) >= ops.arange(key_len, dtype="int32")
