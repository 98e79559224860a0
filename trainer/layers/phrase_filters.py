"""Filters that look for phrases of some tokens: a convolution over time."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="meritline")
class PhraseFilters(keras.layers.Layer):
    """Applies filters to each token and the `width` - 1 before it, with zeros before the first.

    What `keras.layers.Conv1D(padding="causal", activation="relu")` computes, as one matmul.
    TensorFlow's own gives an error for a batch without rows, which a server may well send.

    Args:
        filters: How many there are.
        width: Tokens that each sees.

    Call arguments:
        x: Float tensor `(batch, seq_len, hidden_dim)`.

    Returns:
        Float tensor `(batch, seq_len, filters)`, none below 0. No output depends on later tokens.

    References:
        Kim 2014, eq. 2, arXiv:1408.5882
    """

    def __init__(self, filters: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if filters < 1 or width < 1:
            raise ValueError(
                "`filters` and `width` must be at least 1. "
                f"Received: filters={filters}, width={width}"
            )
        self.filters = filters
        self.width = width

    def build(self, x_shape: tuple) -> None:
        """Makes the filters' weights."""
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.width * x_shape[-1], self.filters),
            initializer="glorot_uniform",
        )
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Lays the tokens that a filter sees side by side, the earliest first."""
        seq_len = ops.shape(x)[1]
        padded = ops.pad(x, [[0, 0], [self.width - 1, 0], [0, 0]])
        seen = [padded[:, at : at + seq_len] for at in range(self.width)]
        phrases = ops.concatenate(seen, axis=-1)  # (batch, seq_len, width * hidden_dim)
        return ops.relu(ops.matmul(phrases, self.kernel) + self.bias)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {**super().get_config(), "filters": self.filters, "width": self.width}
