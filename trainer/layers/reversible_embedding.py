"""Token ids to vectors and, by the same weights, vectors to logits."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="meritline")
class ReversibleEmbedding(keras.layers.Embedding):
    """An embedding that also tells how alike a vector is to each token's.

    Args:
        input_dim: Tokens in the vocabulary.
        output_dim: Width of a vector.
        **kwargs: What `keras.layers.Embedding` takes.

    Call arguments:
        inputs: Integer tensor `(batch, seq_len)`; with `reverse` a float tensor
            `(batch, seq_len, output_dim)`.
        reverse: Whether to turn vectors into logits.

    Returns:
        Float tensor `(batch, seq_len, output_dim)`; with `reverse` logits
        `(batch, seq_len, input_dim)`.

    References:
        Press and Wolf 2017, arXiv:1608.05859
    """

    def call(self, inputs: keras.KerasTensor, reverse: bool = False) -> keras.KerasTensor:
        """Looks tokens up, or compares vectors with all of them."""
        if not reverse:
            return super().call(inputs)
        batch, seq_len, width = ops.shape(inputs)
        table = ops.cast(self.embeddings, self.compute_dtype)
        x = ops.reshape(ops.cast(inputs, self.compute_dtype), (-1, width))
        logits = ops.matmul(x, ops.transpose(table))
        return ops.reshape(logits, (batch, seq_len, self.input_dim))

    def compute_output_spec(self, inputs: Any, reverse: bool = False) -> keras.KerasTensor:
        """Tells the shape of either direction; an embedding of Keras's knows only the one."""
        last = self.input_dim if reverse else self.output_dim
        return keras.KerasTensor((*inputs.shape[:2], last), dtype=self.compute_dtype)
