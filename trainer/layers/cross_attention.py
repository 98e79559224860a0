"""Attention from one sequence to another."""

import functools
from typing import Any

import keras
from keras import ops

from trainer.layers import attention, heads, key_value_cache, masks, projection


@keras.saving.register_keras_serializable(package="meritline")
class CrossAttention(keras.layers.Layer):
    """Lets each token of a text gather from another text: a translation from its source.

    Args:
        hidden_dim: Width of the input and of the output.
        num_heads: Heads; must divide `hidden_dim`.
        dropout: Probability of dropping an attention weight, 0 to below 1.
        num_kv_heads: Heads of keys and values; must divide `num_heads`. None: as many.

    Call arguments:
        x: Float tensor `(batch, seq_len, hidden_dim)`, which asks.
        context: Float tensor `(batch, context_len, hidden_dim)`, which answers; or what
            `precompute` made of it, where the same context is asked again and again.
        context_mask: Boolean tensor `(batch, context_len)`; True for a real token. None: all are.
        training: Whether dropout is on.
        return_weights: Whether to return the attention weights as well.

    Returns:
        Float tensor `(batch, seq_len, hidden_dim)`; with `return_weights` also the float32 weights
        `(batch, num_heads, seq_len, context_len)` before dropout.

    Raises:
        ValueError: If `num_heads` does not divide `hidden_dim` or `num_kv_heads` not `num_heads`.

    References:
        Vaswani et al. 2017, sec. 3.2.3, arXiv:1706.03762
    """

    def __init__(
        self,
        hidden_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        num_kv_heads: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.head_dim, self.num_kv_heads = heads.check(hidden_dim, num_heads, num_kv_heads)
        self.hidden_dim = hidden_dim
        self.num_heads = num_heads
        self.dropout = dropout
        policy = self.dtype_policy
        self.query_projection = projection.Projection(
            hidden_dim, dtype=policy, name="query_projection"
        )
        self.context_projection = projection.Projection(
            2 * self.num_kv_heads * self.head_dim, dtype=policy, name="context_projection"
        )
        self.output_projection = projection.Projection(
            hidden_dim, dtype=policy, name="output_projection"
        )
        self.weights_dropout = keras.layers.Dropout(dropout, dtype="float32", name="dropout")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights for inputs and contexts of width `hidden_dim`."""
        for part in (self.query_projection, self.context_projection, self.output_projection):
            part.build((None, None, self.hidden_dim))
        self.built = True

    def call(
        self,
        x: keras.KerasTensor,
        context: keras.KerasTensor | key_value_cache.Cache,
        context_mask: keras.KerasTensor | None = None,
        training: bool | None = None,
        return_weights: bool = False,
    ) -> keras.KerasTensor | tuple[keras.KerasTensor, keras.KerasTensor]:
        """Lets each token gather from the real tokens of the context."""
        key, value = context if isinstance(context, tuple | list) else self.precompute(context)
        gathered, weights = attention.scaled_dot_product_attention(
            heads.split(self.query_projection(x), self.num_heads),
            key,
            value,
            masks.of_keys(context_mask),
            functools.partial(self.weights_dropout, training=training),
        )
        output = self.output_projection(heads.merge(gathered))
        return (output, weights) if return_weights else output

    def precompute(self, context: keras.KerasTensor) -> key_value_cache.Cache:
        """Makes the keys and values of a context, each `(batch, num_kv_heads, len, head_dim)`."""
        projected = heads.split(self.context_projection(context), 2 * self.num_kv_heads)
        key, value = ops.split(projected, 2, axis=1)
        return key, value

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {
            **super().get_config(),
            "hidden_dim": self.hidden_dim,
            "num_heads": self.num_heads,
            "dropout": self.dropout,
            "num_kv_heads": self.num_kv_heads,
        }
