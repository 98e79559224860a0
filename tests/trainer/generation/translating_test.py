"""Targets of sources: sources are read once, and no row hangs on another."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from schemas import features
from trainer import config
from trainer.generation import beam_search, translating
from trainer.layers import cross_attention, decoder_block, encoder_block, projection
from trainer.models import encoder_decoder

_SIZE, _LENGTH = 12, 10
_SOURCES = np.array(
    [[2, 6, 7, 8, 9, 3], [2, 9, 3, 0, 0, 0], [2, 3, 0, 0, 0, 0], [2, 11, 10, 5, 3, 0]], "int32"
)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    model_config = config.ModelConfig(
        num_layers=2, hidden_dim=8, num_heads=2, intermediate_dim=16, positions="learned"
    )
    made = encoder_decoder.build(model_config, _SIZE, _LENGTH, None)
    rng = np.random.default_rng(3)
    made.set_weights([rng.normal(scale=0.7, size=w.shape) for w in made.get_weights()])
    return made


class _Uncached:
    """Runs the whole model on all tokens so far, each time: what the caches are held against."""

    def __init__(self, model: keras.Model, sources: tf.Tensor) -> None:
        self._model = model
        self._sources = sources

    def empty(self, batch, length):
        return tf.compat.v1.placeholder_with_default(tf.zeros([batch, 0], tf.int32), [None, None])

    def read(self, token_ids, state, position):
        known = tf.concat([state, token_ids], axis=1)
        inputs = {features.TOKEN_IDS: self._sources, features.TARGET_IDS: known}
        return self._model(inputs, training=False)[:, -1], known


def _wishes(rows: int, beam_size: int = 3, length_penalty: float = 0.6) -> beam_search.Wishes:
    return beam_search.Wishes(
        tf.fill([rows], beam_size), tf.fill([rows], length_penalty), tf.fill([rows], _LENGTH - 1)
    )


def _translate(model, sources, **wishes):
    return tf.function(
        lambda: translating.translate(
            model, tf.constant(sources), _wishes(len(sources), **wishes), _SIZE
        )
    )()


@pytest.mark.parametrize("beam_size", [1, 3])
def test_caches_change_nothing(model, beam_size):
    @tf.function
    def uncached():
        reader = _Uncached(model, tf.repeat(tf.constant(_SOURCES), beam_size, axis=0))
        return beam_search.search(reader, _wishes(4, beam_size))

    found, expected = _translate(model, _SOURCES, beam_size=beam_size), uncached()
    width = found.token_ids.shape[1]
    np.testing.assert_array_equal(found.token_ids, expected.token_ids[:, :width])
    np.testing.assert_allclose(found.score, expected.score, atol=1e-4)
    assert np.std(found.score) > 0.01  # the sources matter


def test_a_row_is_translated_alike_in_any_company(model, monkeypatch):
    together = _translate(model, _SOURCES)
    monkeypatch.setattr(translating, "_LOGITS", 2 * 3 * _SIZE)  # two rows at a time
    in_parts = _translate(model, np.pad(_SOURCES, [(0, 0), (0, 4)]))
    np.testing.assert_array_equal(together.token_ids, in_parts.token_ids)
    np.testing.assert_allclose(together.score, in_parts.score, atol=1e-4)
    for row in range(4):
        alone = _translate(model, _SOURCES[row : row + 1])
        count = int(alone.tokens[0])
        assert count == together.tokens[row]
        np.testing.assert_array_equal(alone.token_ids[0], together.token_ids[row, :count])


def test_the_score_is_that_of_the_whole_model(model):
    found = _translate(model, _SOURCES)
    for row, source in enumerate(_SOURCES):
        count = int(found.tokens[row])
        told = found.token_ids.numpy()[row, :count]
        inputs = {
            features.TOKEN_IDS: source[None],
            features.TARGET_IDS: np.array([[2, *told[:-1]]]),
        }
        nats = tf.nn.log_softmax(model(inputs, training=False))[0].numpy()
        expected = sum(nats[i, token] for i, token in enumerate(told))
        np.testing.assert_allclose(found.log_probability[row], expected, atol=1e-4)
        np.testing.assert_allclose(found.score[row], expected / ((5 + count) / 6) ** 0.6, atol=1e-4)


def test_sources_are_read_and_projected_once_and_not_within_the_loop(model, monkeypatch):
    """Where a layer's code is traced tells whether the loop over tokens computes it anew."""
    places = {"encoder": [], "decoder": [], "context": []}

    def watch(layer, method, name, counts=lambda layer: True):
        original = getattr(layer, method)

        def watched(self, *args, **kwargs):
            if counts(self):
                places[name].append(tf.compat.v1.get_default_graph().name)
            return original(self, *args, **kwargs)

        monkeypatch.setattr(layer, method, watched)

    watch(encoder_block.EncoderBlock, "call", "encoder")
    watch(decoder_block.DecoderBlock, "call", "decoder")
    watch(cross_attention.CrossAttention, "precompute", "context")
    watch(
        *(projection.Projection, "call", "context"),
        counts=lambda layer: layer.name == "context_projection",
    )
    tf.function(
        lambda: translating.translate_together(model, tf.constant(_SOURCES), _wishes(4))
    ).get_concrete_function()
    assert len(places["encoder"]) == 2
    assert len(places["context"]) == 2 * 2  # layers, each seen from without and from within
    assert not any("while" in place for place in places["encoder"] + places["context"])
    assert places["decoder"]
    assert all("while_body" in place for place in places["decoder"])


def test_limits_follow_the_source_up_to_what_the_model_reads():
    sources = np.array([[2, 5, 3, 0], [2, 5, 5, 3]], "int32")
    np.testing.assert_array_equal(translating.limits(tf.constant(sources), 64), [22, 24])
    np.testing.assert_array_equal(translating.limits(tf.constant(sources), 23), [22, 22])


def test_no_sources_give_no_targets(model):
    found = tf.function(
        lambda: translating.translate(model, tf.zeros([0, 4], tf.int32), _wishes(0), _SIZE)
    )()
    assert found.token_ids.shape[0] == 0
    assert found.score.shape == (0,)
