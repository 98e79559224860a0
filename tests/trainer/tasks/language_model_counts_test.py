"""The metrics of a language model, by hand."""

import math

import numpy as np
import pytest

from schemas import language_model
from trainer.tasks import language_model_counts


def _counts(*texts, weight=1.0):
    """Counts texts of (ids, nats, characters, hits)."""
    counts = language_model_counts.Counts.zeros()
    for ids, nats, characters, hits in texts:
        totals = np.array([nats, len(ids), characters, hits], np.float32)
        counts.add(np.array([*ids, 0, 0]), totals, weight)
    return counts


_ONE = ([5, 6, 3], 3.0, 2, 1)
_OTHER = ([5, 5, 5, 6, 3], 5.0, 4, 4)


def test_two_texts_by_hand():
    metrics = _counts(_ONE, _OTHER).metrics()
    assert set(metrics) == set(language_model.METRICS)
    assert metrics["cross_entropy"] == pytest.approx(8 / 8)
    assert metrics["perplexity"] == pytest.approx(math.e)
    assert metrics["bits_per_character"] == pytest.approx(8 / math.log(2) / 6)
    assert metrics["accuracy"] == pytest.approx(5 / 8)
    # 4 of token 5, 2 of 6, 2 of 3: an entropy of 1.5 bits, and Miller's (3 - 1) / (2 * 8).
    entropy = 1.5 * math.log(2) + 2 / 16
    assert metrics["explained"] == pytest.approx(1 - 1 / entropy)


def test_one_who_knows_how_frequent_tokens_are_explains_nothing():
    # Told by the true shares, half and half, a long text takes log 2 a token.
    rng = np.random.default_rng(0)
    ids = rng.choice([5, 6], size=50_000)
    metrics = _counts((ids, len(ids) * math.log(2), len(ids), 0)).metrics()
    assert metrics["explained"] == pytest.approx(0.0, abs=1e-3)


def test_parts_add_up_to_the_whole():
    one, other = _counts(_ONE), _counts(_OTHER, ([9], 1.0, 1, 0))
    one.merge(other)
    whole = _counts(_ONE, _OTHER, ([9], 1.0, 1, 0)).metrics()
    assert one.metrics() == pytest.approx(whole)
    # What was merged stays as it is.
    assert other.metrics() == pytest.approx(_counts(_OTHER, ([9], 1.0, 1, 0)).metrics())


def test_weights_count_as_repetition():
    assert _counts(_ONE, weight=2.0).metrics() == pytest.approx(_counts(_ONE, _ONE).metrics())


def test_nothing_seen_leaves_all_undefined():
    assert all(math.isnan(value) for value in _counts().metrics().values())


def test_a_text_without_characters_has_no_bits_of_them():
    metrics = _counts(([3], 1.0, 0, 0)).metrics()
    assert math.isnan(metrics["bits_per_character"])
    assert metrics["cross_entropy"] == 1.0


def test_a_hopeless_model_has_a_finite_perplexity():
    assert _counts(([5, 3], 1e6, 1, 0)).metrics()["perplexity"] < math.inf
