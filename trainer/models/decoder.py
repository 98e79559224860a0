"""The decoder-only transformer: tokens in, for each of them the logits of the one that follows."""

from collections.abc import Mapping
from typing import NamedTuple

import keras
from keras import ops

from schemas import features
from trainer import config
from trainer.layers import decoder_block, key_value_cache
from trainer.models import stack

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
    embedding = stack.embedding(vocabulary_size, model_config.hidden_dim)
    x = stack.place(embedding(token_ids), model_config, max_length)
    for index in range(model_config.num_layers):
        x = block(model_config, index)(x)
    x = stack.end(x, model_config)
    outputs = stack.logits(x, embedding, head)
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
    return tuple(layer.empty_cache(batch, length) for layer in blocks(model))


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
    parts = stack.parts(model)
    x = stack.place_again(parts, parts[stack.EMBEDDING](token_ids), position)
    written = []
    for layer, cache in zip(blocks(model), caches, strict=True):
        x, cache = layer(x, cache=cache, position=position, training=False)
        written.append(cache)
    # Nobody asks what followed the others.
    logits = stack.logits_again(parts, stack.end_again(parts, x[:, -1:]))
    return Read(logits[:, 0], tuple(written))


def attention_weights(
    model: keras.Model, inputs: Mapping[str, keras.KerasTensor]
) -> keras.KerasTensor:
    """Computes how much each token attends to itself and those before it, by layer and head.

    Args:
        model: What `build` returned, trained or loaded since.
        inputs: `{"token_ids": (batch, seq_len)}`.

    Returns:
        Float32 tensor `(batch, num_layers, num_heads, seq_len, seq_len)`: the share of each token
        (last axis) in what a token (last but one) gathers, 0 of those after it.
    """
    parts = stack.parts(model)
    x = stack.place_again(parts, parts[stack.EMBEDDING](inputs[features.TOKEN_IDS]))
    weights = []
    for layer in blocks(model):
        x, of_layer = layer(x, training=False, return_weights=True)
        weights.append(of_layer["self"])
    return ops.stack(weights, axis=1)


def blocks(model: keras.Model) -> list[decoder_block.DecoderBlock]:
    """Lists the blocks of a model's decoder."""
    return [layer for layer in model.layers if isinstance(layer, decoder_block.DecoderBlock)]


def block(
    model_config: config.ModelConfig, index: int, has_context: bool = False
) -> decoder_block.DecoderBlock:
    """Makes the block at `index`, counted from 0."""
    return decoder_block.DecoderBlock(
        **stack.block_settings(model_config),
        has_context=has_context,
        name=f"decoder_block_{index}",
    )
