"""Filters over some tokens."""

import keras
import numpy as np
import pytest

from trainer.layers import phrase_filters

_RNG = np.random.default_rng(3)
_X = _RNG.normal(size=(2, 7, 3)).astype("float32")


def test_by_hand():
    layer = phrase_filters.PhraseFilters(1, 2)
    x = np.array([[[4], [1], [9]]], "float32")
    layer(x)
    layer.set_weights([np.array([[2], [-1]], "float32"), np.array([0.5], "float32")])
    # 2 * the token before - 1 * the token + 0.5; nothing stands before the first.
    np.testing.assert_allclose(layer(x), [[[0.0], [2 * 4 - 1 + 0.5], [0.0]]])


@pytest.mark.parametrize("width", [1, 3, 9])
def test_it_is_a_causal_convolution(width):
    layer = phrase_filters.PhraseFilters(5, width)
    layer(_X)
    kernel, bias = (_RNG.normal(size=w.shape) for w in layer.get_weights())
    layer.set_weights([kernel, bias])
    theirs = keras.layers.Conv1D(5, width, padding="causal", activation="relu")
    theirs.build(_X.shape)
    theirs.set_weights([kernel.reshape(width, 3, 5), bias])
    np.testing.assert_allclose(layer(_X), theirs(_X), rtol=1e-4, atol=1e-5)


def test_no_output_depends_on_later_tokens():
    layer = phrase_filters.PhraseFilters(5, 3)
    np.testing.assert_allclose(layer(_X)[:, :4], layer(_X[:, :4]), rtol=1e-5, atol=1e-6)


def test_a_batch_without_rows_gives_none():
    assert phrase_filters.PhraseFilters(5, 3)(_X[:0]).shape == (0, 7, 5)


def test_half_precision_stays_as_it_is():
    layer = phrase_filters.PhraseFilters(5, 3, dtype="mixed_bfloat16")
    assert layer(_X).dtype == "bfloat16"
    assert layer.kernel.dtype == "float32"


@pytest.mark.parametrize("settings", [(0, 3), (3, 0)])
def test_nothing_is_refused(settings):
    filters, width = settings
    with pytest.raises(ValueError, match=f"must be at least 1.*filters={filters}, width={width}"):
        phrase_filters.PhraseFilters(filters, width)


def test_config_round_trip():
    layer = phrase_filters.PhraseFilters(5, 3, name="some")
    copy = keras.layers.deserialize(keras.layers.serialize(layer))
    assert copy.get_config() == layer.get_config()
