"""What encoders and decoders have in common: how tokens come in, their blocks' settings, the end.

Each function that builds has one beside it that goes through the same layers once more, on real
tensors: Keras takes a layer that returns another number of tensors in a second functional model for
broken.
"""

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from trainer import config
from trainer.layers import (
    learned_positions,
    norms,
    reversible_embedding,
    sinusoidal_positions,
)

Parts = Mapping[str, keras.layers.Layer]

EMBEDDING = "token_embedding"
_SCALE, _POSITIONS, _EMBEDDING_NORM = "embedding_scale", "positions", "embedding_norm"
_NORM, _HEAD = "final_norm", "head"


def embedding(
    rows: int, width: int, name: str = EMBEDDING
) -> reversible_embedding.ReversibleEmbedding:
    """Makes what turns ids `(batch, seq_len)` into vectors of length about 1."""
    initializer = keras.initializers.RandomNormal(stddev=width**-0.5)
    return reversible_embedding.ReversibleEmbedding(
        rows, width, embeddings_initializer=initializer, name=name
    )


def place(
    x: keras.KerasTensor, model_config: config.ModelConfig, max_length: int, prefix: str = ""
) -> keras.KerasTensor:
    """Tells embedded tokens `(batch, seq_len, hidden_dim)` their positions.

    Args:
        x: The tokens.
        model_config: The shape of the model.
        max_length: Rows of learned positions.
        prefix: Opens the names of the layers.
    """
    # Tokens come out as large as the sinusoids that are added: beside small ones, positions drown
    # the words, and the first epochs go by learning to see them (Vaswani et al. 2017, sec. 3.4).
    scale = model_config.hidden_dim**0.5 if model_config.embedding_scale else 1.0
    x = keras.layers.Rescaling(scale, name=f"{prefix}{_SCALE}")(x)
    name = f"{prefix}{_POSITIONS}"
    if model_config.positions == "learned":
        # As large as the tokens at first, for the same reason.
        as_tokens = keras.initializers.RandomNormal(stddev=scale * model_config.hidden_dim**-0.5)
        x = learned_positions.LearnedPositions(max_length, as_tokens, name=name)(x)
    elif model_config.positions == "sinusoidal":
        x = sinusoidal_positions.SinusoidalPositions(name=name)(x)
    if model_config.embedding_norm:
        x = _norm(model_config, f"{prefix}{_EMBEDDING_NORM}")(x)
    return keras.layers.Dropout(model_config.dropout, name=f"{prefix}embedding_dropout")(x)


def place_again(
    parts: Parts, x: keras.KerasTensor, position: int | keras.KerasTensor = 0, prefix: str = ""
) -> keras.KerasTensor:
    """Does what `place` does, without dropout, for tokens from `position` on."""
    x = parts[f"{prefix}{_SCALE}"](x)
    if positions := parts.get(f"{prefix}{_POSITIONS}"):
        x = positions(x, position=position)
    norm = parts.get(f"{prefix}{_EMBEDDING_NORM}")
    return x if norm is None else norm(x)


def block_settings(model_config: config.ModelConfig) -> dict[str, Any]:
    """Lists the arguments of `transformer_block.TransformerBlock`."""
    return {
        "hidden_dim": model_config.hidden_dim,
        "num_heads": model_config.num_heads,
        "intermediate_dim": model_config.intermediate_dim,
        "dropout": model_config.dropout,
        "norm": model_config.norm,
        "activation": model_config.activation,
        "norm_kind": model_config.norm_kind,
        "num_kv_heads": model_config.num_kv_heads,
        "rotary": model_config.positions == "rotary",
        "recompute": model_config.recompute,
        "norm_epsilon": model_config.norm_epsilon,
    }


def end(
    x: keras.KerasTensor, model_config: config.ModelConfig, prefix: str = ""
) -> keras.KerasTensor:
    """Puts the norm at the end of a stack of blocks that needs one."""
    if model_config.norm != "pre":
        return x
    return _norm(model_config, f"{prefix}{_NORM}")(x)


def end_again(parts: Parts, x: keras.KerasTensor, prefix: str = "") -> keras.KerasTensor:
    """Does what `end` does."""
    norm = parts.get(f"{prefix}{_NORM}")
    return x if norm is None else norm(x)


def logits(
    x: keras.KerasTensor,
    embedding: reversible_embedding.ReversibleEmbedding,
    head: keras.layers.Layer | None,
) -> keras.KerasTensor:
    """Makes the outputs of tokens by the head, or by the weights of the embedding without one."""
    outputs = embedding(x, reverse=True) if head is None else head(x)
    return ops.cast(outputs, "float32")  # whatever policy made them


def logits_again(parts: Parts, x: keras.KerasTensor, prefix: str = "") -> keras.KerasTensor:
    """Does what `logits` does."""
    return logits(x, parts[f"{prefix}{EMBEDDING}"], parts.get(_HEAD))


def parts(model: keras.Model) -> dict[str, keras.layers.Layer]:
    """Finds the layers of a model by their names."""
    return {layer.name: layer for layer in model.layers}


def _norm(model_config: config.ModelConfig, name: str) -> keras.layers.Layer:
    return norms.build(model_config.norm_kind, epsilon=model_config.norm_epsilon, name=name)
