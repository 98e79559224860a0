"""Draws and intervals against scipy's, and on cases that can be worked out."""

import numpy as np
import pytest
from scipy import stats

from components.trial import bootstrap
from trainer.tasks import regression_rows


def _numbers(values):
    """Rows of a regression whose mae is the mean of the values."""
    values = np.asarray(values, np.float64)
    return regression_rows.RegressionRows(["y"], np.zeros_like(values), values)


def _draw(models, resamples=2000, units=None, seed=1):
    rows = len(next(iter(models.values()))[0])
    units = np.arange(rows) if units is None else units
    return bootstrap.draw(models, units, resamples, seed)


def _bounds(draws, alpha=0.05):
    found = bootstrap.interval(draws, alpha)
    return found.low, found.high


@pytest.fixture(scope="module")
def skewed():
    return np.random.default_rng(2).lognormal(0.0, 1.0, 80)


def test_the_interval_of_a_mean_is_scipys(skewed):
    found = _bounds(_draw({"a": [_numbers(skewed)]}, 20_000)["a"]["mae"])
    expected = stats.bootstrap(
        (skewed,), np.mean, n_resamples=20_000, method="BCa", random_state=3
    ).confidence_interval
    percentile = stats.bootstrap(
        (skewed,), np.mean, n_resamples=20_000, method="percentile", random_state=3
    ).confidence_interval
    # Two samples of 20,000 draws differ by less than a tenth of what the correction moves.
    np.testing.assert_allclose(found, expected, atol=0.015)
    assert expected.high - percentile.high > 0.03


def test_the_interval_of_a_difference_is_scipys_of_paired_rows(skewed):
    other = skewed + np.random.default_rng(3).normal(0.1, 0.3, 80)
    draws = _draw({"a": [_numbers(other)], "b": [_numbers(skewed)]}, 20_000)
    found = _bounds(draws["a"]["mae"].minus(draws["b"]["mae"]))
    expected = stats.bootstrap(
        (np.abs(other), skewed),
        lambda x, y: np.mean(x) - np.mean(y),
        paired=True,
        vectorized=False,
        n_resamples=20_000,
        method="BCa",
        random_state=4,
    ).confidence_interval
    np.testing.assert_allclose(found, expected, atol=0.004)


def test_what_is_hard_for_both_cancels():
    hard = np.random.default_rng(5).normal(5.0, 1.0, 200)
    draws = _draw({"a": [_numbers(hard + 0.5)], "b": [_numbers(hard)]})
    low, high = _bounds(draws["a"]["mae"].minus(draws["b"]["mae"]))
    assert (low, high) == pytest.approx((0.5, 0.5))
    of_one = _bounds(draws["a"]["mae"])
    assert of_one[1] - of_one[0] > 0.2


def test_the_interval_covers_what_it_says():
    rng = np.random.default_rng(6)
    covered = 0
    for trial in range(200):
        draws = _draw({"a": [_numbers(rng.exponential(1.0, 60))]}, 500, seed=trial)
        low, high = _bounds(draws["a"]["mae"])
        covered += low <= 1.0 <= high
    # 95 % are meant; 200 trials tell it within three standard errors, 0.046.
    assert 0.89 <= covered / 200 <= 0.99


