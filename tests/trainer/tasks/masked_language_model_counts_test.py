"""The metrics of masked tokens by hand."""

import math

import numpy as np
import pytest

from schemas import masked_language_model
from trainer.tasks import masked_language_model_counts as counts_lib


def _counted(*examples):
    counts = counts_lib.Counts()
    for ids, loss, right in examples:
        counts.add(np.array(ids), np.array([loss, right]), 1.0)
    return counts


def test_metrics_by_hand():
    # Four masked tokens: 5 twice, 6 and 7 once; entropy 0.5 ln 2 + 2 * 0.25 ln 4 = 1.5 ln 2.
    metrics = _counted(([5, 6, -1], 2.0, 1.0), ([5, 7, -1], 1.0, 1.0), ([-1], 0.0, 0.0)).metrics()
    assert list(metrics) == list(masked_language_model.METRICS)
    assert metrics["cross_entropy"] == pytest.approx(0.75)
    assert metrics["pseudo_perplexity"] == pytest.approx(math.exp(0.75))
    assert metrics["accuracy"] == pytest.approx(0.5)
    assert metrics["explained"] == pytest.approx(1 - 0.75 / (1.5 * math.log(2)))


def test_parts_add_up_to_the_whole():
    examples = [([5, 6], 2.0, 1.0), ([5, -1], 1.0, 0.0), ([9, 9], 0.5, 2.0)]
    whole, part = _counted(*examples), _counted(*examples[:1])
    part.merge(_counted(*examples[1:]))
    assert part.metrics() == whole.metrics()


def test_who_knows_only_how_frequent_tokens_are_explains_nothing():
    shares = {5: 0.5, 6: 0.25, 7: 0.25}
    ids = [5, 5, 6, 7]
    loss = -sum(math.log(shares[i]) for i in ids)
    assert _counted((ids, loss, 2.0)).metrics()["explained"] == pytest.approx(0.0, abs=1e-12)


def test_nothing_masked_leaves_everything_undefined():
    assert all(math.isnan(value) for value in _counted(([-1], 0.0, 0.0)).metrics().values())


def test_a_single_token_over_and_over_has_nothing_to_explain():
    assert math.isnan(_counted(([5, 5], 1.0, 2.0)).metrics()["explained"])


def test_a_hopeless_loss_does_not_overflow():
    assert _counted(([5], 1000.0, 0.0)).metrics()["pseudo_perplexity"] == math.inf
