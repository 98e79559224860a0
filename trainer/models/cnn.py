"""Convolutions over the tokens: each filter looks for a phrase, wherever it stands."""

import keras
from keras import ops

from trainer import rivals
from trainer.layers import max_over_time, phrase_filters
from trainer.models import embedded as embedded_lib


def build(
    model_config: rivals.Cnn,
    vocabulary_size: int,
    max_length: int,
    head: keras.layers.Layer,
    *,
    num_segments: int | None = None,
) -> keras.Model:
    """Builds the model.

    A filter of width n sees each real token and the n - 1 before it, with zeros before the first:
    so a text that is shorter than a filter is read as well, and no filter sees padding.

    Args:
        model_config: Widths and numbers of the filters.
        vocabulary_size: Tokens; every token id is below it, and id 0 is padding.
        max_length: Not looked at.
        head: Maps the sequence's vector `(batch, filters of all widths)`, float32, to the outputs.
        num_segments: Texts that a sequence may be made of; each token's vector then tells its own.

    Returns:
        A functional model from `{"token_ids": (batch, seq_len)}`, with `num_segments` also
        `"segment_ids"` of the same shape, to the head's outputs, float32.

    References:
        Kim 2014, sec. 2 and 3.1, arXiv:1408.5882
    """
    del max_length
    embedded = embedded_lib.embed(
        vocabulary_size, model_config.embedding_dim, model_config.token_dropout, num_segments
    )
    found = []
    for width in model_config.widths:
        filters = phrase_filters.PhraseFilters(
            model_config.filters, width, name=f"filters_of_{width}"
        )
        largest = max_over_time.MaxOverTime(name=f"largest_of_{width}")
        found.append(largest(filters(embedded.vectors), embedded.padding_mask))
    vector = ops.concatenate(found, axis=-1)  # (batch, filters of all widths)
    vector = keras.layers.Dropout(model_config.dropout, name="dropout")(vector)
    outputs = ops.cast(head(ops.cast(vector, "float32")), "float32")
    return keras.Model(embedded.inputs, outputs, name="cnn")
