"""The transformer encoder: token ids in, the head's outputs out."""

from collections.abc import Mapping
from typing import NamedTuple

import keras
from keras import ops

from schemas import features
from trainer import config
from trainer.layers import encoder_block, pooling, reversible_embedding, token_dropout
from trainer.models import stack

PADDING_ID = 0

_SEGMENT_EMBEDDING = "segment_embedding"


class Encoded(NamedTuple):
    """A sequence as the encoder leaves it, to build a model on.

    Attributes:
        inputs: The model's inputs by name, integer `(batch, seq_len)` each.
        tokens: Each token's vector, `(batch, seq_len, hidden_dim)`.
        padding_mask: Which tokens are real, boolean `(batch, seq_len)`.
        embedding: Turned token ids into vectors; `reverse=True` turns vectors into logits.
    """

    inputs: dict[str, keras.KerasTensor]
    tokens: keras.KerasTensor
    padding_mask: keras.KerasTensor
    embedding: reversible_embedding.ReversibleEmbedding


def build(
    model_config: config.ModelConfig,
    vocabulary_size: int,
    max_length: int,
    head: keras.layers.Layer,
    *,
    num_segments: int | None = None,
) -> keras.Model:
    """Builds the encoder and puts the task's head on the vector of the sequence.

    Args:
        model_config: The shape of the encoder.
        vocabulary_size: Rows of the embedding; every token id is below it, and id 0 is padding.
        max_length: Longest sequence in tokens; binding only for learned positions.
        head: Maps the sequence's vector `(batch, hidden_dim)`, float32, to the outputs.
        num_segments: Texts that a sequence may be made of, such as 2 for pairs; each token then
            tells its own. None: one text, and no input for it.

    Returns:
        A functional model from `{"token_ids": (batch, seq_len)}`, with `num_segments` also
        `"segment_ids"` of the same shape and below `num_segments`, to the head's outputs, float32.
        How far a sequence is padded changes none of them.
    """
    encoded = encode(model_config, vocabulary_size, max_length, num_segments=num_segments)
    has_pooler = model_config.pooling == "pooler"
    kind = "first" if has_pooler else model_config.pooling
    pooled = pooling.Pooling(kind, name="pooling")(encoded.tokens, encoded.padding_mask)
    if has_pooler:
        pooled = keras.layers.Dense(
            model_config.hidden_dim, activation="tanh", dtype="float32", name="pooler"
        )(pooled)
    outputs = ops.cast(head(pooled), "float32")  # whatever policy made the head
    return keras.Model(encoded.inputs, outputs, name="transformer")


def encode(
    model_config: config.ModelConfig,
    vocabulary_size: int,
    max_length: int,
    *,
    num_segments: int | None = None,
) -> Encoded:
    """Builds the encoder alone; the arguments are those of `build`.

    References:
        Vaswani et al. 2017, sec. 3, arXiv:1706.03762;
        Devlin et al. 2019, fig. 2, arXiv:1810.04805 (segments)
    """
    names = (features.TOKEN_IDS, *((features.SEGMENT_IDS,) if num_segments else ()))
    inputs = {name: keras.Input((None,), dtype="int32", name=name) for name in names}
    kept_ids = token_dropout.TokenDropout(
        model_config.token_dropout, PADDING_ID, name="token_dropout"
    )(inputs[features.TOKEN_IDS])
    padding_mask = ops.not_equal(kept_ids, PADDING_ID)
    width = model_config.hidden_dim
    embedding = stack.embedding(vocabulary_size, width)
    x = embedding(kept_ids)
    if num_segments:
        segments = stack.embedding(num_segments, width, _SEGMENT_EMBEDDING)(
            inputs[features.SEGMENT_IDS]
        )
        x = keras.layers.Add(name="embedding_sum")([x, segments])
    x = stack.place(x, model_config, max_length)
    for index in range(model_config.num_layers):
        x = _block(model_config, index)(x, padding_mask=padding_mask)
    x = stack.end(x, model_config)
    return Encoded(inputs, x, padding_mask, embedding)


class Read(NamedTuple):
    """What an encoder makes of real tensors.

    Attributes:
        tokens: Each token's vector, `(batch, seq_len, hidden_dim)`.
        padding_mask: Which tokens are real, boolean `(batch, seq_len)`.
        weights: Of each layer, how much each token attends to each other: float32 `(batch,
            num_heads, seq_len, seq_len)`.
    """

    tokens: keras.KerasTensor
    padding_mask: keras.KerasTensor
    weights: tuple[keras.KerasTensor, ...]


def read(model: keras.Model, inputs: Mapping[str, keras.KerasTensor]) -> Read:
    """Goes through the encoder of a model once more, without what only trains.

    Not a second functional model over the same layers, see `stack.py`.

    Args:
        model: What was built on `encode`, trained or loaded since.
        inputs: What the encoder takes, such as `{"token_ids": (batch, seq_len)}`.
    """
    parts = stack.parts(model)
    token_ids = inputs[features.TOKEN_IDS]
    padding_mask = ops.not_equal(token_ids, PADDING_ID)
    x = parts[stack.EMBEDDING](token_ids)
    if _SEGMENT_EMBEDDING in parts:
        x = x + parts[_SEGMENT_EMBEDDING](inputs[features.SEGMENT_IDS])
    x = stack.place_again(parts, x)
    weights = []
    for layer in model.layers:
        if isinstance(layer, encoder_block.EncoderBlock):
            x, of_layer = layer(x, padding_mask=padding_mask, training=False, return_weights=True)
            weights.append(of_layer)
    return Read(stack.end_again(parts, x), padding_mask, tuple(weights))


def attention_weights(
    model: keras.Model, inputs: Mapping[str, keras.KerasTensor]
) -> keras.KerasTensor:
    """Computes how much each token attends to each other, in every layer and head.

    Args:
        model: What `build` returned, trained or loaded since.
        inputs: What the model takes, such as `{"token_ids": (batch, seq_len)}`.

    Returns:
        Float32 tensor `(batch, num_layers, num_heads, seq_len, seq_len)`: the share of each token
        (last axis) in what a token (last but one) gathers.
    """
    return ops.stack(read(model, inputs).weights, axis=1)


def _block(model_config: config.ModelConfig, index: int) -> keras.layers.Layer:
    """Makes the encoder block at `index`, counted from 0."""
    return encoder_block.EncoderBlock(
        **stack.block_settings(model_config), name=f"encoder_block_{index}"
    )