def test_a_seed_draws_the_same_and_another_does_not(skewed):
    models = {"a": [_numbers(skewed)]}
    first, again, other = (_draw(models, 50, seed=s)["a"]["mae"].drawn for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_every_draw_has_as_many_units_as_there_are():
    for units, at_once in ((7, 3), (1, 1)):
        parts = list(bootstrap._weights(np.random.default_rng(0), units, 5))
        assert sum(map(len, parts)) == 5
        assert all((part.sum(axis=1) == units).all() for part in parts), at_once


def test_memory_is_bounded_and_changes_nothing_in_the_draws(skewed, monkeypatch):
    models = {"a": [_numbers(skewed)]}
    whole = _draw(models, 50)["a"]["mae"]
    monkeypatch.setattr(bootstrap, "_MAX_NUMBERS", 300)
    parted = _draw(models, 50)["a"]["mae"]
    np.testing.assert_allclose(np.sort(parted.left_out), np.sort(whole.left_out))
    np.testing.assert_allclose(parted.drawn, whole.drawn)


def test_rows_of_one_unit_are_drawn_together():
    values = np.repeat(np.random.default_rng(7).normal(0.0, 1.0, 30) ** 2, 10)
    together = _draw({"a": [_numbers(values)]}, units=np.repeat(np.arange(30), 10))
    apart = _draw({"a": [_numbers(values)]})
    widths = [np.diff(_bounds(draws["a"]["mae"]))[0] for draws in (together, apart)]
    # Ten copies of a row tell no more than one: sqrt(10) times as wide.
    assert widths[0] / widths[1] == pytest.approx(np.sqrt(10), rel=0.15)


def test_leaving_groups_out_tells_the_skew_of_single_rows(monkeypatch):
    values = np.random.default_rng(8).lognormal(0.0, 0.5, 2000)
    grouped = bootstrap._acceleration(_draw({"a": [_numbers(values)]}, 1)["a"]["mae"].left_out)
    # Of a mean: skewness / (6 sqrt(n)), Efron and Tibshirani 1993, sec. 14.3.
    expected = stats.skew(values) / (6 * np.sqrt(2000))
    assert grouped == pytest.approx(expected, abs=0.004)
    monkeypatch.setattr(bootstrap, "_JACKKNIFE_GROUPS", 2000)
    single = bootstrap._acceleration(_draw({"a": [_numbers(values)]}, 1)["a"]["mae"].left_out)
    assert single == pytest.approx(expected, rel=1e-6)


def test_seeds_of_a_training_widen_the_interval():
    rng = np.random.default_rng(9)
    base = rng.normal(5.0, 0.1, 400)
    seeds = [_numbers(base + shift) for shift in (-0.3, 0.0, 0.3)]
    draws = _draw({"several": seeds, "one": [_numbers(base)]})
    assert draws["several"]["mae"].value == pytest.approx(draws["one"]["mae"].value)
    several = np.std(draws["several"]["mae"].drawn)
    one = np.std(draws["one"]["mae"].drawn)
    # The variance of the mean of 3 draws of 3 seeds: that of the seeds (n as divisor) over 3.
    assert several**2 == pytest.approx(one**2 + np.var([-0.3, 0.0, 0.3]) / 3, rel=0.1)
    assert not len(draws["several"]["mae"].left_out)
    expected = np.quantile(draws["several"]["mae"].drawn, [0.025, 0.975])
    np.testing.assert_allclose(_bounds(draws["several"]["mae"]), expected)


def test_metrics_that_are_no_means_have_intervals_too(classified):
    rng = np.random.default_rng(10)
    labels = rng.integers(0, 2, 150)
    of_one = np.clip(0.5 + 0.2 * (2 * labels - 1) + rng.normal(0, 0.3, 150), 0.001, 0.999)
    draws = _draw({"a": [classified(labels, of_one)]}, 500)["a"]
    for metric in ("auc", "f1", "calibration_error"):
        low, high = _bounds(draws[metric])
        assert low < draws[metric].value < high


def test_equal_models_differ_by_nothing(with_hits):
    rows = with_hits([1, 0, 1, 1])
    draws = _draw({"a": [rows], "b": [rows]}, 100)
    assert _bounds(draws["a"]["accuracy"].minus(draws["b"]["accuracy"])) == (0.0, 0.0)


def test_what_the_rows_leave_undefined_has_no_interval(with_hits):
    draws = _draw({"a": [with_hits([1, 0, 1, 1])]}, 100)  # one label only
    assert bootstrap.interval(draws["a"]["auc"], 0.05) is None


def test_what_many_draws_leave_undefined_has_no_interval(classified):
    draws = _draw({"a": [classified([1, 0, 1, 1], [0.6, 0.2, 0.7, 0.8])]}, 500)["a"]["auc"]
    assert draws.value == 1.0
    assert np.isnan(draws.drawn).mean() == pytest.approx(0.75**4 + 0.25**4, abs=0.07)
    assert bootstrap.interval(draws, 0.05) is None
