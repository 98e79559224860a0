"""Long short-term memory as a language model: for each token the logits of the one that follows."""

from typing import NamedTuple

import keras
import tensorflow as tf
from keras import ops

from schemas import features
from trainer import rivals
from trainer.layers import lstm, projection, reversible_embedding

# What each layer remembers.
States = tuple[lstm.State, ...]


def build(
    model_config: rivals.Lstm,
    vocabulary_size: int,
    max_length: int,
    head: keras.layers.Layer | None,
) -> keras.Model:
    """Builds the model.

    Args:
        model_config: Layers and widths.
        vocabulary_size: Rows of the embedding; every token id is below it, and id 0 is padding.
        max_length: Not looked at.
        head: Maps each token's vector `(batch, seq_len, embedding_dim)` to the outputs; its name
            must be `head`. None: logits over the vocabulary, by the weights of the embedding.

    Returns:
        A functional model from `{"token_ids": (batch, seq_len)}` to outputs of each token, float32
        `(batch, seq_len, any)`, which depend on it and those before it.

    References:
        Zaremba et al. 2014, sec. 3, arXiv:1409.2329 (dropout between layers alone);
        Press and Wolf 2017, sec. 2, arXiv:1608.05859 (the projection to the width of a token)
    """
    del max_length
    token_ids = keras.Input((None,), dtype="int32", name=features.TOKEN_IDS)
    embedding = reversible_embedding.ReversibleEmbedding(
        vocabulary_size,
        model_config.embedding_dim,
        embeddings_initializer=keras.initializers.RandomNormal(
            stddev=model_config.embedding_dim**-0.5
        ),
        name="token_embedding",
    )
    # Vectors of length about 1 would hardly move the gates at first; see `transformer.py`.
    scale = keras.layers.Rescaling(model_config.embedding_dim**0.5, name="embedding_scale")
    x = scale(embedding(token_ids))
    for index in range(model_config.num_layers):
        x = keras.layers.Dropout(model_config.dropout, name=f"dropout_{index}")(x)
        x, _ = lstm.Lstm(model_config.hidden_dim, name=f"lstm_{index}")(x)
    x = keras.layers.Dropout(model_config.dropout, name="last_dropout")(x)
    x = projection.Projection(model_config.embedding_dim, name="projection")(x)
    outputs = embedding(x, reverse=True) if head is None else head(x)
    outputs = ops.cast(outputs, "float32")  # whatever policy made them
    return keras.Model({features.TOKEN_IDS: token_ids}, outputs, name="lstm_decoder")


class Read(NamedTuple):
    """What reading some more tokens gives.

    Attributes:
        logits: Of the token that follows the last, float32 `(batch, vocabulary_size)`.
        caches: What is remembered with the tokens read.
    """

    logits: keras.KerasTensor
    caches: States


def empty_caches(model: keras.Model, batch: int | keras.KerasTensor, length: int) -> States:
    """Remembers nothing of each of `batch` sequences; how long they get does not matter."""
    del length
    return tuple(layer.empty_state(batch) for layer in _layers(model))


def read(
    model: keras.Model,
    token_ids: keras.KerasTensor,
    caches: States,
    position: int | keras.KerasTensor,
) -> Read:
    """Reads tokens after those that are remembered.

    Args:
        model: What `build` returned, trained or loaded since.
        token_ids: Integer tensor `(batch, seq_len)`, one token or more, no padding before the last.
        caches: Of the tokens before `position`, all of them.
        position: Position of the first token, an integer or a scalar integer tensor; at 0 whatever
            is remembered is forgotten.
    """
    parts = {layer.name: layer for layer in model.layers}
    x = parts["embedding_scale"](parts["token_embedding"](token_ids))
    goes_on = tf.cast(position, tf.int32) > 0
    after = []
    for layer, state in zip(_layers(model), caches, strict=True):
        before = lstm.State(*(tf.where(goes_on, part, 0) for part in state))
        x, state_after = layer(x, state=before, training=False)
        after.append(state_after)
    x = parts["projection"](x[:, -1:])  # nobody asks what followed the others
    logits = parts["head"](x) if "head" in parts else parts["token_embedding"](x, reverse=True)
    return Read(ops.cast(logits[:, 0], "float32"), tuple(after))


def _layers(model: keras.Model) -> list[lstm.Lstm]:
    return [layer for layer in model.layers if isinstance(layer, lstm.Lstm)]
