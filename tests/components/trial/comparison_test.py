"""Candidates whose answers are known, compared."""

import math

import numpy as np
import pytest
from scipy import stats

from components.trial import comparison
from schemas import classification, regression
from trainer.tasks import regression_rows


def _question(metrics=classification.ONE_LABEL, metric="accuracy", resamples=500):
    return comparison.Question(
        transformer="transformer",
        metrics=metrics,
        metric=metric,
        alpha=0.05,
        resamples=resamples,
    )


def _compare(models, slices=None, units=None, **question):
    rows = len(next(iter(models.values()))[0])
    units = np.arange(rows) if units is None else units
    return comparison.compare(models, units, slices or {}, _question(**question))


def _one(compared, rival, metric="accuracy", slice_name=comparison.ALL_ROWS):
    [found] = [
        each
        for each in compared.differences
        if (each.second, each.metric, each.slice) == (rival, metric, slice_name)
    ]
    return found


@pytest.fixture(scope="module")
def compared(classified):
    """One rival is right where the transformer is, but for 30 rows; the other is its equal."""
    rng = np.random.default_rng(1)
    labels = np.tile([0, 1], 150)
    of_label = np.where(rng.random(300) < 0.9, 0.8, 0.3)
    worse = np.where(np.arange(300) % 10 == 0, 0.4, of_label)

    def rows(right):
        return classified(labels, np.where(labels == 1, right, 1.0 - right))

    models = {"transformer": [rows(of_label)], "linear": [rows(worse)], "equal": [rows(of_label)]}
    slices = {"domain=a": np.arange(300) < 100, "domain=none": np.full(300, False)}
    return _compare(models, slices), of_label, worse


def test_a_difference_has_its_interval_and_test(compared):
    found, ours, theirs = compared
    hits = [(each > 0.5).astype(int) for each in (ours, theirs)]
    difference = _one(found, "linear")
    assert difference.value == pytest.approx(hits[0].mean() - hits[1].mean())
    assert difference.low < difference.value < difference.high
    lost = int((hits[0] > hits[1]).sum())
    assert not (hits[0] < hits[1]).any()
    assert difference.test == comparison.MCNEMAR
    assert difference.p == pytest.approx(stats.binomtest(0, lost).pvalue)
    assert difference.corrected_p == pytest.approx(2 * difference.p)


def test_intervals_that_hold_together_are_wider(compared):
    difference = _one(compared[0], "linear")
    assert difference.corrected_low <= difference.low < difference.high <= difference.corrected_high
    assert difference.corrected_high - difference.corrected_low > difference.high - difference.low


def test_equal_candidates_differ_in_nothing(compared):
    found = _one(compared[0], "equal")
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)
    assert found.p == found.corrected_p == 1.0


def test_every_metric_is_compared_and_lower_may_be_better(compared):
    found, ours, theirs = compared
    assert {d.metric for d in found.differences} == set(classification.ONE_LABEL)
    nats = _one(found, "linear", "cross_entropy")
    assert nats.value == pytest.approx(np.log(ours).mean() - np.log(theirs).mean(), rel=1e-6)
    assert nats.low > 0
    assert nats.test == comparison.SIGNS
    assert _one(found, "linear", "f1").test == comparison.SWAPS
    assert _one(found, "linear", "f1").p < 0.01


def test_slices_are_compared_and_empty_ones_left_out(compared):
    found, ours, theirs = compared
    difference = _one(found, "linear", slice_name="domain=a")
    assert difference.value == pytest.approx(
        (ours[:100] > 0.5).mean() - (theirs[:100] > 0.5).mean()
    )
    assert {d.slice for d in found.differences} == {comparison.ALL_ROWS, "domain=a"}
    assert found.slices == {
        comparison.ALL_ROWS: (300, 300),
        "domain=a": (100, 100),
        "domain=none": (0, 0),
    }


def test_values_stand_beside_their_intervals(compared):
    found, ours, _ = compared
    [value] = [
        v
        for v in found.values
        if (v.candidate, v.metric, v.slice) == ("transformer", "accuracy", comparison.ALL_ROWS)
    ]
    assert value.value == pytest.approx((ours > 0.5).mean())
    assert value.low < value.value < value.high


def test_every_pair_is_compared_in_the_metric_that_decides(compared):
    found = compared[0].between
    assert {d.metric for d in found} == {"accuracy"}
    assert len(found) == 6
    by_pair = {(d.first, d.second): d for d in found}
    there, back = by_pair["linear", "equal"], by_pair["equal", "linear"]
    assert there.value == pytest.approx(-back.value)
    assert there.low == pytest.approx(-back.high, abs=2e-3)


def test_rows_of_one_unit_count_together(with_hits):
    hits = np.repeat([1, 1, 0, 1, 1, 1], 2)
    units = np.repeat(np.arange(6), 2)
    found = _compare(
        {"transformer": [with_hits(hits)], "linear": [with_hits(1 - hits)]}, None, units
    )
    difference = _one(found, "linear")
    assert difference.test == comparison.SIGNS
    # 6 units, of which 5 speak for the one: as McNemar's test of 5 to 1.
    assert difference.p == pytest.approx(stats.binomtest(5, 6).pvalue)
    assert found.slices[comparison.ALL_ROWS] == (6, 12)


def test_seeds_are_averaged(with_hits):
    seeds = [with_hits([1, 1, 1, 0]), with_hits([1, 1, 0, 0])]
    found = _compare({"transformer": seeds, "linear": [with_hits([1, 0, 0, 0])] * 2})
    assert _one(found, "linear").value == pytest.approx(0.625 - 0.25)


def test_a_metric_that_is_undefined_has_no_interval_and_no_test(with_hits):
    found = _compare({"transformer": [with_hits([1, 0, 1])], "linear": [with_hits([1, 1, 1])]})
    auc = _one(found, "linear", "auc")
    assert (auc.value, auc.low, auc.p, auc.corrected_p, auc.test) == (None, None, None, None, "")


def test_a_regression_is_compared():
    rng = np.random.default_rng(2)
    truth = rng.normal(size=120)
    near, far = (
        regression_rows.RegressionRows(["y"], truth, truth + rng.normal(0, s, 120))
        for s in (0.3, 1.0)
    )
    found = _compare({"transformer": [near], "linear": [far]}, metrics=regression.EACH, metric="r2")
    for metric in regression.EACH:
        difference = _one(found, "linear", metric)
        assert difference.low > 0
        assert difference.corrected_p < 0.01
    assert all(math.isfinite(d.value) for d in found.differences)


def test_progress_tells_each_slice(with_hits):
    told = []
    rows = with_hits([1, 0, 1])
    comparison.compare(
        {"transformer": [rows], "linear": [rows]},
        np.arange(3),
        {"a=b": np.array([True, False, True])},
        _question(resamples=10),
        told.append,
    )
    assert told == [comparison.ALL_ROWS, "a=b"]
