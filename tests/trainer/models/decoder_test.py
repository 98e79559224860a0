"""The decoder as a whole: what each token may depend on, and reading it in parts."""

import itertools

import keras
import numpy as np
import pytest

from schemas import features
from trainer import config
from trainer.models import decoder

_SIZE = 11
_LENGTH = 8
_KINDS = {
    "plain": {"positions": "learned"},
    "post": {"positions": "sinusoidal", "norm": "post"},
    "modern": {
        "positions": "rotary",
        "norm_kind": "rms",
        "activation": "swiglu",
        "num_kv_heads": 1,
    },
    "untied": {"positions": "rotary", "tied_embeddings": False},
    "normed": {
        **{"positions": "learned", "norm_epsilon": 1e-3, "activation": "gelu_tanh"},
        **{"embedding_scale": False, "embedding_norm": True},
    },
}
_EACH_KIND = pytest.mark.parametrize("kind", _KINDS)
_IDS = np.array([[5, 6, 7, 8, 9, 10], [3, 3, 5, 5, 1, 6]], "int32")


def _model(kind: str) -> keras.Model:
    """Makes a small model whose weights, biases and norms too, are all random."""
    model_config = config.ModelConfig(
        num_layers=2, hidden_dim=8, num_heads=2, intermediate_dim=16, **_KINDS[kind]
    )
    tied = model_config.tied_embeddings
    head = None if tied else keras.layers.Dense(_SIZE, use_bias=False, name="head")
    model = decoder.build(model_config, _SIZE, _LENGTH, head)
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(scale=0.5, size=w.shape) for w in model.get_weights()])
    return model


def _logits(model: keras.Model, ids: np.ndarray) -> np.ndarray:
    return np.asarray(model({features.TOKEN_IDS: ids}, training=False))


@_EACH_KIND
def test_a_token_sees_none_after_it(kind):
    model = _model(kind)
    other = _IDS.copy()
    other[:, 4:] = 2
    np.testing.assert_allclose(_logits(model, _IDS)[:, :4], _logits(model, other)[:, :4], atol=1e-5)
    assert np.abs(_logits(model, _IDS) - _logits(model, other))[:, 4:].max() > 0.1


@_EACH_KIND
def test_a_token_sees_all_before_it(kind):
    model = _model(kind)
    for changed in range(5):
        other = _IDS.copy()
        other[:, changed] = 2
        apart = np.abs(_logits(model, _IDS) - _logits(model, other))[:, -1]
        assert apart.max() > 1e-3, changed


@_EACH_KIND
def test_reading_in_parts_tells_what_reading_at_once_does(kind):
    model = _model(kind)
    expected = _logits(model, _IDS)
    for cuts in itertools.combinations(range(1, 6), 2):
        caches = decoder.empty_caches(model, 2, _LENGTH)
        for begin, end in itertools.pairwise([0, *cuts, 6]):
            logits, caches = decoder.read(model, _IDS[:, begin:end], caches, begin)
            np.testing.assert_allclose(logits, expected[:, end - 1], atol=1e-5)


def test_reading_again_from_the_start_forgets_what_was_read():
    model = _model("plain")
    caches = decoder.empty_caches(model, 2, _LENGTH)
    _, caches = decoder.read(model, _IDS, caches, 0)
    logits, _ = decoder.read(model, _IDS[:, 3:5], caches, 0)
    np.testing.assert_allclose(logits, _logits(model, _IDS[:, 3:5])[:, -1], atol=1e-5)


def test_tied_logits_take_no_weights_of_their_own():
    tied = config.ModelConfig(num_layers=1, hidden_dim=8, num_heads=2, intermediate_dim=16)
    head = keras.layers.Dense(_SIZE, use_bias=False, name="head")
    apart = decoder.build(tied, _SIZE, _LENGTH, head)
    together = decoder.build(tied, _SIZE, _LENGTH, None)
    assert apart.count_params() - together.count_params() == 8 * _SIZE


def test_logits_are_float32_whatever_the_policy():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = _model("plain")
    finally:
        keras.config.set_dtype_policy("float32")
    assert model.output.dtype == "float32"
    assert model.output_shape == (None, None, _SIZE)
    caches = decoder.empty_caches(model, 2, _LENGTH)
    logits, _ = decoder.read(model, _IDS, caches, 0)
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"


@_EACH_KIND
def test_attention_weights_are_shares_of_what_came_before(kind):
    weights = np.asarray(decoder.attention_weights(_model(kind), {features.TOKEN_IDS: _IDS}))
    assert weights.shape == (2, 2, 2, 6, 6)  # (batch, num_layers, num_heads, seq_len, seq_len)
    np.testing.assert_allclose(weights.sum(axis=-1), 1.0, atol=1e-5)
    assert not np.triu(weights, 1).any()
    assert (weights[..., 0, 0] == 1.0).all()  # the first token has itself alone


def test_attention_weights_come_in_the_order_of_the_blocks():
    model = _model("plain")
    before = np.asarray(decoder.attention_weights(model, {features.TOKEN_IDS: _IDS}))
    last = decoder.blocks(model)[1]
    last.set_weights([0.0 * weight for weight in last.get_weights()])
    after = np.asarray(decoder.attention_weights(model, {features.TOKEN_IDS: _IDS}))
    np.testing.assert_array_equal(after[:, 0], before[:, 0])
    # Without queries, all tokens so far are alike.
    expected = np.tril(np.ones((6, 6))) / np.arange(1, 7)[:, None]
    np.testing.assert_allclose(after[:, 1], np.broadcast_to(expected, (2, 2, 6, 6)), atol=1e-6)
