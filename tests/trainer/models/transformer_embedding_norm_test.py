"""What the encoder has for checkpoints such as BERT: a norm of the embeddings, epsilon, pooler."""

import keras
import numpy as np
import pytest

from schemas import features
from trainer import config
from trainer.layers import encoder_block
from trainer.models import transformer


def _model(**shape) -> keras.Model:
    """Makes a small model whose weights, biases and norms too, are all random."""
    model_config = config.ModelConfig(
        num_layers=2, hidden_dim=8, num_heads=2, intermediate_dim=16, dropout=0.0, **shape
    )
    model = transformer.build(model_config, 11, 32, keras.layers.Dense(3, name="logits"))
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(scale=0.5, size=w.shape) for w in model.get_weights()])
    return model


def _inputs(*ids: int) -> dict[str, np.ndarray]:
    return {features.TOKEN_IDS: np.array([ids], "int64")}


@pytest.mark.parametrize(("scaled", "scale"), [(True, 8**0.5), (False, 1.0)])
def test_the_norm_of_the_embeddings_stands_after_their_sum(scaled, scale):
    model = _model(
        positions="learned", embedding_scale=scaled, embedding_norm=True, norm_epsilon=0.01
    )
    parts = {layer.name: layer for layer in model.layers}
    normed = keras.Model(model.inputs, parts["embedding_norm"].output)(_inputs(3, 5))

    tokens, positions, gamma, beta = (
        np.asarray(variable, "float64")
        for name in ("token_embedding", "positions", "embedding_norm")
        for variable in parts[name].weights
    )
    summed = tokens[[3, 5]] * scale + positions[:2]
    centred = summed - summed.mean(axis=-1, keepdims=True)
    variance = (centred**2).mean(axis=-1, keepdims=True)
    expected = centred / np.sqrt(variance + 0.01) * gamma + beta
    np.testing.assert_allclose(normed[0], expected, rtol=1e-4, atol=1e-5)


def test_the_epsilon_is_that_of_every_norm():
    model = _model(embedding_norm=True, norm_epsilon=3e-7)
    of_blocks = [
        norm
        for layer in model.layers
        if isinstance(layer, encoder_block.EncoderBlock)
        for norm in (layer.attention_norm, layer.feed_forward_norm)
    ]
    others = [layer for layer in model.layers if layer.name.endswith("_norm")]
    assert (len(of_blocks), len(others)) == (4, 2)
    assert {norm.epsilon for norm in (*of_blocks, *others)} == {3e-7}


def test_the_pooler_is_a_dense_layer_with_tanh_on_the_first_token():
    inputs = _inputs(3, 5, 2)
    pooled, first = _model(pooling="pooler"), _model(pooling="first")
    parts = {layer.name: layer for layer in pooled.layers}
    of_first = {layer.name: layer for layer in first.layers}
    for name, layer in of_first.items():
        layer.set_weights(parts[name].get_weights())
    vector = np.asarray(keras.Model(first.inputs, of_first["pooling"].output)(inputs), "float64")
    weights = [
        np.asarray(w, "float64") for name in ("pooler", "logits") for w in parts[name].weights
    ]

    expected = np.tanh(vector @ weights[0] + weights[1]) @ weights[2] + weights[3]
    np.testing.assert_allclose(pooled(inputs), expected, rtol=1e-4, atol=1e-5)
