"""The encoder-decoder: a source and a target so far in, logits of the target's next token out."""

from collections.abc import Mapping
from typing import NamedTuple

import keras
from keras import ops

from schemas import features
from trainer import config
from trainer.layers import key_value_cache
from trainer.models import decoder, stack, transformer

# Opens the names of the decoder's layers that the encoder has, too.
TARGET = "target_"


def build(
    model_config: config.ModelConfig,
    vocabulary_size: int,
    max_length: int,
    head: keras.layers.Layer | None,
    *,
    target_vocabulary_size: int | None = None,
) -> keras.Model:
    """Builds an encoder of the source and a decoder that attends to it, of as many blocks each.

    Args:
        model_config: The shape of both. What is only of a sequence's vector, such as pooling, is
            not looked at.
        vocabulary_size: Rows of the source's embedding; every token id is below it, and id 0 is
            padding.
        max_length: Longest source and longest target in tokens; binding only for learned positions.
        head: Maps each target token's vector `(batch, target_len, hidden_dim)` to the outputs; its
            name must be `head`. None: logits over the target's vocabulary, by the weights of its
            embedding.
        target_vocabulary_size: The same of the target's embedding; None: as many.

    Returns:
        A functional model from `{"token_ids": (batch, source_len), "target_ids": (batch,
        target_len)}` to outputs of each target token, float32 `(batch, target_len, any)`, which
        depend on the source, on it and on those before it. How far a source is padded changes
        nothing; padding of a target stands after it, where no real token sees it.

    References:
        Vaswani et al. 2017, sec. 3.1, arXiv:1706.03762
    """
    encoded = transformer.encode(model_config, vocabulary_size, max_length)
    target_ids = keras.Input((None,), dtype="int32", name=features.TARGET_IDS)
    embedding = stack.embedding(
        target_vocabulary_size or vocabulary_size,
        model_config.hidden_dim,
        f"{TARGET}{stack.EMBEDDING}",
    )
    x = stack.place(embedding(target_ids), model_config, max_length, TARGET)
    for index in range(model_config.num_layers):
        x = decoder.block(model_config, index, has_context=True)(
            x, context=encoded.tokens, context_mask=encoded.padding_mask
        )
    x = stack.end(x, model_config, TARGET)
    inputs = {**encoded.inputs, features.TARGET_IDS: target_ids}
    return keras.Model(inputs, stack.logits(x, embedding, head), name="encoder_decoder")


class Context(NamedTuple):
    """A source, as every token of its target asks for it.

    Attributes:
        caches: Its keys and values in each layer, `(batch, num_kv_heads, source_len, head_dim)`.
        mask: Which of its tokens are real, boolean `(batch, source_len)`.
    """

    caches: tuple[key_value_cache.Cache, ...]
    mask: keras.KerasTensor


def encode(model: keras.Model, token_ids: keras.KerasTensor) -> Context:
    """Reads sources `(batch, source_len)`, once for all tokens of their targets.

    Args:
        model: What `build` returned, trained or loaded since.
        token_ids: Integer tensor, 0 where there is padding.
    """
    encoded = transformer.read(model, {features.TOKEN_IDS: token_ids})
    caches = tuple(layer.precompute(encoded.tokens) for layer in decoder.blocks(model))
    return Context(caches, encoded.padding_mask)


def read(
    model: keras.Model,
    target_ids: keras.KerasTensor,
    context: Context,
    caches: decoder.Caches,
    position: int | keras.KerasTensor,
) -> decoder.Read:
    """Reads tokens of targets after those in the caches of `decoder.empty_caches`.

    Args:
        model: What `build` returned, trained or loaded since.
        target_ids: Integer tensor `(batch, seq_len)`, no padding before the last that matters.
        context: What `encode` made of the sources.
        caches: Of the tokens before `position`.
        position: Position of the first token, an integer or a scalar integer tensor.
    """
    parts = stack.parts(model)
    x = _embed(parts, target_ids, position)
    written = []
    for layer, of_source, cache in zip(decoder.blocks(model), context.caches, caches, strict=True):
        x, cache = layer(
            x,
            context=of_source,
            context_mask=context.mask,
            cache=cache,
            position=position,
            training=False,
        )
        written.append(cache)
    # Nobody asks what followed the others.
    logits = stack.logits_again(parts, stack.end_again(parts, x[:, -1:], TARGET), TARGET)
    return decoder.Read(logits[:, 0], tuple(written))


def cross_attention_weights(
    model: keras.Model, inputs: Mapping[str, keras.KerasTensor]
) -> keras.KerasTensor:
    """Computes how much each token of a target attends to each of its source.

    Args:
        model: What `build` returned, trained or loaded since.
        inputs: `{"token_ids": (batch, source_len), "target_ids": (batch, target_len)}`.

    Returns:
        Float32 tensor `(batch, num_layers, num_heads, target_len, source_len)`: the share of each
        source token (last axis) in what a target token (last but one) gathers of the source.
    """
    context = encode(model, inputs[features.TOKEN_IDS])
    x = _embed(stack.parts(model), inputs[features.TARGET_IDS], 0)
    weights = []
    for layer, of_source in zip(decoder.blocks(model), context.caches, strict=True):
        x, of_layer = layer(
            x, context=of_source, context_mask=context.mask, training=False, return_weights=True
        )
        weights.append(of_layer["context"])
    return ops.stack(weights, axis=1)


def _embed(
    parts: stack.Parts, target_ids: keras.KerasTensor, position: int | keras.KerasTensor
) -> keras.KerasTensor:
    embedded = parts[f"{TARGET}{stack.EMBEDDING}"](target_ids)
    return stack.place_again(parts, embedded, position, TARGET)
