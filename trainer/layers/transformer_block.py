"""What the blocks of encoders and decoders have in common."""

from typing import Any

import keras

from trainer.layers import feed_forward, layer_norm, multi_head_attention, norms

NORMS = ("pre", "post")


class TransformerBlock(keras.layers.Layer):
    """Self-attention and a feed-forward map, each with dropout, a residual and a norm.

    With `norm="pre"` the norm stands before each part and the residual stream itself is never
    normalised, so that deep stacks train without care; the stack then needs a norm at its end.
    With `norm="post"` it stands after each sum, as in the first transformer.

    Args:
        hidden_dim: Width of the input and of the output.
        num_heads: Attention heads; must divide `hidden_dim`.
        intermediate_dim: Width inside the feed-forward map.
        dropout: Probability of dropping an attention weight or an output unit, 0 to below 1.
        norm: `pre` or `post`.
        activation: The non-linearity of the feed-forward map: as in `feed_forward.FeedForward`.
        norm_kind: `layer` or `rms`.
        num_kv_heads: Heads of keys and values; must divide `num_heads`. None: as many.
        rotary: Whether queries and keys of the self-attention are turned by their positions.
        recompute: Whether activations are computed again in the backward pass, not kept for it:
            less memory and a step longer by about a forward pass, with the same gradients.
        norm_epsilon: What the norms add to the variance.

    Raises:
        ValueError: If `num_heads` does not divide `hidden_dim` or `num_kv_heads` not `num_heads`,
            `norm` or `norm_kind` is unknown, or a head is of odd width with rotary positions.

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
        norm_kind: str = "layer",
        num_kv_heads: int | None = None,
        rotary: bool = False,
        recompute: bool = False,
        norm_epsilon: float = layer_norm.EPSILON,
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
        self.norm_kind = norm_kind
        self.num_kv_heads = num_kv_heads
        self.rotary = rotary
        self.recompute = recompute
        self.norm_epsilon = norm_epsilon
        policy = self.dtype_policy
        self.attention = multi_head_attention.MultiHeadAttention(
            hidden_dim, num_heads, dropout, num_kv_heads, rotary, dtype=policy, name="attention"
        )
        self.feed_forward = feed_forward.FeedForward(
            hidden_dim, intermediate_dim, activation, dtype=policy, name="feed_forward"
        )
        self.attention_norm = self._norm("attention_norm")
        self.feed_forward_norm = self._norm("feed_forward_norm")
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

    def _norm(self, name: str) -> keras.layers.Layer:
        return norms.build(
            self.norm_kind, epsilon=self.norm_epsilon, dtype=self.dtype_policy, name=name
        )

    def _enter(self, norm: keras.layers.Layer, x: keras.KerasTensor) -> keras.KerasTensor:
        """Gives what a part of the block reads of the residual stream."""
        return norm(x) if self.norm == "pre" else x

    def _leave(
        self, norm: keras.layers.Layer, x: keras.KerasTensor, dropped: keras.KerasTensor
    ) -> keras.KerasTensor:
        """Adds what a part of the block made to the residual stream."""
        return norm(x + dropped) if self.norm == "post" else x + dropped

    def _feed(self, x: keras.KerasTensor, training: bool | None) -> keras.KerasTensor:
        """Works on each token alone."""
        mapped = self.feed_forward(self._enter(self.feed_forward_norm, x))
        dropped = self.feed_forward_dropout(mapped, training=training)
        return self._leave(self.feed_forward_norm, x, dropped)

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
            "norm_kind": self.norm_kind,
            "num_kv_heads": self.num_kv_heads,
            "rotary": self.rotary,
            "recompute": self.recompute,
            "norm_epsilon": self.norm_epsilon,
        }
