"""The n-gram language model: what it reads, in parts or at once, and what it counts."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from schemas import errors, features, tokens
from trainer import config, rivals
from trainer.models import n_gram

_SIZE = 9
_IDS = np.array([[3, 5, 6, 7, 8, 5], [3, 3, 5, 5, 3, 6]], "int32")


def _blocks(length: int = 10) -> tf.data.Dataset:
    """Cuts a text into blocks, the last one padded."""
    text = np.random.default_rng(0).choice([tokens.SEP_ID, 5, 6, 7, 8], 95)
    told = np.pad(text, [0, -len(text) % length], constant_values=-1).reshape(-1, length)
    blocks = tf.data.Dataset.from_tensor_slices(({}, {features.NEXT_IDS: told}))
    return blocks.batch(3)


def _model(order: int | None = 4, length: int = 10, **settings) -> keras.Model:
    shape = rivals.NGram(order=order, **{"max_n_grams": 500, **settings})
    model = n_gram.build(shape, _SIZE, 32, None)
    n_gram.adapt(model, _blocks(length))
    return model


def _logits(model: keras.Model, ids: np.ndarray) -> np.ndarray:
    return np.asarray(model({features.TOKEN_IDS: ids}, training=False))


def test_outputs_are_log_probabilities_of_every_token():
    logits = _logits(_model(), _IDS)
    assert logits.shape == (2, 6, _SIZE)
    np.testing.assert_allclose(np.exp(logits).sum(axis=-1), 1.0, rtol=1e-5)


def test_a_token_is_told_from_the_few_before_it():
    model = _model()
    other = _IDS.copy()
    other[0, 1] = 8
    differs = np.abs(_logits(model, other) - _logits(model, _IDS))[0].max(axis=-1) > 1e-5
    assert differs.tolist() == [False, True, True, True, False, False]


def test_what_was_counted_does_not_depend_on_the_blocks():
    one, other = _model(length=10), _model(length=7)
    for mine, its in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)


@pytest.mark.parametrize("parts", [[6], [1] * 6, [2, 1, 3]])
def test_reading_in_parts_tells_what_reading_at_once_does(parts):
    model = _model()
    caches = n_gram.empty_caches(model, 2, 8)
    begin = 0
    for length in parts:
        end = begin + length
        logits, caches = n_gram.read(model, _IDS[:, begin:end], caches, begin)
        np.testing.assert_allclose(logits, _logits(model, _IDS)[:, end - 1], atol=1e-6)
        begin = end


def test_at_position_0_all_is_forgotten():
    model = _model()
    _, caches = n_gram.read(model, _IDS, n_gram.empty_caches(model, 2, 8), 0)
    logits, _ = n_gram.read(model, _IDS[:, 3:5], caches, 0)
    np.testing.assert_allclose(logits, _logits(model, _IDS[:, 3:5])[:, -1], atol=1e-6)


@pytest.mark.parametrize(("size", "order"), [(1000, 5), (1001, 3)])
def test_characters_make_longer_n_grams_than_words(size, order):
    model = n_gram.build(rivals.NGram(max_n_grams=1), size, 32, None)
    assert model.get_layer("table").contexts.order == order


def test_more_n_grams_than_there_is_room_for_are_told():
    with pytest.raises(errors.DataError, match=r"max_n_grams` must be at least \d+ .*Received: 7"):
        _model(max_n_grams=7)


def test_it_is_counted_before_a_single_batch():
    train = rivals.NGram().train(config.TrainConfig(epochs=9, batch_size=5))
    assert (train.epochs, train.epoch_batches, train.batch_size) == (1, 1, 5)
