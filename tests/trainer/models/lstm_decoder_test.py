"""The memory as a language model: what each token may depend on, and reading it in parts."""

import keras
import numpy as np
import pytest

from schemas import features
from trainer import rivals
from trainer.models import lstm_decoder

_SIZE = 11
_IDS = np.array([[5, 6, 7, 8, 9, 10], [3, 3, 5, 5, 1, 6]], "int32")
_EACH_KIND = pytest.mark.parametrize("tied", [True, False], ids=["tied", "untied"])


def _model(tied: bool = True, dropout: float = 0.0) -> keras.Model:
    shape = rivals.Lstm(num_layers=2, embedding_dim=6, hidden_dim=8, dropout=dropout)
    head = None if tied else keras.layers.Dense(_SIZE, use_bias=False, name="head")
    model = lstm_decoder.build(shape, _SIZE, 8, head)
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(scale=0.5, size=w.shape) for w in model.get_weights()])
    return model


def _logits(model: keras.Model, ids: np.ndarray) -> np.ndarray:
    return np.asarray(model({features.TOKEN_IDS: ids}, training=False))


@_EACH_KIND
def test_a_token_sees_none_after_it_and_all_before_it(tied):
    model = _model(tied)
    plain = _logits(model, _IDS)
    assert plain.shape == (2, 6, _SIZE)
    for changed in range(6):
        other = _IDS.copy()
        other[:, changed] = 2
        differs = np.abs(_logits(model, other) - plain).max(axis=(0, 2)) > 1e-5
        assert differs.tolist() == [place >= changed for place in range(6)]


@_EACH_KIND
@pytest.mark.parametrize("parts", [[6], [1] * 6, [2, 1, 3]])
def test_reading_in_parts_tells_what_reading_at_once_does(tied, parts):
    model = _model(tied)
    caches = lstm_decoder.empty_caches(model, 2, 8)
    begin = 0
    for length in parts:
        end = begin + length
        logits, caches = lstm_decoder.read(model, _IDS[:, begin:end], caches, begin)
        np.testing.assert_allclose(logits, _logits(model, _IDS)[:, end - 1], atol=1e-5)
        begin = end


def test_at_position_0_all_is_forgotten():
    model = _model()
    _, caches = lstm_decoder.read(model, _IDS, lstm_decoder.empty_caches(model, 2, 8), 0)
    logits, _ = lstm_decoder.read(model, _IDS[:, 3:5], caches, 0)
    np.testing.assert_allclose(logits, _logits(model, _IDS[:, 3:5])[:, -1], atol=1e-5)


def test_dropout_acts_in_training_alone():
    inputs = {features.TOKEN_IDS: _IDS}
    dropping = _model(dropout=0.5)
    np.testing.assert_allclose(_logits(dropping, _IDS), _logits(_model(), _IDS), atol=1e-6)
    assert not np.allclose(dropping(inputs, training=True), dropping(inputs, training=False))


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_is_close_to_float32_and_can_be_read_in_parts(policy):
    expected = _logits(_model(), _IDS)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        model = _model()
        outputs = model({features.TOKEN_IDS: _IDS})
        empty = lstm_decoder.empty_caches(model, 2, 8)
        logits, _ = lstm_decoder.read(model, _IDS, empty, 0)
    finally:
        keras.config.set_dtype_policy(before)
    assert outputs.dtype == logits.dtype == "float32"
    np.testing.assert_allclose(outputs, expected, atol=0.15)
    np.testing.assert_allclose(logits, outputs[:, -1], atol=0.05)
