"""Attention heads: how many there may be, and how they lie in a tensor."""

import keras
from keras import ops


def check(hidden_dim: int, num_heads: int, num_kv_heads: int | None) -> tuple[int, int]:
    """Returns the width of a head and the number of key and value heads.

    Args:
        hidden_dim: Width of all query heads together.
        num_heads: Query heads; must divide `hidden_dim`.
        num_kv_heads: Key and value heads; must divide `num_heads`. None: as many as query heads.

    Raises:
        ValueError: If one does not divide the other.
    """
    if hidden_dim % num_heads:
        raise ValueError(
            "`num_heads` must divide `hidden_dim`. "
            f"Received: num_heads={num_heads}, hidden_dim={hidden_dim}"
        )
    if num_kv_heads is None:
        return hidden_dim // num_heads, num_heads
    if num_kv_heads < 1 or num_heads % num_kv_heads:
        raise ValueError(
            "`num_kv_heads` must divide `num_heads`. "
            f"Received: num_kv_heads={num_kv_heads}, num_heads={num_heads}"
        )
    return hidden_dim // num_heads, num_kv_heads


def split(x: keras.KerasTensor, num_heads: int) -> keras.KerasTensor:
    """Lays `(batch, seq_len, num_heads * head_dim)` out as `(batch, num_heads, seq_len, head_dim)`.

    Head h owns the h-th `head_dim` units.
    """
    batch, seq_len, width = ops.shape(x)
    x = ops.reshape(x, (batch, seq_len, num_heads, width // num_heads))
    return ops.transpose(x, (0, 2, 1, 3))


def merge(x: keras.KerasTensor) -> keras.KerasTensor:
    """Lays `(batch, num_heads, seq_len, head_dim)` out as `(batch, seq_len, num_heads * head_dim)`.

    The inverse of `split`.
    """
    batch, num_heads, seq_len, head_dim = ops.shape(x)
    return ops.reshape(ops.transpose(x, (0, 2, 1, 3)), (batch, seq_len, num_heads * head_dim))
