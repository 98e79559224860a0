"""The metrics of several labels against hand-worked numbers and scikit-learn's."""

import math

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from trainer.tasks import multi_label_counts


def _counts(truths, probabilities, weights=None):
    counts = multi_label_counts.Counts.zeros(len(probabilities[0]))
    for truth, row, weight in zip(
        truths, probabilities, weights or [1.0] * len(truths), strict=True
    ):
        counts.add(np.asarray(truth), np.asarray(row), weight)
    return counts


def _random(seed=0, rows=300, labels=5):
    rng = np.random.default_rng(seed)
    truths = (rng.random((rows, labels)) < 0.35).astype(np.int64)
    probabilities = 1 / (1 + np.exp(-rng.normal(size=(rows, labels)) - 2.0 * truths + 1.0))
    return truths, probabilities


def test_three_examples_by_hand():
    # Exactly right; one label too many; one missed.
    metrics = _counts([[1, 0], [1, 0], [0, 1]], [[0.9, 0.2], [0.8, 0.5], [0.1, 0.4]]).metrics()

    assert metrics["subset_accuracy"] == pytest.approx(1 / 3)
    # Label 0: 2 hits of 2 true and 2 answered. Label 1: no hit, 1 true, 1 answered.
    assert metrics["f1_macro"] == pytest.approx((1.0 + 0.0) / 2)
    assert metrics["f1_micro"] == pytest.approx(2 * 2 / (3 + 3))
    assert metrics["auc"] == pytest.approx((1.0 + 0.5) / 2)
    logs = [0.9, 0.8, 0.8, 0.5, 0.9, 0.4]  # of each right yes or no
    assert metrics["cross_entropy"] == pytest.approx(-sum(map(math.log, logs)) / 6)


def test_agrees_with_scikit_learn():
    truths, probabilities = _random()
    answered = probabilities >= 0.5
    metrics = _counts(truths, probabilities).metrics()

    assert metrics["subset_accuracy"] == pytest.approx(
        sklearn_metrics.accuracy_score(truths, answered)
    )
    for average in ("micro", "macro"):
        assert metrics[f"f1_{average}"] == pytest.approx(
            sklearn_metrics.f1_score(truths, answered, average=average)
        )
    # Scores are counted in thousandths of probability.
    assert metrics["auc"] == pytest.approx(
        sklearn_metrics.roc_auc_score(truths, probabilities), abs=1e-3
    )
    of_labels = [
        sklearn_metrics.log_loss(truths[:, i], probabilities[:, i]) for i in range(truths.shape[1])
    ]
    assert metrics["cross_entropy"] == pytest.approx(np.mean(of_labels))


def test_parts_add_up_to_the_whole():
    truths, probabilities = _random()
    whole = _counts(truths, probabilities).metrics()
    first = _counts(truths[:100], probabilities[:100])
    first.merge(_counts(truths[100:], probabilities[100:]))
    for name, value in first.metrics().items():
        assert value == pytest.approx(whole[name], rel=1e-12)


def test_a_weight_counts_as_so_many_examples():
    truths, probabilities = [[1, 0], [0, 1]], [[0.6, 0.4], [0.7, 0.8]]
    weighted = _counts(truths, probabilities, [1.0, 3.0]).metrics()
    repeated = _counts([truths[0]] + [truths[1]] * 3, [probabilities[0]] + [probabilities[1]] * 3)
    for name, value in repeated.metrics().items():
        assert weighted[name] == pytest.approx(value)


def test_a_row_without_labels_is_right_when_none_is_answered():
    metrics = _counts([[0, 0], [0, 0]], [[0.1, 0.2], [0.1, 0.7]]).metrics()
    assert metrics["subset_accuracy"] == 0.5
    assert metrics["f1_micro"] == 0.0
    assert math.isnan(metrics["f1_macro"])
    assert math.isnan(metrics["auc"])


def test_of_nothing_all_is_undefined():
    nothing = multi_label_counts.Counts.zeros(2).metrics()
    assert len(nothing) == 5
    assert all(map(math.isnan, nothing.values()))
