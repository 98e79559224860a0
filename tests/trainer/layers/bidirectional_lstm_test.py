"""The memory of both directions; `models/lstm_test.py` works its numbers out in NumPy."""

import keras
import numpy as np

from trainer.layers import bidirectional_lstm

_X = np.random.default_rng(5).normal(size=(2, 4, 3)).astype("float32")
_MASK = np.array([[True, True, True, True], [True, True, False, False]])


def test_shape_and_dtype_and_a_batch_without_rows():
    layer = bidirectional_lstm.BidirectionalLstm(5)
    assert layer(_X, _MASK).shape == (2, 4, 10)
    assert layer(_X[:0], _MASK[:0]).shape == (0, 4, 10)
    assert layer(_X[:0, :0], _MASK[:0, :0]).shape == (0, 0, 10)
    half = bidirectional_lstm.BidirectionalLstm(5, dtype="mixed_bfloat16")
    assert half(_X, _MASK).dtype == "bfloat16"
    assert {v.dtype for v in half.trainable_variables} == {"float32"}


def test_what_stands_at_padding_and_how_much_of_it_changes_no_real_token():
    layer = bidirectional_lstm.BidirectionalLstm(5)
    expected = layer(_X, _MASK)[1, :2]
    other = np.where(_MASK[..., None], _X, 9.0).astype("float32")
    np.testing.assert_allclose(layer(other, _MASK)[1, :2], expected, atol=1e-6)
    np.testing.assert_allclose(layer(_X[1:, :2], _MASK[1:, :2])[0], expected, atol=1e-6)


def test_the_first_token_knows_the_last_and_the_last_the_first():
    layer = bidirectional_lstm.BidirectionalLstm(5)
    mask = np.ones((1, 4), bool)
    plain = np.asarray(layer(_X[:1], mask))[0]
    for changed in (0, 3):
        other = _X[:1].copy()
        other[0, changed] += 1.0
        differs = np.abs(np.asarray(layer(other, mask))[0] - plain) > 1e-4
        forwards, backwards = differs[:, :5].any(axis=1), differs[:, 5:].any(axis=1)
        assert forwards.tolist() == [place >= changed for place in range(4)]
        assert backwards.tolist() == [place <= changed for place in range(4)]


def test_config_round_trip():
    layer = bidirectional_lstm.BidirectionalLstm(5, name="some")
    copy = keras.layers.deserialize(keras.layers.serialize(layer))
    assert copy.get_config() == layer.get_config()
