"""The transformer encoder: token ids in, the head's outputs out."""

from typing import NamedTuple

import keras
from keras import ops

from schemas import features
from trainer import config
from trainer.layers import (
    encoder_block,
    learned_positions,
    norms,
    pooling,
    reversible_embedding,
    sinusoidal_positions,
    token_dropout,
)

PADDING_ID = 0


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
    embedding = _embedding(vocabulary_size, width, "token_embedding")
    x = embedding(kept_ids)
    if num_segments:
        segments = _embedding(num_segments, width, "segment_embedding")(
            inputs[features.SEGMENT_IDS]
        )
        x = keras.layers.Add(name="embedding_sum")([x, segments])
    x = _place(x, model_config, max_length)
    for index in range(model_config.num_layers):
        x = _block(model_config, index)(x, padding_mask=padding_mask)
    if model_config.norm == "pre":
        x = _norm(model_config, "final_norm")(x)
    return Encoded(inputs, x, padding_mask, embedding)


def attention_weights(
    model: keras.Model, inputs: dict[str, keras.KerasTensor]
) -> keras.KerasTensor:
    """Computes how much each token attends to each other, in every layer and head.

    Not a second functional model over the same layers: Keras takes a layer that returns two
    tensors in one model and one in another for broken.

    Args:
        model: What `build` returned, trained or loaded since.
        inputs: What the model takes, such as `{"token_ids": (batch, seq_len)}`.

    Returns:
        Float32 tensor `(batch, num_layers, num_heads, seq_len, seq_len)`: the share of each token
        (last axis) in what a token (last but one) gathers.
    """
    parts = {layer.name: layer for layer in model.layers}
    token_ids = inputs[features.TOKEN_IDS]
    padding_mask = ops.not_equal(token_ids, PADDING_ID)
    x = parts["token_embedding"](token_ids)
    if "segment_embedding" in parts:
        x = x + parts["segment_embedding"](inputs[features.SEGMENT_IDS])
    x = parts["embedding_scale"](x)
    for name in ("positions", "embedding_norm"):
        x = parts[name](x) if name in parts else x
    weights = []
    for layer in model.layers:
        if isinstance(layer, encoder_block.EncoderBlock):
            x, of_layer = layer(x, padding_mask=padding_mask, training=False, return_weights=True)
            weights.append(of_layer)
    return ops.stack(weights, axis=1)


def _embedding(rows: int, width: int, name: str) -> reversible_embedding.ReversibleEmbedding:
    """Makes what turns ids `(batch, seq_len)` into vectors of length about 1."""
    initializer = keras.initializers.RandomNormal(stddev=width**-0.5)
    return reversible_embedding.ReversibleEmbedding(
        rows, width, embeddings_initializer=initializer, name=name
    )


def _place(
    x: keras.KerasTensor, model_config: config.ModelConfig, max_length: int
) -> keras.KerasTensor:
    """Tells the embedded tokens `(batch, seq_len, hidden_dim)` their positions."""
    # Tokens come out as large as the sinusoids that are added: beside small ones, positions drown
    # the words, and the first epochs go by learning to see them (Vaswani et al. 2017, sec. 3.4).
    scale = model_config.hidden_dim**0.5 if model_config.embedding_scale else 1.0
    x = keras.layers.Rescaling(scale, name="embedding_scale")(x)
    if model_config.positions == "learned":
        x = learned_positions.LearnedPositions(max_length, name="positions")(x)
    elif model_config.positions == "sinusoidal":
        x = sinusoidal_positions.SinusoidalPositions(name="positions")(x)
    if model_config.embedding_norm:
        x = _norm(model_config, "embedding_norm")(x)
    return keras.layers.Dropout(model_config.dropout, name="embedding_dropout")(x)


def _norm(model_config: config.ModelConfig, name: str) -> keras.layers.Layer:
    return norms.build(model_config.norm_kind, epsilon=model_config.norm_epsilon, name=name)


def _block(model_config: config.ModelConfig, index: int) -> keras.layers.Layer:
    """Makes the encoder block at `index`, counted from 0."""
    return encoder_block.EncoderBlock(
        model_config.hidden_dim,
        model_config.num_heads,
        model_config.intermediate_dim,
        model_config.dropout,
        model_config.norm,
        model_config.activation,
        norm_kind=model_config.norm_kind,
        num_kv_heads=model_config.num_kv_heads,
        rotary=model_config.positions == "rotary",
        recompute=model_config.recompute,
        norm_epsilon=model_config.norm_epsilon,
        name=f"encoder_block_{index}",
    )
