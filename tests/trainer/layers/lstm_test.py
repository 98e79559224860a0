"""The memory that reads on; `models/lstm_test.py` works its numbers out in NumPy."""

import keras
import numpy as np

from trainer.layers import lstm

_X = np.random.default_rng(5).normal(size=(2, 6, 3)).astype("float32")


def test_it_is_keras_own():
    layer = lstm.Lstm(5)
    outputs, state = layer(_X)
    theirs = keras.layers.LSTM(5, return_sequences=True, return_state=True)
    theirs.build(_X.shape)
    theirs.set_weights(layer.get_weights())
    for ours, other in zip((outputs, *state), theirs(_X), strict=True):
        np.testing.assert_allclose(ours, other, atol=1e-6)


def test_read_in_parts_it_is_the_same():
    layer = lstm.Lstm(5)
    whole, last = layer(_X)
    first, state = layer(_X[:, :2], state=layer.empty_state(2))
    second, state = layer(_X[:, 2:], state=state)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, atol=1e-6)
    np.testing.assert_allclose(state.cells, last.cells, atol=1e-6)


def test_no_output_depends_on_later_tokens():
    layer = lstm.Lstm(5)
    np.testing.assert_allclose(layer(_X)[0][:, :4], layer(_X[:, :4])[0], atol=1e-6)


def test_batches_without_rows_or_tokens_have_outputs():
    layer = lstm.Lstm(5)
    for x in (_X[:0], _X[:0, :0], _X[:, :0]):
        outputs, state = layer(x)
        assert outputs.shape == (*x.shape[:2], 5)
        assert state.cells.shape == (x.shape[0], 5)
    assert layer(_X[:0], state=layer.empty_state(0))[0].shape == (0, 6, 5)


def test_half_precision_stays_as_it_is():
    layer = lstm.Lstm(5, dtype="mixed_bfloat16")
    assert layer(_X)[0].dtype == "bfloat16"
    assert layer.empty_state(2).cells.dtype == "bfloat16"
    assert {v.dtype for v in layer.trainable_variables} == {"float32"}


def test_config_round_trip():
    layer = lstm.Lstm(5, name="some")
    copy = keras.layers.deserialize(keras.layers.serialize(layer))
    assert copy.get_config() == layer.get_config()
