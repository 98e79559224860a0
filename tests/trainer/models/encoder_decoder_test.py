"""The encoder-decoder as a whole: what an output may depend on, and reading it in parts."""

import itertools

import keras
import numpy as np
import pytest

from schemas import features
from trainer import config, initialization
from trainer.models import decoder, encoder_decoder

_SOURCE_SIZE, _TARGET_SIZE = 11, 13
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
    "untied": {"positions": "sinusoidal", "tied_embeddings": False},
    "recomputed": {"positions": "sinusoidal", "recompute": True},
}
_EACH_KIND = pytest.mark.parametrize("kind", _KINDS)
_SOURCE = np.array([[2, 6, 7, 8, 3], [2, 9, 3, 0, 0]], "int32")
_TARGET = np.array([[2, 6, 12, 8, 9, 10], [2, 3, 5, 5, 1, 6]], "int32")


def _config(kind: str) -> config.ModelConfig:
    return config.ModelConfig(
        num_layers=2, hidden_dim=8, num_heads=2, intermediate_dim=16, **_KINDS[kind]
    )


def _model(kind: str) -> keras.Model:
    """Makes a small model whose weights, biases and norms too, are all random."""
    model_config = _config(kind)
    tied = model_config.tied_embeddings
    head = None if tied else keras.layers.Dense(_TARGET_SIZE, use_bias=False, name="head")
    model = encoder_decoder.build(
        model_config, _SOURCE_SIZE, _LENGTH, head, target_vocabulary_size=_TARGET_SIZE
    )
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(scale=0.5, size=w.shape) for w in model.get_weights()])
    return model


def _logits(model: keras.Model, source: np.ndarray, target: np.ndarray, **kwargs) -> np.ndarray:
    inputs = {features.TOKEN_IDS: source, features.TARGET_IDS: target}
    return np.asarray(model(inputs, **{"training": False, **kwargs}))


@_EACH_KIND
def test_each_target_token_has_logits_over_the_targets_vocabulary(kind):
    logits = _logits(_model(kind), _SOURCE, _TARGET)
    assert logits.shape == (2, 6, _TARGET_SIZE)
    assert logits.dtype == np.float32


@_EACH_KIND
def test_a_token_sees_no_target_after_it(kind):
    model = _model(kind)
    other = _TARGET.copy()
    other[:, 4:] = 2
    one, two = _logits(model, _SOURCE, _TARGET), _logits(model, _SOURCE, other)
    np.testing.assert_allclose(one[:, :4], two[:, :4], atol=1e-5)
    assert np.abs(one - two)[:, 4:].max() > 1e-3


@_EACH_KIND
def test_every_token_sees_the_whole_source(kind):
    model = _model(kind)
    expected = _logits(model, _SOURCE[:1], _TARGET[:1])
    for changed in range(5):
        other = _SOURCE[:1].copy()
        other[:, changed] = 10
        apart = np.abs(_logits(model, other, _TARGET[:1]) - expected).max(axis=(0, 2))
        assert (apart > 1e-4).all(), changed


@_EACH_KIND
def test_padding_of_either_changes_nothing(kind):
    model = _model(kind)
    source = np.pad(_SOURCE, [(0, 0), (0, 3)])
    target = np.pad(_TARGET, [(0, 0), (0, 2)])
    np.testing.assert_allclose(
        _logits(model, source, target)[:, :6], _logits(model, _SOURCE, _TARGET), atol=1e-5
    )
    alone = _logits(model, _SOURCE[1:, :3], _TARGET[1:])
    np.testing.assert_allclose(_logits(model, _SOURCE, _TARGET)[1:], alone, atol=1e-5)


@_EACH_KIND
def test_reading_in_parts_tells_what_teacher_forcing_does(kind):
    model = _model(kind)
    expected = _logits(model, _SOURCE, _TARGET)
    context = encoder_decoder.encode(model, _SOURCE)
    for cuts in [(1, 2, 3, 4, 5), (2, 5), (3,)]:
        caches = decoder.empty_caches(model, 2, _LENGTH)
        for begin, end in itertools.pairwise([0, *cuts, 6]):
            logits, caches = encoder_decoder.read(
                model, _TARGET[:, begin:end], context, caches, begin
            )
            np.testing.assert_allclose(logits, expected[:, end - 1], atol=1e-5)


def test_recomputing_changes_no_output_while_training():
    # Without dropout both compute one function.
    plain, recomputed = (
        encoder_decoder.build(
            config.ModelConfig(
                num_layers=1,
                hidden_dim=8,
                num_heads=2,
                intermediate_dim=16,
                dropout=0.0,
                recompute=recompute,
            ),
            *(_SOURCE_SIZE, _LENGTH, None),
        )
        for recompute in (False, True)
    )
    recomputed.set_weights(plain.get_weights())
    source, target = _SOURCE, np.minimum(_TARGET, _SOURCE_SIZE - 1)
    np.testing.assert_allclose(
        _logits(recomputed, source, target, training=True),
        _logits(plain, source, target, training=True),
        atol=1e-5,
    )


@_EACH_KIND
def test_cross_attention_is_shared_out_over_real_source_tokens(kind):
    weights = np.asarray(
        encoder_decoder.cross_attention_weights(
            _model(kind), {features.TOKEN_IDS: _SOURCE, features.TARGET_IDS: _TARGET}
        )
    )
    assert weights.shape == (2, 2, 2, 6, 5)  # batch, layers, heads, target, source
    np.testing.assert_allclose(weights.sum(axis=-1), 1.0, atol=1e-5)
    assert (weights[1, :, :, :, 3:] == 0.0).all()
    assert weights[0].std() > 1e-3


def test_tied_logits_take_the_weights_of_the_targets_embedding():
    tied, untied = _model("plain"), _model("untied")
    assert "head" not in {layer.name for layer in tied.layers}
    assert untied.get_layer("head").kernel.shape == (8, _TARGET_SIZE)
    before = _logits(tied, _SOURCE, _TARGET)
    table = tied.get_layer("target_token_embedding").embeddings
    table.assign(np.concatenate([table.numpy()[:-1], np.zeros([1, 8])]))
    after = _logits(tied, _SOURCE, _TARGET[:, :2])
    assert (after[..., -1] == 0.0).all()
    np.testing.assert_allclose(after[..., :-1], before[:, :2, :-1], atol=1e-5)


def test_one_vocabulary_size_is_that_of_both():
    model = encoder_decoder.build(_config("plain"), _SOURCE_SIZE, _LENGTH, None)
    assert model.output_shape == (None, None, _SOURCE_SIZE)


def test_both_stacks_learn_at_the_rates_of_their_depths():
    model = _model("untied")
    shares = initialization.rates(model, 0.5, num_layers=2)
    assert set(shares) == {variable.path for variable in model.trainable_variables}
    by_layer = {path.partition("/")[0]: share for path, share in shares.items()}
    assert by_layer == {
        "token_embedding": 0.125,
        "target_token_embedding": 0.125,
        "encoder_block_0": 0.25,
        "decoder_block_0": 0.25,
        "encoder_block_1": 0.5,
        "decoder_block_1": 0.5,
        "final_norm": 0.5,
        "target_final_norm": 0.5,
        "head": 1.0,
    }


def test_logits_are_float32_whatever_the_policy():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = _model("plain")
    finally:
        keras.config.set_dtype_policy("float32")
    assert model.output.dtype == "float32"
    caches = decoder.empty_caches(model, 2, _LENGTH)
    context = encoder_decoder.encode(model, _SOURCE)
    logits, _ = encoder_decoder.read(model, _TARGET, context, caches, 0)
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
