"""The decoder-only transformer: tokens in, for each of them the logits of the one that follows."""

from typing import NamedTuple

import keras
from keras import ops

from schemas import features
from trainer import config
from trainer.layers import (
    decoder_block,
    key_value_cache,
    learned_positions,
    norms,
    reversible_embedding,
    sinusoidal_positions,
)

# Keys and values of each layer's tokens so far.
Caches = tuple[key_value_cache.Cache, ...]


def build(
    model_config: config.ModelConfig,
    vocabulary_size: int,
    max_length: int,
    head: keras.layers.Layer | None,
) -> keras.Model:
    """Builds the decoder.

    Args:
        model_config: The shape of the decoder. What is only of an encoder, such as pooling, is not
            looked at.
        vocabulary_size: Rows of the embedding; every token id is below it, and id 0 is padding.
        max_length: Longest sequence in tokens; binding only for learned positions.
        head: Maps each token's vector `(batch, seq_len, hidden_dim)` to the outputs; its name must
            be `head`. None: logits over the vocabulary, by the weights of the embedding.

    Returns:
        A functional model from `{"token_ids": (batch, seq_len)}` to outputs of each token, float32
        `(batch, seq_len, any)`, which depend on it and those before it. Padding stands after a
        sequence, where no real token sees it.

    References:
        Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", sec. 2.3
    """
    token_ids = keras.Input((None,), dtype="int32", name=features.TOKEN_IDS)
    embedding = reversible_embedding.ReversibleEmbedding(
        vocabulary_size,
        model_config.hidden_dim,
        embeddings_initializer=keras.initializers.RandomNormal(
            stddev=model_config.hidden_dim**-0.5
        ),
        name="token_embedding",
    )
    # Tokens as large as the positions that are added to them; see `transformer.py`.
    scale = model_config.hidden_dim**0.5 if model_config.embedding_scale else 1.0
    x = keras.layers.Rescaling(scale, name="embedding_scale")(embedding(token_ids))
    if model_config.positions == "learned":
        x = learned_positions.LearnedPositions(max_length, name="positions")(x)
    elif model_config.positions == "sinusoidal":
        x = sinusoidal_positions.SinusoidalPositions(name="positions")(x)
    if model_config.embedding_norm:
        x = _norm(model_config, "embedding_norm")(x)
    x = keras.layers.Dropout(model_config.dropout, name="embedding_dropout")(x)
    for index in range(model_config.num_layers):
        x = _block(model_config, index)(x)
    if model_config.norm == "pre":
        x = _norm(model_config, "final_norm")(x)
    outputs = embedding(x, reverse=True) if head is None else head(x)
    outputs = ops.cast(outputs, "float32")  # whatever policy made them
    return keras.Model({features.TOKEN_IDS: token_ids}, outputs, name="decoder")


class Read(NamedTuple):
    """What reading some more tokens gives.

    Attributes:
        logits: Of the token that follows the last, float32 `(batch, vocabulary_size)`.
        caches: With the tokens read.
    """

    logits: keras.KerasTensor
    caches: Caches


def empty_caches(model: keras.Model, batch: int | keras.KerasTensor, length: int) -> Caches:
    """Makes caches for `length` tokens of each of `batch` sequences."""
    return tuple(block.empty_cache(batch, length) for block in _blocks(model))


def read(
    model: keras.Model,
    token_ids: keras.KerasTensor,
    caches: Caches,
    position: int | keras.KerasTensor,
) -> Read:
    """Reads tokens after those in the caches.

    Not a second functional model over the same layers, see `DecoderBlock`.

    Args:
        model: What `build` returned, trained or loaded since.
        token_ids: Integer tensor `(batch, seq_len)`, no padding before the last that matters.
        caches: Of the tokens before `position`.
        position: Position of the first token, an integer or a scalar integer tensor.
    """
    parts = {layer.name: layer for layer in model.layers}
    x = parts["embedding_scale"](parts["token_embedding"](token_ids))
    if "positions" in parts:
        x = parts["positions"](x, position=position)
    if "embedding_norm" in parts:
        x = parts["embedding_norm"](x)
    written = []
    for block, cache in zip(_blocks(model), caches, strict=True):
        x, cache = block(x, cache=cache, position=position, training=False)
        written.append(cache)
    x = x[:, -1:]  # nobody asks what followed the others
    if "final_norm" in parts:
        x = parts["final_norm"](x)
    logits = parts["head"](x) if "head" in parts else parts["token_embedding"](x, reverse=True)
    return Read(ops.cast(logits[:, 0], "float32"), tuple(written))


def _blocks(model: keras.Model) -> list[decoder_block.DecoderBlock]:
    return [layer for layer in model.layers if isinstance(layer, decoder_block.DecoderBlock)]


def _norm(model_config: config.ModelConfig, name: str) -> keras.layers.Layer:
    return norms.build(model_config.norm_kind, epsilon=model_config.norm_epsilon, name=name)


def _block(model_config: config.ModelConfig, index: int) -> decoder_block.DecoderBlock:
    """Makes the block at `index`, counted from 0."""
    return decoder_block.DecoderBlock(
        model_config.hidden_dim,
        model_config.num_heads,
        model_config.intermediate_dim,
        dropout=model_config.dropout,
        norm=model_config.norm,
        activation=model_config.activation,
        norm_kind=model_config.norm_kind,
        num_kv_heads=model_config.num_kv_heads,
        rotary=model_config.positions == "rotary",
        recompute=model_config.recompute,
        norm_epsilon=model_config.norm_epsilon,
        name=f"decoder_block_{index}",
    )
