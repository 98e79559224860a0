"""A linear map of each token."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="meritline")
class Projection(keras.layers.Dense):
    """`keras.layers.Dense` over `(batch, seq_len, features)` as one plain matmul.

    Dense multiplies a rank-3 input sentence by sentence, and its gradient holds one kernel for
    each sentence of the batch before they are summed. Laid out as one matrix of tokens there is
    one kernel, and the matmul is large enough to be fast.

    Nor is Dense right wherever a graph is exported: of inputs `(batch, 1, features)`, as there are
    where one token a text is read, oneDNN in TensorFlow 2.16 has been seen to multiply the first
    thread's rows alone.
    """

    def call(self, x: keras.KerasTensor, training: bool | None = None) -> keras.KerasTensor:
        """Maps `(batch, seq_len, features)` to `(batch, seq_len, units)`."""
        batch, seq_len, features = ops.shape(x)
        x = ops.reshape(x, (-1, features))  # (batch * seq_len, features)
        return ops.reshape(super().call(x), (batch, seq_len, self.units))
