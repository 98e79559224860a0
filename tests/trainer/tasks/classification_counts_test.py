"""The metrics against hand-worked numbers and scikit-learn's."""

import math

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from trainer.tasks import classification_counts


def _counts(labels, probabilities, weights=None):
    counts = classification_counts.Counts.zeros(len(probabilities[0]))
    for label, row, weight in zip(
        labels, probabilities, weights or [1.0] * len(labels), strict=True
    ):
        counts.add(np.array([label]), np.asarray(row), weight)
    return counts


def _random(num_examples=400, num_classes=3, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, num_classes, num_examples)
    scores = rng.normal(size=(num_examples, num_classes)) + 1.5 * np.eye(num_classes)[labels]
    odds = np.exp(scores)
    return labels, odds / odds.sum(axis=1, keepdims=True)


def test_four_examples_by_hand():
    # Right, right, wrong, wrong; class 1 is predicted once, rightly.
    metrics = _counts([0, 1, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]]).metrics()

    assert metrics["accuracy"] == 0.5
    np.testing.assert_array_equal(metrics["confusion_matrix"], [[1, 0], [2, 1]])
    assert metrics["precision"] == pytest.approx((1 / 3 + 1) / 2)
    assert metrics["recall"] == pytest.approx((1 + 1 / 3) / 2)
    assert metrics["f1"] == pytest.approx((0.5 + 0.5) / 2)
    assert metrics["auc"] == 1.0  # the only 0 has the highest probability of 0
    expected = -(math.log(0.9) + math.log(0.8) + math.log(0.4) + math.log(0.3)) / 4
    assert metrics["cross_entropy"] == pytest.approx(expected)
    # Every example is alone in its bin: mean of |hit - confidence|.
    assert metrics["calibration_error"] == pytest.approx((0.1 + 0.2 + 0.6 + 0.7) / 4)


@pytest.mark.parametrize("num_classes", [2, 3, 7])
def test_agrees_with_scikit_learn(num_classes):
    labels, probabilities = _random(num_classes=num_classes)
    predicted = probabilities.argmax(axis=1)
    metrics = _counts(labels, probabilities).metrics()

    precision, recall, f1, _ = sklearn_metrics.precision_recall_fscore_support(
        labels, predicted, average="macro"
    )
    assert metrics["accuracy"] == pytest.approx(sklearn_metrics.accuracy_score(labels, predicted))
    assert metrics["precision"] == pytest.approx(precision)
    assert metrics["recall"] == pytest.approx(recall)
    assert metrics["f1"] == pytest.approx(f1)
    assert metrics["cross_entropy"] == pytest.approx(
        sklearn_metrics.log_loss(labels, probabilities)
    )
    np.testing.assert_array_equal(
        metrics["confusion_matrix"], sklearn_metrics.confusion_matrix(labels, predicted)
    )
    one_against_rest = [
        sklearn_metrics.roc_auc_score(labels == c, probabilities[:, c]) for c in range(num_classes)
    ]
    # Scores are counted in thousandths of probability.
    assert metrics["auc"] == pytest.approx(np.mean(one_against_rest), abs=1e-3)


def test_parts_add_up_to_the_whole():
    labels, probabilities = _random()
    whole = _counts(labels, probabilities).metrics()
    first, second = (
        _counts(labels[:150], probabilities[:150]),
        _counts(labels[150:], probabilities[150:]),
    )
    first.merge(second)

    for name, value in first.metrics().items():
        np.testing.assert_allclose(value, whole[name], rtol=1e-12)


def test_a_weight_counts_as_so_many_examples():
    weighted = _counts([0, 1], [[0.9, 0.1], [0.6, 0.4]], weights=[1.0, 3.0]).metrics()
    repeated = _counts([0, 1, 1, 1], [[0.9, 0.1]] + [[0.6, 0.4]] * 3).metrics()
    for name, value in repeated.items():
        np.testing.assert_allclose(weighted[name], value)


def test_ties_are_worth_half():
    assert _counts([0, 1], [[0.5, 0.5], [0.5, 0.5]]).metrics()["auc"] == 0.5


def test_what_is_undefined_is_nan():
    metrics = _counts([1, 1], [[0.1, 0.9], [0.2, 0.8]]).metrics()
    assert math.isnan(metrics["auc"])
    assert metrics["accuracy"] == 1.0

    nothing = classification_counts.Counts.zeros(2).metrics()
    assert math.isnan(nothing["accuracy"])


def test_a_probability_of_zero_costs_much_but_not_infinity():
    assert 80 < _counts([0], [[0.0, 1.0]]).metrics()["cross_entropy"] < 90
