"""The part of a block that works on each token alone."""

from typing import Any

import keras

from trainer.layers import projection

SWIGLU = "swiglu"
GELU_TANH = "gelu_tanh"


@keras.saving.register_keras_serializable(package="meritline")
class FeedForward(keras.layers.Layer):
    """Two linear maps with a non-linearity between them, the same for every position.

    With `swiglu` there is a third map beside the first, of the same width, whose output, bent by
    SiLU, scales the other's: half as many weights again as with a plain activation.

    Args:
        hidden_dim: Width of the input and of the output.
        intermediate_dim: Width between the maps.
        activation: Name of a Keras activation, `gelu_tanh` or `swiglu`.

    Call arguments:
        x: Float tensor `(batch, seq_len, hidden_dim)`.

    Returns:
        Float tensor `(batch, seq_len, hidden_dim)`.

    References:
        Vaswani et al. 2017, eq. 2, arXiv:1706.03762;
        Shazeer 2020, eq. 6, arXiv:2002.05202 (SwiGLU; here with biases);
        Hendrycks and Gimpel 2016, sec. 2, arXiv:1606.08415 (GELU, and by tanh)
    """

    def __init__(
        self, hidden_dim: int, intermediate_dim: int, activation: str = "gelu", **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.hidden_dim = hidden_dim
        self.intermediate_dim = intermediate_dim
        self.activation = activation
        self.gated = activation == SWIGLU
        policy = self.dtype_policy
        if self.gated:
            self.gate = projection.Projection(
                intermediate_dim, activation="silu", dtype=policy, name="gate"
            )
        self.expansion = projection.Projection(
            intermediate_dim,
            activation=None if self.gated else _BY_NAME.get(activation, activation),
            dtype=policy,
            name="expansion",
        )
        self.contraction = projection.Projection(hidden_dim, dtype=policy, name="contraction")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights for inputs `(batch, seq_len, hidden_dim)`."""
        if self.gated:
            self.gate.build(input_shape)
        self.expansion.build(input_shape)
        self.contraction.build((*input_shape[:-1], self.intermediate_dim))
        self.built = True

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Widens each token, bends it, and narrows it again."""
        expanded = self.expansion(x)
        return self.contraction(self.gate(x) * expanded if self.gated else expanded)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {
            **super().get_config(),
            "hidden_dim": self.hidden_dim,
            "intermediate_dim": self.intermediate_dim,
            "activation": self.activation,
        }


def _gelu_tanh(x: keras.KerasTensor) -> keras.KerasTensor:
    return keras.activations.gelu(x, approximate=True)


_BY_NAME = {GELU_TANH: _gelu_tanh}  # that Keras has no name for
