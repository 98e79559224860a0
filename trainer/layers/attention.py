"""Scaled dot-product attention, the one place where a mask meets the scores."""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

# What a masked score becomes before the softmax. Finite, so that a row with nothing to attend to
# gives no NaN; float32 whatever the compute dtype, where -1e9 would be -inf in float16.
_MASKED_SCORE = float(np.finfo(np.float32).min)


def scaled_dot_product_attention(
    query: keras.KerasTensor,
    key: keras.KerasTensor,
    value: keras.KerasTensor,
    mask: keras.KerasTensor | None = None,
    dropout: Callable[[keras.KerasTensor], keras.KerasTensor] | None = None,
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Mixes values by how well their keys match each query.

    The softmax runs in float32, the two matmuls in the dtype of the inputs.

    Args:
        query: Float tensor `(batch, num_heads, query_len, head_dim)`.
        key: Float tensor `(batch, num_heads, key_len, head_dim)`.
        value: Float tensor `(batch, num_heads, key_len, head_dim)`.
        mask: Boolean tensor broadcastable to `(batch, num_heads, query_len, key_len)`; True where
            the query may attend to the key. None: everywhere.
        dropout: Applied to the weights on their way to the values.

    Returns:
        The output `(batch, num_heads, query_len, head_dim)` in the dtype of `value`, and the
        weights before dropout `(batch, num_heads, query_len, key_len)` in float32. Each row of
        weights sums to 1, a masked key's weight is exactly 0, and a row whose keys are all masked
        is all zeros, as is its output.

    References:
        Vaswani et al. 2017, eq. 1, arXiv:1706.03762
    """
    # Scaling the query, not the scores, keeps the matmul within the range of float16.
    query = query * query.shape[-1] ** -0.5
    scores = ops.matmul(query, ops.transpose(key, (0, 1, 3, 2)))
    weights = _masked_softmax(ops.cast(scores, "float32"), mask)
    dropped = dropout(weights) if dropout is not None else weights
    return ops.matmul(ops.cast(dropped, value.dtype), value), weights


def _masked_softmax(scores: keras.KerasTensor, mask: keras.KerasTensor | None) -> keras.KerasTensor:
    """Normalises float32 scores `(batch, num_heads, query_len, key_len)` over the last axis."""
    # Keras warns of a softmax over a single key, which a text of one token honestly has.
    softmax = ops.ones_like if scores.shape[-1] == 1 else ops.softmax
    if mask is None:
        return softmax(scores)
    weights = softmax(ops.where(mask, scores, _MASKED_SCORE))
    # A row that is masked whole comes out of the softmax uniform.
    return ops.where(mask, weights, 0.0)
