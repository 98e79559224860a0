"""The part of a block that works on each token alone."""

from typing import Any

import keras

from trainer.layers import projection


@keras.saving.register_keras_serializable(package="meritline")
class FeedForward(keras.layers.Layer):
    """Two linear maps with a non-linearity between them, the same for every position.

    Args:
        hidden_dim: Width of the input and of the output.
        intermediate_dim: Width between the two maps.
        activation: Name of a Keras activation.

    Call arguments:
        x: Float tensor `(batch, seq_len, hidden_dim)`.

    Returns:
        Float tensor `(batch, seq_len, hidden_dim)`.

    References:
        Vaswani et al. 2017, eq. 2, arXiv:1706.03762
    """

    def __init__(
        self, hidden_dim: int, intermediate_dim: int, activation: str = "gelu", **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.hidden_dim = hidden_dim
        self.intermediate_dim = intermediate_dim
        self.activation = activation
        self.expansion = projection.Projection(
            intermediate_dim, activation=activation, dtype=self.dtype_policy, name="expansion"
        )
        self.contraction = projection.Projection(
            hidden_dim, dtype=self.dtype_policy, name="contraction"
        )

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights for inputs `(batch, seq_len, hidden_dim)`."""
        self.expansion.build(input_shape)
        self.contraction.build((*input_shape[:-1], self.intermediate_dim))
        self.built = True

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Widens each token, bends it, and narrows it again."""
        return self.contraction(self.expansion(x))

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {
            **super().get_config(),
            "hidden_dim": self.hidden_dim,
            "intermediate_dim": self.intermediate_dim,
            "activation": self.activation,
        }
