"""What stood at masked places: from tokens' vectors to logits over the vocabulary."""

from typing import Any

import keras
from keras import ops

from trainer.layers import norms, projection


@keras.saving.register_keras_serializable(package="meritline")
class MaskedTokens(keras.layers.Layer):
    """Reads the vectors at some places, and makes them comparable with the embedding's.

    Only these places are projected: over a whole vocabulary that is most of the work, and of most
    places nothing is asked.

    Args:
        hidden_dim: Width of a token's vector.
        norm_kind: LayerNorm or RMSNorm, `layer` or `rms`.
        **kwargs: What `keras.layers.Layer` takes.

    Call arguments:
        tokens: Float tensor `(batch, seq_len, hidden_dim)`.
        positions: Integer tensor `(batch, places)`, below `seq_len`.

    Returns:
        Float tensor `(batch, places, hidden_dim)`.

    References:
        Devlin et al. 2019, sec. 3.1, arXiv:1810.04805, and the code released with it
    """

    def __init__(self, hidden_dim: int, norm_kind: str = "layer", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hidden_dim = hidden_dim
        self.norm_kind = norm_kind
        self.dense = projection.Projection(hidden_dim, activation="gelu", name="dense")
        self.norm = norms.build(norm_kind, name="norm")

    def build(self, tokens_shape: tuple, positions_shape: tuple) -> None:
        """Makes the weights."""
        del tokens_shape, positions_shape
        self.dense.build((None, None, self.hidden_dim))
        self.norm.build((None, None, self.hidden_dim))
        self.built = True

    def call(self, tokens: keras.KerasTensor, positions: keras.KerasTensor) -> keras.KerasTensor:
        """Gathers the places and transforms them."""
        at_places = ops.take_along_axis(tokens, ops.cast(positions, "int32")[..., None], axis=1)
        return self.norm(self.dense(at_places))

    def compute_output_shape(self, tokens_shape: tuple, positions_shape: tuple) -> tuple:
        """Returns `(batch, places, hidden_dim)`."""
        return (*positions_shape, tokens_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Returns what makes the same layer."""
        config = {"hidden_dim": self.hidden_dim, "norm_kind": self.norm_kind}
        return {**super().get_config(), **config}


@keras.saving.register_keras_serializable(package="meritline")
class TokenBias(keras.layers.Layer):
    """Adds a learned number to the logits `(..., vocabulary_size)` of each token."""

    def build(self, input_shape: tuple) -> None:
        """Makes the numbers, 0 at first."""
        self.bias = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="bias")

    def call(self, logits: keras.KerasTensor) -> keras.KerasTensor:
        """Adds them."""
        return logits + self.bias
