"""The transformer encoder: token ids in, the head's outputs out."""

import keras
from keras import ops

from schemas import features
from trainer import config
from trainer.layers import (
    encoder_block,
    layer_norm,
    learned_positions,
    pooling,
    sinusoidal_positions,
    token_dropout,
)

PADDING_ID = 0
_EMBEDDING_LAYERS = ("token_embedding", "embedding_scale", "positions", "embedding_dropout")


def build(
    model_config: config.ModelConfig,
    vocabulary_size: int,
    max_length: int,
    head: keras.layers.Layer,
) -> keras.Model:
    """Builds the encoder and puts the task's head on the vector of the sequence.

    Args:
        model_config: The shape of the encoder.
        vocabulary_size: Rows of the embedding; every token id is below it, and id 0 is padding.
        max_length: Longest sequence in tokens; binding only for learned positions.
        head: Maps the sequence's vector `(batch, hidden_dim)`, float32, to the outputs.

    Returns:
        A functional model from `{"token_ids": (batch, seq_len)}` to the head's outputs, float32.
        How far a sequence is padded changes none of them.

    References:
        Vaswani et al. 2017, sec. 3, arXiv:1706.03762
    """
    token_ids = keras.Input((None,), dtype="int32", name=features.TOKEN_IDS)
    kept_ids = token_dropout.TokenDropout(
        model_config.token_dropout, PADDING_ID, name="token_dropout"
    )(token_ids)
    padding_mask = ops.not_equal(kept_ids, PADDING_ID)
    x = _embed(kept_ids, model_config, vocabulary_size, max_length)
    for index in range(model_config.num_layers):
        x = _block(model_config, index)(x, padding_mask=padding_mask)
    if model_config.norm == "pre":
        x = layer_norm.LayerNorm(name="final_norm")(x)
    pooled = pooling.Pooling(model_config.pooling, name="pooling")(x, padding_mask)
    outputs = ops.cast(head(pooled), "float32")  # whatever policy made the head
    return keras.Model({features.TOKEN_IDS: token_ids}, outputs, name="transformer")


def attention_weights(
    model: keras.Model, inputs: dict[str, keras.KerasTensor]
) -> keras.KerasTensor:
    """Computes how much each token attends to each other, in every layer and head.

    Not a second functional model over the same layers: Keras takes a layer that returns two
    tensors in one model and one in another for broken.

    Args:
        model: What `build` returned, trained or loaded since.
        inputs: `{"token_ids": (batch, seq_len)}`, as for the model.

    Returns:
        Float32 tensor `(batch, num_layers, num_heads, seq_len, seq_len)`: the share of each token
        (last axis) in what a token (last but one) gathers.
    """
    x = inputs[features.TOKEN_IDS]
    padding_mask = ops.not_equal(x, PADDING_ID)
    for name in _EMBEDDING_LAYERS:
        x = model.get_layer(name)(x)
    weights = []
    for layer in model.layers:
        if isinstance(layer, encoder_block.EncoderBlock):
            x, of_layer = layer(x, padding_mask=padding_mask, training=False, return_weights=True)
            weights.append(of_layer)
    return ops.stack(weights, axis=1)


def _embed(
    token_ids: keras.KerasTensor,
    model_config: config.ModelConfig,
    vocabulary_size: int,
    max_length: int,
) -> keras.KerasTensor:
    """Turns ids `(batch, seq_len)` into vectors that tell token and position."""
    width = model_config.hidden_dim
    x = keras.layers.Embedding(
        vocabulary_size,
        width,
        embeddings_initializer=keras.initializers.RandomNormal(stddev=width**-0.5),
        name="token_embedding",
    )(token_ids)
    # Tokens come out as large as the sinusoids that are added: beside small ones, positions drown
    # the words, and the first epochs go by learning to see them (Vaswani et al. 2017, sec. 3.4).
    x = keras.layers.Rescaling(width**0.5, name="embedding_scale")(x)
    positions: keras.layers.Layer
    if model_config.positions == "learned":
        positions = learned_positions.LearnedPositions(max_length, name="positions")
    else:
        positions = sinusoidal_positions.SinusoidalPositions(name="positions")
    return keras.layers.Dropout(model_config.dropout, name="embedding_dropout")(positions(x))


def _block(model_config: config.ModelConfig, index: int) -> keras.layers.Layer:
    """Makes the encoder block at `index`, counted from 0."""
    return encoder_block.EncoderBlock(
        model_config.hidden_dim,
        model_config.num_heads,
        model_config.intermediate_dim,
        model_config.dropout,
        model_config.norm,
        model_config.activation,
        name=f"encoder_block_{index}",
    )
