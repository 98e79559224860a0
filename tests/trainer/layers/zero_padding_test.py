"""Zeros where there is no token."""

import keras
import numpy as np

from trainer.layers import zero_padding

_X = np.array([[[1, 2], [3, np.nan]], [[5, 6], [7, 8]]], "float32")
_MASK = np.array([[True, False], [True, True]])


def test_by_hand():
    outputs = zero_padding.ZeroPadding()(_X, _MASK)
    np.testing.assert_array_equal(outputs, [[[1, 2], [0, 0]], [[5, 6], [7, 8]]])


def test_half_precision_stays_as_it_is():
    layer = zero_padding.ZeroPadding(dtype="bfloat16")
    assert layer(keras.ops.cast(_X, "bfloat16"), _MASK).dtype == "bfloat16"


def test_config_round_trip():
    layer = zero_padding.ZeroPadding(name="some")
    copy = keras.layers.deserialize(keras.layers.serialize(layer))
    assert copy.get_config() == layer.get_config()
