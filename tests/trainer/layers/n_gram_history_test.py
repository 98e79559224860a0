"""The tokens up to each place."""

import keras
import numpy as np
import pytest

from trainer.layers import n_gram_history


def test_by_hand():
    outputs = n_gram_history.NGramHistory(3)(np.array([[5, 6, 7, 8]]))
    np.testing.assert_array_equal(outputs, [[[0, 0, 5], [0, 5, 6], [5, 6, 7], [6, 7, 8]]])


def test_batches_without_rows_or_tokens():
    layer = n_gram_history.NGramHistory(3)
    assert layer(np.zeros((0, 4), "int32")).shape == (0, 4, 3)
    assert layer(np.zeros((2, 0), "int32")).shape == (2, 0, 3)


def test_nothing_is_no_history():
    with pytest.raises(ValueError, match=r"`length` must be at least 1\. Received: length=0"):
        n_gram_history.NGramHistory(0)


def test_config_round_trip():
    layer = n_gram_history.NGramHistory(3, name="some")
    copy = keras.layers.deserialize(keras.layers.serialize(layer))
    assert copy.get_config() == layer.get_config()
