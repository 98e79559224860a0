import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from trainer.tasks import score_bins


def _scores(truths, probabilities):
    scores = score_bins.zeros(len(probabilities[0]))
    for is_true, row in zip(truths, probabilities, strict=True):
        score_bins.add(scores, np.asarray(is_true), np.asarray(row), 1.0)
    return scores


def test_by_hand():
    # Of label 0, the one true example outranks one of two others; label 1 is never true.
    scores = _scores([[1, 0], [0, 0], [0, 0]], [[0.5, 0.1], [0.7, 0.1], [0.3, 0.1]])
    assert score_bins.mean_auc(scores) == 0.5


def test_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    truths = (rng.random((300, 4)) < 0.3).astype(np.int64)
    probabilities = rng.integers(0, 1000, (300, 4)) / 1000 + 5e-4  # each in a bin of its own
    expected = sklearn_metrics.roc_auc_score(truths, probabilities, average="macro")
    assert score_bins.mean_auc(_scores(truths, probabilities)) == pytest.approx(expected, abs=1e-9)


def test_certainty_falls_into_the_last_bin():
    assert score_bins.bins(np.array([0.0, 0.5, 0.999, 1.0]), 4).tolist() == [0, 2, 3, 3]


def test_without_both_kinds_there_is_no_area():
    assert np.isnan(score_bins.mean_auc(_scores([[1], [1]], [[0.5], [0.6]])))
