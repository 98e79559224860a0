"""The metrics of a regression against hand-worked numbers, SciPy's and scikit-learn's."""

import math

import numpy as np
import pytest
import scipy.stats
from sklearn import metrics as sklearn_metrics

from schemas import regression
from trainer.tasks import regression_counts


def _counts(truths, answers, targets=("a",), weights=None):
    counts = regression_counts.Counts.zeros(targets)
    for truth, answer, weight in zip(truths, answers, weights or [1.0] * len(truths), strict=True):
        counts.add(np.atleast_1d(truth), np.atleast_1d(answer), weight)
    return counts


def _random(rows=400, targets=3):
    """Targets far from 0 and on several scales, rounded, so that some are equal."""
    rng = np.random.default_rng(0)
    truths = np.round(rng.normal(size=(rows, targets)), 1)
    answers = np.round(0.5 * truths + rng.normal(size=(rows, targets)), 1)
    scale = np.array([1.0, 1e-3, 1e3])[:targets]
    return (2000 + truths) * scale, (2000 + answers) * scale


def test_four_rows_by_hand():
    # Errors 0, 1, -1, 2; the mean of the truth is 2.5, and its squared differences add up to 5.
    metrics = _counts([1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 2.0, 6.0]).metrics()
    assert metrics["mse"] == pytest.approx((0 + 1 + 1 + 4) / 4)
    assert metrics["mae"] == pytest.approx((0 + 1 + 1 + 2) / 4)
    assert metrics["r2"] == pytest.approx(1 - 6 / 5)
    # Answers differ from their mean 3 by -2, 0, -1, 3.
    covariance = -1.5 * -2 + -0.5 * 0 + 0.5 * -1 + 1.5 * 3
    assert metrics["pearson"] == pytest.approx(covariance / math.sqrt(5 * 14))
    # Ranks 1 2 3 4 and 1 3 2 4: 1 - 6 * (0 + 1 + 1 + 0) / (4 * 15).
    assert metrics["spearman"] == pytest.approx(1 - 6 * 2 / 60)


def test_agrees_with_scipy_and_scikit_learn():
    truths, answers = _random()
    metrics = _counts(truths, answers, ("a", "b", "c")).metrics()
    for i, target in enumerate("abc"):
        expected = {
            "mse": sklearn_metrics.mean_squared_error(truths[:, i], answers[:, i]),
            "mae": sklearn_metrics.mean_absolute_error(truths[:, i], answers[:, i]),
            "pearson": scipy.stats.pearsonr(truths[:, i], answers[:, i]).statistic,
            "spearman": scipy.stats.spearmanr(truths[:, i], answers[:, i]).statistic,
            "r2": sklearn_metrics.r2_score(truths[:, i], answers[:, i]),
        }
        for name, value in expected.items():
            found = metrics[regression.of_target(name, target)]
            assert found == pytest.approx(value, rel=1e-9), (name, target)
    for name in regression.EACH:
        of_targets = [metrics[regression.of_target(name, target)] for target in "abc"]
        assert metrics[name] == pytest.approx(np.mean(of_targets))


@pytest.mark.parametrize("cuts", [(100, 250), (0, 1), (0, 0)])
def test_parts_add_up_to_the_whole(cuts):
    truths, answers = _random()
    names = ("a", "b", "c")
    whole = _counts(truths, answers, names).metrics()
    first, *others = (
        _counts(truths[part], answers[part], names)
        for part in (slice(None, cuts[0]), slice(*cuts), slice(cuts[1], None))
    )
    for other in others:
        first.merge(other)
    for name, value in first.metrics().items():
        assert value == pytest.approx(whole[name], rel=1e-9)


def test_merging_leaves_the_other_part_as_it_is():
    part = _counts([1.0, 2.0, 4.0], [1.0, 3.0, 2.0])
    before = part.metrics()
    _counts([5.0], [5.0]).merge(part)
    assert part.metrics() == before


def test_a_weight_counts_as_so_many_rows():
    weighted = _counts([1.0, 2.0, 4.0], [1.0, 3.0, 2.0], weights=[1.0, 3.0, 2.0]).metrics()
    repeated = _counts([1.0, 2.0, 2.0, 2.0, 4.0, 4.0], [1.0, 3.0, 3.0, 3.0, 2.0, 2.0]).metrics()
    for name in ("mse", "mae", "pearson", "r2"):
        assert weighted[name] == pytest.approx(repeated[name])


def test_always_answering_the_mean_explains_nothing():
    truths = [1.0, 2.0, 6.0]
    metrics = _counts(truths, [3.0] * 3).metrics()
    assert metrics["r2"] == pytest.approx(0.0)
    assert math.isnan(metrics["pearson"])
    assert math.isnan(metrics["spearman"])


def test_an_undefined_correlation_leaves_its_mean_undefined():
    metrics = _counts([[1.0, 5.0], [2.0, 6.0]], [[1.0, 7.0], [2.0, 7.0]], ("a", "b")).metrics()
    assert metrics["pearson_a"] == pytest.approx(1.0)
    assert math.isnan(metrics["pearson_b"])
    assert math.isnan(metrics["pearson"])


def test_of_nothing_all_is_undefined():
    nothing = regression_counts.Counts.zeros(("a", "b")).metrics()
    assert len(nothing) == 15
    assert all(map(math.isnan, nothing.values()))
