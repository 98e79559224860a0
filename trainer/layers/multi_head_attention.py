"""Self-attention with several heads."""

import functools
from typing import Any

import keras
from keras import ops

from trainer.layers import attention, heads, key_value_cache, projection, rotary_positions


@keras.saving.register_keras_serializable(package="meritline")
class MultiHeadAttention(keras.layers.Layer):
    """Self-attention with `num_heads` heads of `hidden_dim / num_heads` each.

    The mask is called `attention_mask`, since Keras would fill an argument named `mask` with an
    implicit mask of another shape.

    Args:
        hidden_dim: Width of the input and of the output.
        num_heads: Heads; must divide `hidden_dim`.
        dropout: Probability of dropping an attention weight, 0 to below 1.
        num_kv_heads: Heads of keys and values; must divide `num_heads`. Fewer than `num_heads`
            make a smaller cache and fewer weights. None: as many.
        rotary: Whether queries and keys are turned by their positions.

    Call arguments:
        x: Float tensor `(batch, seq_len, hidden_dim)`.
        attention_mask: Boolean tensor broadcastable to `(batch, num_heads, seq_len, key_len)`;
            True where a query (third axis) may attend to a key (fourth axis). None: everywhere.
        training: Whether dropout is on.
        return_weights: Whether to return the attention weights as well.
        cache: Keys and values `(batch, num_kv_heads, max_length, head_dim)` of the tokens before
            `position`. The new tokens are written to it, and attention is over all of its
            `max_length` tokens: the mask must hide what is not written yet.
        position: Position of the first token, an integer or a scalar integer tensor.

    Returns:
        Float tensor `(batch, seq_len, hidden_dim)`. With `return_weights` or `cache` a tuple: after
        it come the float32 weights `(batch, num_heads, seq_len, key_len)` before dropout, and the
        cache with the new tokens. `key_len` is `max_length` with a cache and `seq_len` without.

    Raises:
        ValueError: If `num_heads` does not divide `hidden_dim` or `num_kv_heads` not `num_heads`,
            or a head is of odd width with rotary positions.

    References:
        Vaswani et al. 2017, sec. 3.2.2, arXiv:1706.03762;
        Ainslie et al. 2023, arXiv:2305.13245 (fewer heads of keys and values);
        Shazeer 2019, sec. 2.4, arXiv:1911.02150 (the cache)
    """

    def __init__(
        self,
        hidden_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        num_kv_heads: int | None = None,
        rotary: bool = False,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.head_dim, self.num_kv_heads = heads.check(hidden_dim, num_heads, num_kv_heads)
        self.hidden_dim = hidden_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.rotary = rotary
        self.input_projection = projection.Projection(
            (num_heads + 2 * self.num_kv_heads) * self.head_dim,
            dtype=self.dtype_policy,
            name="input_projection",
        )
        self.output_projection = projection.Projection(
            hidden_dim, dtype=self.dtype_policy, name="output_projection"
        )
        self.rotation = rotary_positions.RotaryPositions(dtype=self.dtype_policy, name="rotation")
        self.weights_dropout = keras.layers.Dropout(dropout, dtype="float32", name="dropout")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights for inputs `(batch, seq_len, hidden_dim)`."""
        self.input_projection.build(input_shape)
        self.output_projection.build((*input_shape[:-1], self.hidden_dim))
        if self.rotary:
            self.rotation.build((None, None, None, self.head_dim))
        self.built = True

    def call(
        self,
        x: keras.KerasTensor,
        attention_mask: keras.KerasTensor | None = None,
        training: bool | None = None,
        return_weights: bool = False,
        cache: key_value_cache.Cache | None = None,
        position: int | keras.KerasTensor = 0,
    ) -> Any:
        """Lets each position gather from those that its mask allows."""
        query, key, value = self._project(x)
        if self.rotary:
            query, key = (self.rotation(t, position=position) for t in (query, key))
        if cache is not None:
            key = key_value_cache.write(cache[0], key, position)
            value = key_value_cache.write(cache[1], value, position)
        gathered, weights = attention.scaled_dot_product_attention(
            query,
            key,
            value,
            attention_mask,
            functools.partial(self.weights_dropout, training=training),
        )
        output = self.output_projection(heads.merge(gathered))
        extras = (*([weights] if return_weights else []), *([(key, value)] if cache else []))
        return (output, *extras) if extras else output

    def empty_cache(self, batch: int | keras.KerasTensor, max_length: int) -> key_value_cache.Cache:
        """Makes a cache for `max_length` tokens of each of `batch` texts, none written yet."""
        return key_value_cache.empty(
            batch, self.num_kv_heads, max_length, self.head_dim, self.compute_dtype
        )

    def _project(self, x: keras.KerasTensor) -> list[keras.KerasTensor]:
        """Makes query, key and value, each `(batch, its heads, seq_len, head_dim)`."""
        x = heads.split(self.input_projection(x), self.num_heads + 2 * self.num_kv_heads)
        # Split, since the gradient of three slices would be three padded copies and their sum.
        if self.num_kv_heads == self.num_heads:
            return ops.split(x, 3, axis=1)
        return ops.split(x, [self.num_heads, self.num_heads + self.num_kv_heads], axis=1)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {
            **super().get_config(),
            "hidden_dim": self.hidden_dim,
            "num_heads": self.num_heads,
            "dropout": self.dropout,
            "num_kv_heads": self.num_kv_heads,
            "rotary": self.rotary,
        }
