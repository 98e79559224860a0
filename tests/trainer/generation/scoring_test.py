"""Probabilities of texts: against the definition, one token at a time."""

import numpy as np
import pytest
import tensorflow as tf

from schemas import tokens
from trainer import config
from trainer.generation import scoring, windows
from trainer.models import decoder

_LENGTH = 8
_SIZE = 15
_TEXTS = [[5, 6, 7], [], list(range(5, 12)) * 5, [8] * 7, [8] * 8, [9]]


@pytest.fixture(scope="module")
def model():
    model_config = config.ModelConfig(
        num_layers=2, hidden_dim=8, num_heads=2, intermediate_dim=16, positions="learned"
    )
    made = decoder.build(model_config, _SIZE, _LENGTH, None)
    rng = np.random.default_rng(4)
    made.set_weights([rng.normal(scale=0.7, size=w.shape) for w in made.get_weights()])
    return made


def _by_definition(model, text):
    """Tells each token, and the end, from the window that it has."""
    known, log_probability, hits = [tokens.SEP_ID], 0.0, 0
    for token in [*text, tokens.SEP_ID]:
        begin = int(windows.start(tf.constant(len(known)), _LENGTH))
        logits = np.asarray(model({"token_ids": np.array([known[begin:]])}), "float64")[0, -1]
        log_probability += logits[token] - np.log(np.exp(logits).sum())
        hits += int(logits.argmax() == token)
        known.append(token)
    return log_probability, len(text) + 1, hits


def _score(model, texts, length=_LENGTH):
    return scoring.score(model, tf.ragged.constant(texts, tf.int32, ragged_rank=1), length, _SIZE)


@pytest.mark.parametrize("at_once", [1, 300, 1 << 24])
def test_texts_are_scored_as_the_definition_says(model, monkeypatch, at_once):
    monkeypatch.setattr(scoring, "_LOGITS", at_once)
    found = _score(model, _TEXTS)
    expected = [_by_definition(model, text) for text in _TEXTS]
    np.testing.assert_allclose(found.log_probability, [e[0] for e in expected], rtol=1e-5)
    assert found.tokens.numpy().tolist() == [e[1] for e in expected]
    assert found.hits.numpy().tolist() == [e[2] for e in expected]


def test_a_text_scores_the_same_alone(model):
    together = _score(model, _TEXTS).log_probability.numpy()
    for text, expected in zip(_TEXTS, together, strict=True):
        np.testing.assert_allclose(_score(model, [text]).log_probability[0], expected, rtol=1e-5)


def test_no_texts_have_no_scores(model):
    nothing = tf.RaggedTensor.from_row_lengths(tf.zeros([0], tf.int32), [])
    assert scoring.score(model, nothing, _LENGTH, _SIZE).log_probability.shape == (0,)
