"""The memory of both directions against NumPy; what holds for all is in `rivals_models_test.py`."""

import keras
import numpy as np

from schemas import features
from trainer import rivals
from trainer.models import lstm

_IDS = [[2, 5, 7, 6, 3], [2, 8, 3, 0, 0]]


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _memory(vectors: np.ndarray, weights: list[np.ndarray]) -> np.ndarray:
    """Reads vectors `(seq_len, width)`; returns the outputs `(seq_len, hidden_dim)`."""
    kernel, recurrent, bias = (w.astype("float64") for w in weights)
    h = c = np.zeros(recurrent.shape[0])
    outputs = []
    for x in vectors:
        i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4)
        c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
        h = _sigmoid(o) * np.tanh(c)
        outputs.append(h)
    return np.array(outputs)


def test_by_independent_float64():
    shape = rivals.Lstm(embedding_dim=3, hidden_dim=4)
    model = lstm.build(shape, 10, 32, keras.layers.Identity())
    rng = np.random.default_rng(2)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    [table] = model.get_layer("token_embedding").get_weights()
    weights = model.get_layer("lstm_0").get_weights()

    expected = []
    for ids in _IDS:
        vectors = table[[token for token in ids if token]]
        forward = _memory(vectors, weights[:3])
        # Begins at the last real token, whatever padding stands after it.
        backward = _memory(vectors[::-1], weights[3:])[::-1]
        expected.append(np.concatenate([forward, backward], axis=1).max(axis=0))
    np.testing.assert_allclose(model({features.TOKEN_IDS: np.array(_IDS)}), expected, rtol=1e-4)


def test_there_are_so_many_layers():
    shape = rivals.Lstm(num_layers=3, embedding_dim=3, hidden_dim=4)
    model = lstm.build(shape, 10, 32, keras.layers.Identity())
    assert [f"lstm_{i}" for i in range(3)] == [x.name for x in model.layers if "lstm" in x.name]
    assert model.output_shape == (None, 8)
