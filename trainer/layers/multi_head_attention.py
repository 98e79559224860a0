"""Self-attention with several heads."""

import functools
from typing import Any

import keras
from keras import ops

from trainer.layers import attention, projection


@keras.saving.register_keras_serializable(package="meritline")
class MultiHeadAttention(keras.layers.Layer):
    """Self-attention with `num_heads` heads of `hidden_dim / num_heads` each.

    The mask is called `attention_mask`, since Keras would fill an argument named `mask` with an
    implicit mask of another shape.

    Args:
        hidden_dim: Width of the input and of the output.
        num_heads: Heads; must divide `hidden_dim`.
        dropout: Probability of dropping an attention weight, 0 to below 1.

    Call arguments:
        x: Float tensor `(batch, seq_len, hidden_dim)`.
        attention_mask: Boolean tensor broadcastable to `(batch, num_heads, seq_len, seq_len)`;
            True where a query (third axis) may attend to a key (fourth axis). None: everywhere.
        training: Whether dropout is on.
        return_weights: Whether to return the attention weights as well.

    Returns:
        Float tensor `(batch, seq_len, hidden_dim)`; with `return_weights` also the float32 weights
        `(batch, num_heads, seq_len, seq_len)` before dropout.

    Raises:
        ValueError: If `num_heads` does not divide `hidden_dim`.

    References:
        Vaswani et al. 2017, sec. 3.2.2, arXiv:1706.03762
    """

    def __init__(self, hidden_dim: int, num_heads: int, dropout: float = 0.0, **kwargs: Any):
        super().__init__(**kwargs)
        if hidden_dim % num_heads:
            raise ValueError(
                "`num_heads` must divide `hidden_dim`. "
                f"Received: num_heads={num_heads}, hidden_dim={hidden_dim}"
            )
        self.hidden_dim = hidden_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.head_dim = hidden_dim // num_heads
        self.input_projection = projection.Projection(
            3 * hidden_dim, dtype=self.dtype_policy, name="input_projection"
        )
        self.output_projection = projection.Projection(
            hidden_dim, dtype=self.dtype_policy, name="output_projection"
        )
        self.weights_dropout = keras.layers.Dropout(dropout, dtype="float32", name="dropout")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights for inputs `(batch, seq_len, hidden_dim)`."""
        self.input_projection.build(input_shape)
        self.output_projection.build(input_shape)
        self.built = True

    def call(
        self,
        x: keras.KerasTensor,
        attention_mask: keras.KerasTensor | None = None,
        training: bool | None = None,
        return_weights: bool = False,
    ) -> keras.KerasTensor | tuple[keras.KerasTensor, keras.KerasTensor]:
        """Lets each position gather from those that its mask allows."""
        query, key, value = self._project(x)
        heads, weights = attention.scaled_dot_product_attention(
            query,
            key,
            value,
            attention_mask,
            functools.partial(self.weights_dropout, training=training),
        )
        output = self.output_projection(self._merge_heads(heads))
        return (output, weights) if return_weights else output

    def _project(self, x: keras.KerasTensor) -> list[keras.KerasTensor]:
        """Makes query, key and value, each `(batch, num_heads, seq_len, head_dim)`."""
        batch, seq_len, _ = ops.shape(x)
        x = self.input_projection(x)  # (batch, seq_len, 3 * hidden_dim)
        x = ops.reshape(x, (batch, seq_len, 3 * self.num_heads, self.head_dim))
        x = ops.transpose(x, (0, 2, 1, 3))  # (batch, 3 * num_heads, seq_len, head_dim)
        # Split, since the gradient of three slices would be three padded copies and their sum.
        return ops.split(x, 3, axis=1)

    def _merge_heads(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Lays `(batch, num_heads, seq_len, head_dim)` out as `(batch, seq_len, hidden_dim)`."""
        batch, _, seq_len, _ = ops.shape(x)
        return ops.reshape(ops.transpose(x, (0, 2, 1, 3)), (batch, seq_len, self.hidden_dim))

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {
            **super().get_config(),
            "hidden_dim": self.hidden_dim,
            "num_heads": self.num_heads,
            "dropout": self.dropout,
        }
