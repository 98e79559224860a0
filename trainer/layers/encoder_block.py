"""One layer of the transformer encoder."""

from typing import Any

import keras
from keras import ops

from trainer.layers import feed_forward, layer_norm, multi_head_attention

NORMS = ("pre", "post")


@keras.saving.register_keras_serializable(package="meritline")
class EncoderBlock(keras.layers.Layer):
    """Self-attention, then a feed-forward map, each with dropout, a residual and a LayerNorm.

    With `norm="pre"` the norm stands before each part and the residual stream itself is never
    normalised, so that deep stacks train without care; the stack then needs a norm at its end.
    With `norm="post"` it stands after each sum, as in the first transformer.

    Args:
        hidden_dim: Width of the input and of the output.
        num_heads: Attention heads; must divide `hidden_dim`.
        intermediate_dim: Width inside the feed-forward map.
        dropout: Probability of dropping an attention weight or an output unit, 0 to below 1.
        norm: `pre` or `post`.
        activation: Name of the Keras activation inside the feed-forward map.

    Call arguments:
        x: Float tensor `(batch, seq_len, hidden_dim)`.
        padding_mask: Boolean tensor `(batch, seq_len)`; True for a real token. None: all are.
        training: Whether dropout is on.
        return_weights: Whether to return the attention weights as well.

    Returns:
        Float tensor `(batch, seq_len, hidden_dim)`, meaningless where there is padding; with
        `return_weights` also the float32 weights `(batch, num_heads, seq_len, seq_len)`.

    Raises:
        ValueError: If `num_heads` does not divide `hidden_dim`, or `norm` is unknown.

    References:
        Vaswani et al. 2017, sec. 3.1, arXiv:1706.03762 (post);
        Xiong et al. 2020, fig. 1, arXiv:2002.04745 (pre)
    """

    def __init__(
        self,
        hidden_dim: int,
        num_heads: int,
        intermediate_dim: int,
        dropout: float = 0.0,
        norm: str = "pre",
        activation: str = "gelu",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if norm not in NORMS:
            raise ValueError(f"`norm` must be one of {NORMS}. Received: norm={norm!r}")
        self.hidden_dim = hidden_dim
        self.num_heads = num_heads
        self.intermediate_dim = intermediate_dim
        self.dropout = dropout
        self.norm = norm
        self.activation = activation
        policy = self.dtype_policy
        self.attention = multi_head_attention.MultiHeadAttention(
            hidden_dim, num_heads, dropout, dtype=policy, name="attention"
        )
        self.feed_forward = feed_forward.FeedForward(
            hidden_dim, intermediate_dim, activation, dtype=policy, name="feed_forward"
        )
        self.attention_norm = layer_norm.LayerNorm(dtype=policy, name="attention_norm")
        self.feed_forward_norm = layer_norm.LayerNorm(dtype=policy, name="feed_forward_norm")
        self.attention_dropout = keras.layers.Dropout(dropout, dtype=policy)
        self.feed_forward_dropout = keras.layers.Dropout(dropout, dtype=policy)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights for inputs `(batch, seq_len, hidden_dim)`."""
        for layer in (
            self.attention_norm,
            self.attention,
            self.feed_forward_norm,
            self.feed_forward,
        ):
            layer.build(input_shape)
        self.built = True

    def call(
        self,
        x: keras.KerasTensor,
        padding_mask: keras.KerasTensor | None = None,
        training: bool | None = None,
        return_weights: bool = False,
    ) -> keras.KerasTensor | tuple[keras.KerasTensor, keras.KerasTensor]:
        """Lets tokens read each other, then works on each alone."""
        # One row of keys for all heads and queries: (batch, 1, 1, seq_len)
        mask = None if padding_mask is None else ops.expand_dims(padding_mask, (1, 2))
        attended, weights = self.attention(
            self.attention_norm(x) if self.norm == "pre" else x,
            attention_mask=mask,
            training=training,
            return_weights=True,
        )
        x = x + self.attention_dropout(attended, training=training)
        if self.norm == "post":
            x = self.attention_norm(x)
        mapped = self.feed_forward(self.feed_forward_norm(x) if self.norm == "pre" else x)
        x = x + self.feed_forward_dropout(mapped, training=training)
        if self.norm == "post":
            x = self.feed_forward_norm(x)
        return (x, weights) if return_weights else x

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {
            **super().get_config(),
            "hidden_dim": self.hidden_dim,
            "num_heads": self.num_heads,
            "intermediate_dim": self.intermediate_dim,
            "dropout": self.dropout,
            "norm": self.norm,
            "activation": self.activation,
        }
