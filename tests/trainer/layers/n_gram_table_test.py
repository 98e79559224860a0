"""A table in the graph tells what it tells in NumPy; `kneser_ney_test.py` has the numbers."""

import keras
import numpy as np
import pytest

from trainer import kneser_ney
from trainer.layers import n_gram_table

_SIZE = 6
# After nothing; after 5: half of that, and half for 4; after 4 5: a quarter of that, the rest 5.
_TABLE = kneser_ney.Table(
    unigrams=np.array([0.1, 0.1, 0.1, 0.1, 0.2, 0.4]),
    keys=np.array([5 * 3 + 1, (4 * _SIZE + 5) * 3 + 2]),
    left=np.array([0.5, 0.25]),
    starts=np.array([0, 1, 2]),
    tokens=np.array([4, 5]),
    added=np.array([0.5, 0.75]),
)
_AFTER_5 = [0.05, 0.05, 0.05, 0.05, 0.6, 0.2]
_AFTER_4_5 = [0.0125, 0.0125, 0.0125, 0.0125, 0.15, 0.8]


def _layer(room=4):
    layer = n_gram_table.NGramTable(_SIZE, 3, room)
    layer.build((None, None, 2))
    return layer


@pytest.mark.parametrize("room", [2, 9])
def test_by_hand(room):
    layer = _layer(room)
    layer.hold(_TABLE)
    history = np.array([[[0, 0], [0, 4], [0, 5]], [[4, 5], [5, 5], [5, 4]]])
    told = np.exp(layer(history))
    nothing = _TABLE.unigrams
    expected = [[nothing, nothing, _AFTER_5], [_AFTER_4_5, _AFTER_5, nothing]]
    np.testing.assert_allclose(told, expected, rtol=1e-5)


def test_before_it_holds_anything_all_tokens_are_alike():
    np.testing.assert_allclose(_layer()(np.array([[[4, 5]]])), np.log(1 / 6) * np.ones((1, 1, 6)))


def test_nothing_before_a_document_tells():
    contexts = kneser_ney.Contexts(_SIZE, 3)
    layer = _layer(100)
    layer.hold(kneser_ney.learn(np.array([5, 4, 3, 5, 5, 3, 4, 5, 3]), contexts))
    one, other = layer(np.array([[[4, 3], [5, 3]]]))[0]
    np.testing.assert_allclose(one, other, rtol=1e-6)


def test_batches_without_rows_or_tokens():
    layer = _layer()
    assert layer(np.zeros((0, 4, 2), "int32")).shape == (0, 4, _SIZE)
    assert layer(np.zeros((2, 0, 2), "int32")).shape == (2, 0, _SIZE)


def test_a_table_that_is_too_large_is_refused():
    with pytest.raises(ValueError, match=r"`max_n_grams` must be at least 2\. .*max_n_grams=1"):
        _layer(1).hold(_TABLE)


def test_nothing_of_it_is_trained():
    layer = _layer()
    assert layer.trainable_variables == []
    assert {v.path.rpartition("/")[2] for v in layer.weights} == {
        *("unigrams", "keys", "left", "starts", "tokens", "added")
    }


def test_config_round_trip():
    layer = n_gram_table.NGramTable(_SIZE, 3, 4, name="some")
    copy = keras.layers.deserialize(keras.layers.serialize(layer))
    assert copy.get_config() == layer.get_config()
