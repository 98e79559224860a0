"""Positions as rotations of queries and keys."""

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="meritline")
class RotaryPositions(keras.layers.Layer):
    """Turns each pair of units of a query or key by an angle that grows with its position.

    The product of a query and a key turned so depends on their distance alone, not on where the
    two stand. Pair i turns by `p * base^(-2i / head_dim)` at position p. It is made of the units i
    and `i + head_dim / 2`, as in GPT-NeoX and Llama; the paper pairs neighbours, which differs by a
    fixed order of the units that the projections before it learn anyway.

    Args:
        base: The slowest pair turns once in nearly `2 * pi * base` tokens.

    Call arguments:
        x: Float tensor `(batch, num_heads, seq_len, head_dim)`.
        position: Position of the first token, an integer or a scalar integer tensor.

    Returns:
        Float tensor `(batch, num_heads, seq_len, head_dim)`, turned in float32 and then of the
        compute dtype.

    Raises:
        ValueError: If `head_dim` is odd.

    References:
        Su et al. 2021, sec. 3.2.2 and eq. 34, arXiv:2104.09864
    """

    def __init__(self, base: float = 10_000.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.base = base

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Computes the angle, in radians a token, of each pair."""
        head_dim = input_shape[-1]
        if head_dim is None or head_dim % 2:
            raise ValueError(
                "The width of a head must be even for rotary positions. "
                f"Received: head_dim={head_dim}"
            )
        pair = np.arange(head_dim // 2)
        self._rate = (self.base ** -(2 * pair / head_dim)).astype("float32")
        self.built = True

    def call(
        self, x: keras.KerasTensor, position: int | keras.KerasTensor = 0
    ) -> keras.KerasTensor:
        """Rotates, in float32: bfloat16 would not tell positions above 256 apart."""
        positions = ops.arange(ops.shape(x)[2], dtype="float32") + ops.cast(position, "float32")
        angle = ops.expand_dims(positions, 1) * self._rate  # (seq_len, head_dim / 2)
        cosine, sine = ops.cos(angle), ops.sin(angle)
        first, second = ops.split(ops.cast(x, "float32"), 2, axis=-1)
        turned = (first * cosine - second * sine, second * cosine + first * sine)
        return ops.cast(ops.concatenate(turned, axis=-1), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {**super().get_config(), "base": self.base}
