"""Scaled dot-product attention, the one place where a mask meets the scores."""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

# What a mask adds to a score. Finite, so that a row with nothing to attend to gives no NaN, and so
# large that any score added to it is rounded away; float32 whatever the compute dtype, since the
# usual -1e9 is -inf in float16.
_ATTENDED, _MASKED = np.float32(0.0), np.finfo(np.float32).min


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
    scores = ops.cast(ops.matmul(query, ops.transpose(key, (0, 1, 3, 2))), "float32")
    if mask is not None:
        scores = scores + ops.where(mask, _ATTENDED, _MASKED)
    # Keras warns of a softmax over a single key, which a text of one token honestly has.
    weights = ops.ones_like(scores) if scores.shape[-1] == 1 else ops.softmax(scores)
    dropped = weights if dropout is None else dropout(weights)
    output = ops.matmul(ops.cast(dropped, value.dtype), value)
    if mask is not None:
        # A row that is masked whole comes out of the softmax uniform. The output is put right by
        # itself: a traced step that returns no weights never pays for a pass over them.
        output = ops.where(ops.any(mask, axis=-1, keepdims=True), output, 0.0)
        weights = ops.where(mask, weights, 0.0)
    return output, weights
