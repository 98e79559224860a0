"""From the vectors of the tokens to the vector of the sequence."""

from typing import Any

import keras
from keras import ops

KINDS = ("mean", "first")


@keras.saving.register_keras_serializable(package="meritline")
class Pooling(keras.layers.Layer):
    """The mean over real tokens, or the first token, in float32.

    A sequence without a real token gives zeros. The layer's dtype is float32 whatever the global
    policy: a sum in bfloat16 stops growing after some 256 tokens of like size.

    Args:
        kind: `mean` or `first`.

    Call arguments:
        x: Float tensor `(batch, seq_len, hidden_dim)`.
        padding_mask: Boolean tensor `(batch, seq_len)`; True for a real token.

    Returns:
        Float tensor `(batch, hidden_dim)`.

    Raises:
        ValueError: If `kind` is unknown.
    """

    def __init__(self, kind: str = "mean", dtype: Any = "float32", **kwargs: Any):
        super().__init__(dtype=dtype, **kwargs)
        if kind not in KINDS:
            raise ValueError(f"`kind` must be one of {KINDS}. Received: kind={kind!r}")
        self.kind = kind

    def call(self, x: keras.KerasTensor, padding_mask: keras.KerasTensor) -> keras.KerasTensor:
        """Takes the mean over the real tokens among all, or among the first alone."""
        if self.kind == "first":
            x, padding_mask = x[:, :1], padding_mask[:, :1]
        real = ops.expand_dims(padding_mask, -1)  # (batch, seq_len, 1)
        count = ops.sum(ops.cast(real, x.dtype), axis=1)  # (batch, 1)
        return ops.sum(ops.where(real, x, 0.0), axis=1) / ops.maximum(count, 1.0)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {**super().get_config(), "kind": self.kind}
