"""What stood at masked places, by independent NumPy."""

import math

import keras
import numpy as np

from trainer import config
from trainer.layers import masked_tokens
from trainer.models import transformer

_RNG = np.random.default_rng(3)


def _gelu(x: np.ndarray) -> np.ndarray:
    return x * np.array(
        [[[0.5 * (1 + math.erf(v / math.sqrt(2))) for v in r] for r in b] for b in x]
    )


def test_the_vectors_at_the_places_are_transformed_and_normed():
    layer = masked_tokens.MaskedTokens(4)
    layer.build((None, None, 4), (None, None))
    kernel = _RNG.normal(size=(4, 4))
    layer.dense.kernel.assign(kernel)
    tokens = _RNG.normal(size=(2, 5, 4))
    positions = np.array([[3, 0], [1, 1]])
    made = layer(tokens.astype(np.float32), positions)
    at_places = np.stack([tokens[i, positions[i]] for i in range(2)])
    dense = _gelu(at_places @ kernel)
    centred = dense - dense.mean(-1, keepdims=True)
    variance = (centred**2).mean(-1, keepdims=True)
    np.testing.assert_allclose(
        np.asarray(made), centred / np.sqrt(variance + layer.norm.epsilon), atol=1e-5
    )


def test_logits_are_made_by_the_embedding_and_a_bias_for_each_token():
    embedding = transformer.encode(
        config.ModelConfig(num_layers=1, hidden_dim=4, num_heads=2), 7, 8
    ).embedding
    vectors = _RNG.normal(size=(2, 3, 4)).astype(np.float32)
    bias = masked_tokens.TokenBias()
    logits = bias(embedding(vectors, reverse=True))
    bias.bias.assign(np.arange(7.0))
    table = np.asarray(embedding.embeddings)
    np.testing.assert_allclose(logits, vectors @ table.T, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        bias(embedding(vectors, reverse=True)), vectors @ table.T + np.arange(7), atol=1e-5
    )


def test_no_places_are_no_vectors():
    layer = masked_tokens.MaskedTokens(4)
    made = layer(np.zeros((2, 5, 4), np.float32), np.zeros((2, 0), np.int32))
    assert made.shape == (2, 0, 4)


def test_the_layer_is_made_again_from_its_config():
    layer = masked_tokens.MaskedTokens(4, "rms", name="head")
    again = keras.layers.deserialize(keras.layers.serialize(layer))
    assert (again.hidden_dim, again.norm_kind, again.name) == (4, "rms", "head")
