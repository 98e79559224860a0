"""TF-IDF: how much a feature of a text says about it."""

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="meritline")
class TfIdf(keras.layers.Layer):
    """Weighs counted features by how rare they are, and brings each text to length 1.

    A feature that stands `count` times in a text has

        (1 + ln(count)) * idf,    idf = ln((1 + n) / (1 + df)) + 1

    where df of the n texts that were learned from have it; all of a text's are then divided by the
    root of the sum of their squares. These are scikit-learn's `TfidfVectorizer(sublinear_tf=True)`
    with its `smooth_idf` and `norm="l2"`. As there, a feature in too few texts is none: it adds
    nothing, not to the length either. Computed in float32 whatever the global policy.

    Args:
        num_features: Every feature is below it.
        min_texts: Texts that a feature must stand in to be one.
        dtype: Of the weights and the outputs.
        **kwargs: What `keras.layers.Layer` takes.

    Call arguments:
        features: Integer tensor `(batch, places)`.
        counts: Float tensor of the same shape; 0 where there is no feature.

    Returns:
        Float tensor of the same shape; all zeros for a text without a known feature.

    References:
        Salton and Buckley 1988, doi:10.1016/0306-4573(88)90021-0;
        scikit-learn, User Guide, "Tf-idf term weighting"
    """

    def __init__(
        self, num_features: int, min_texts: int = 1, dtype: Any = "float32", **kwargs: Any
    ) -> None:
        super().__init__(dtype=dtype, **kwargs)
        if min_texts < 1:
            raise ValueError(f"`min_texts` must be at least 1. Received: min_texts={min_texts}")
        self.num_features = num_features
        self.min_texts = min_texts

    def build(self, *shapes: tuple) -> None:
        """Makes the idf of each feature; before anything is learned all are alike."""
        del shapes
        self.idf = self.add_weight(
            name="idf", shape=(self.num_features,), initializer="ones", trainable=False
        )

    def learn(self, frequencies: np.ndarray, num_texts: int) -> None:
        """Learns how rare the features are.

        Args:
            frequencies: Texts that have each feature, integers `(num_features,)`.
            num_texts: Texts in all.
        """
        idf = np.log((1 + num_texts) / (1 + frequencies.astype(np.float64))) + 1
        self.idf.assign(np.where(frequencies >= self.min_texts, idf, 0.0).astype(np.float32))

    def call(self, features: keras.KerasTensor, counts: keras.KerasTensor) -> keras.KerasTensor:
        """Weighs the counts."""
        sublinear = ops.where(counts > 0, 1.0 + ops.log(ops.maximum(counts, 1.0)), 0.0)
        weighed = sublinear * ops.take(self.idf, features, axis=0)
        squares = ops.sum(ops.square(weighed), axis=1, keepdims=True)  # (batch, 1)
        return weighed * ops.where(squares > 0, ops.rsqrt(ops.maximum(squares, 1e-30)), 0.0)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        settings = {"num_features": self.num_features, "min_texts": self.min_texts}
        return {**super().get_config(), **settings}
