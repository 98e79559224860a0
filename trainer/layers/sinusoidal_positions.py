"""Positions as fixed waves."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="meritline")
class SinusoidalPositions(keras.layers.Layer):
    """Adds to each embedding a pattern of waves that tells its position, for any length.

    Unit 2i of position p is `sin(p / 10000^(2i / hidden_dim))`, unit 2i + 1 the cosine of the same.

    Call arguments:
        x: Float tensor `(batch, seq_len, hidden_dim)`.
        position: Position of the first token, an integer or a scalar integer tensor.

    Returns:
        Float tensor `(batch, seq_len, hidden_dim)`.

    Raises:
        ValueError: If `hidden_dim` is odd.

    References:
        Vaswani et al. 2017, sec. 3.5, arXiv:1706.03762
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Computes the rate and the phase of each unit's wave."""
        hidden_dim = input_shape[-1]
        if hidden_dim is None or hidden_dim % 2:
            raise ValueError(
                "The width of `x` must be even for sinusoidal positions. "
                f"Received: hidden_dim={hidden_dim}"
            )
        unit = np.arange(hidden_dim)
        self._rate = (10_000.0 ** -(unit // 2 * 2 / hidden_dim)).astype("float32")
        # A cosine is a sine a quarter turn ahead, so that one sine makes both.
        self._phase = (unit % 2 * (math.pi / 2)).astype("float32")
        self.built = True

    def call(
        self, x: keras.KerasTensor, position: int | keras.KerasTensor = 0
    ) -> keras.KerasTensor:
        """Adds the waves, computed in float32."""
        positions = ops.arange(ops.shape(x)[1], dtype="float32") + ops.cast(position, "float32")
        waves = ops.sin(ops.expand_dims(positions, 1) * self._rate + self._phase)
        return x + ops.cast(waves, x.dtype)  # (seq_len, hidden_dim), for every sequence the same

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return super().get_config()
