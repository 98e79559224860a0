"""Token dropout by what becomes of the ids."""

import keras
import numpy as np
import pytest

from trainer.layers import token_dropout

_IDS = np.arange(1, 2001).reshape(2, 1000)


def test_nothing_changes_but_in_training():
    layer = token_dropout.TokenDropout(0.5)
    np.testing.assert_array_equal(layer(_IDS, training=False), _IDS)
    np.testing.assert_array_equal(token_dropout.TokenDropout(0.0)(_IDS, training=True), _IDS)


def test_the_share_asked_for_becomes_padding_and_the_rest_stays():
    dropped = np.asarray(token_dropout.TokenDropout(0.3, seed=1)(_IDS, training=True))
    assert np.mean(dropped == 0) == pytest.approx(0.3, abs=0.04)
    np.testing.assert_array_equal(dropped[dropped != 0], _IDS[dropped != 0])


def test_the_first_token_always_stays():
    dropped = np.asarray(token_dropout.TokenDropout(0.9, seed=1)(_IDS.T, training=True))
    np.testing.assert_array_equal(dropped[:, 0], _IDS.T[:, 0])


def test_each_call_chooses_anew_and_the_seed_decides():
    layer, same = token_dropout.TokenDropout(0.3, seed=1), token_dropout.TokenDropout(0.3, seed=1)
    first, second = layer(_IDS, training=True), layer(_IDS, training=True)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, same(_IDS, training=True))


def test_another_padding_id():
    dropped = np.asarray(token_dropout.TokenDropout(0.9, padding_id=7, seed=1)(_IDS, training=True))
    assert np.mean(dropped == 7) > 0.8


@pytest.mark.parametrize("rate", [-0.1, 1.0])
def test_a_rate_out_of_range_is_refused(rate):
    with pytest.raises(ValueError, match=f"`rate` must be from 0 to below 1.*rate={rate}"):
        token_dropout.TokenDropout(rate)


def test_config_round_trip():
    layer = token_dropout.TokenDropout(0.3, padding_id=2, seed=4, name="drop")
    again = keras.layers.deserialize(keras.layers.serialize(layer))
    assert again.get_config() == layer.get_config()
