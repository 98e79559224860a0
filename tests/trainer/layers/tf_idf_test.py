"""TF-IDF, by hand; `models/linear_test.py` holds it against scikit-learn."""

import math

import keras
import numpy as np
import pytest

from trainer.layers import tf_idf

_FEATURES = np.array([[0, 1, 0], [2, 0, 0], [0, 0, 0]])
_COUNTS = np.array([[1, 3, 0], [2, 0, 0], [0, 0, 0]], "float32")


def _learned(frequencies, num_texts, **settings):
    layer = tf_idf.TfIdf(len(frequencies), **settings)
    layer(_FEATURES, _COUNTS)
    layer.learn(np.array(frequencies), num_texts)
    return layer


def test_by_hand():
    values = np.asarray(_learned([1, 3, 2], num_texts=3)(_FEATURES, _COUNTS))

    weighed = [math.log(4 / 2) + 1, (1 + math.log(3)) * 1.0]  # of features 0 and 1; ln(4 / 4) is 0
    expected = np.array(weighed) / math.hypot(*weighed)
    np.testing.assert_allclose(values[0], [*expected, 0.0], rtol=1e-6)
    np.testing.assert_allclose(values[1], [1.0, 0.0, 0.0], rtol=1e-6)


def test_a_text_without_features_is_zeros():
    np.testing.assert_array_equal(_learned([1, 1, 1], 3)(_FEATURES, _COUNTS)[2], [0, 0, 0])


@pytest.mark.parametrize(("min_texts", "kept"), [(1, [False, True]), (3, [False, False])])
def test_a_feature_in_too_few_texts_adds_nothing_to_the_length_either(min_texts, kept):
    values = _learned([0, 2, 5], num_texts=9, min_texts=min_texts)(_FEATURES, _COUNTS)
    np.testing.assert_allclose(values[0, :2], np.array(kept, "float32"), rtol=1e-6)


def test_nothing_of_it_is_trained_and_what_was_learned_is_saved_with_it():
    layer = _learned([1, 3, 2], 3)
    assert layer.trainable_variables == []
    [idf] = layer.get_weights()
    np.testing.assert_allclose(idf, [math.log(2) + 1, 1.0, math.log(4 / 3) + 1], rtol=1e-6)


def test_stays_float32_under_a_global_half_precision_policy():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        assert _learned([1, 3, 2], 3)(_FEATURES, _COUNTS).dtype == "float32"
    finally:
        keras.config.set_dtype_policy(before)


def test_fewer_texts_than_one_are_refused():
    with pytest.raises(ValueError, match=r"`min_texts` must be at least 1.*min_texts=0"):
        tf_idf.TfIdf(3, min_texts=0)


def test_config_round_trip():
    layer = tf_idf.TfIdf(3, min_texts=2, name="some")
    copy = keras.layers.deserialize(keras.layers.serialize(layer))
    assert copy.get_config() == layer.get_config()
    assert copy.min_texts == 2
