"""Long short-term memory that reads a text from both ends."""

import keras
from keras import ops

from trainer import rivals
from trainer.layers import bidirectional_lstm, max_over_time
from trainer.models import embedded as embedded_lib


def build(
    model_config: rivals.Lstm,
    vocabulary_size: int,
    max_length: int,
    head: keras.layers.Layer,
    *,
    num_segments: int | None = None,
) -> keras.Model:
    """Builds the model.

    Args:
        model_config: Layers and widths.
        vocabulary_size: Tokens; every token id is below it, and id 0 is padding.
        max_length: Not looked at.
        head: Maps the sequence's vector `(batch, 2 * hidden_dim)`, float32, to the outputs.
        num_segments: Texts that a sequence may be made of; each token's vector then tells its own.

    Returns:
        A functional model from `{"token_ids": (batch, seq_len)}`, with `num_segments` also
        `"segment_ids"` of the same shape, to the head's outputs, float32.

    References:
        Conneau et al. 2017, sec. 3.2.2, arXiv:1705.02364 (the maximum over tokens)
    """
    del max_length
    embedded = embedded_lib.embed(
        vocabulary_size, model_config.embedding_dim, model_config.token_dropout, num_segments
    )
    x = embedded.vectors
    for index in range(model_config.num_layers):
        x = keras.layers.Dropout(model_config.dropout, name=f"dropout_{index}")(x)
        memory = bidirectional_lstm.BidirectionalLstm(model_config.hidden_dim, name=f"lstm_{index}")
        x = memory(x, embedded.padding_mask)  # (batch, seq_len, 2 * hidden_dim)
    vector = max_over_time.MaxOverTime(name="pooling")(x, embedded.padding_mask)
    vector = keras.layers.Dropout(model_config.dropout, name="last_dropout")(vector)
    outputs = ops.cast(head(ops.cast(vector, "float32")), "float32")
    return keras.Model(embedded.inputs, outputs, name="lstm")
