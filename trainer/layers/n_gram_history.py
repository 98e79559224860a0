"""The few tokens up to each place of a text."""

from typing import Any

import keras
from keras import ops

from schemas import tokens


@keras.saving.register_keras_serializable(package="meritline")
class NGramHistory(keras.layers.Layer):
    """Lists each token and those before it, the latest last, `[PAD]` before the first.

    Args:
        length: Tokens in a list, the token itself among them.

    Call arguments:
        token_ids: Integer tensor `(batch, seq_len)`.

    Returns:
        Integer tensor `(batch, seq_len, length)`.
    """

    def __init__(self, length: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if length < 1:
            raise ValueError(f"`length` must be at least 1. Received: length={length}")
        self.length = length

    def call(self, token_ids: keras.KerasTensor) -> keras.KerasTensor:
        """Shifts the tokens."""
        seq_len = ops.shape(token_ids)[1]
        padded = ops.pad(token_ids, [[0, 0], [self.length - 1, 0]], constant_values=tokens.PAD_ID)
        return ops.stack([padded[:, at : at + seq_len] for at in range(self.length)], axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {**super().get_config(), "length": self.length}
