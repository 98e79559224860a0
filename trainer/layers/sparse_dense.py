"""A dense layer whose inputs are few of very many features."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="meritline")
class SparseDense(keras.layers.Layer):
    """Sums the weights of the features that there are, times their values, and adds a bias.

    What `keras.layers.Dense` computes of a vector `(batch, num_features)` that is mostly zeros, in
    time and memory by the features that a text has. Weights begin at zero, since a linear model has
    no symmetry to break. Computed in float32 whatever the global policy.

    Args:
        num_features: Every feature is below it.
        units: Outputs.
        dtype: Of the weights and the outputs.
        **kwargs: What `keras.layers.Layer` takes.

    Call arguments:
        features: Integer tensor `(batch, places)`.
        values: Float tensor of the same shape; 0 where there is no feature.

    Returns:
        Float tensor `(batch, units)`.
    """

    def __init__(
        self, num_features: int, units: int, dtype: Any = "float32", **kwargs: Any
    ) -> None:
        super().__init__(dtype=dtype, **kwargs)
        self.num_features = num_features
        self.units = units

    def build(self, *shapes: tuple) -> None:
        """Makes a row of weights for each feature."""
        del shapes
        self.kernel = self.add_weight(
            name="kernel", shape=(self.num_features, self.units), initializer="zeros"
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, features: keras.KerasTensor, values: keras.KerasTensor) -> keras.KerasTensor:
        """Gathers the rows and sums them."""
        rows = ops.take(self.kernel, features, axis=0)  # (batch, places, units)
        return ops.sum(rows * ops.expand_dims(values, -1), axis=1) + self.bias

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {**super().get_config(), "num_features": self.num_features, "units": self.units}
