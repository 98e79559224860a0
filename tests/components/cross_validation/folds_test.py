"""Rows dealt out to folds."""

import numpy as np
import pytest

from components.cross_validation import folds
from schemas import errors


def _units(rows, units, seed=3):
    """Makes rows of which several belong to one unit, each unit one at least."""
    rng = np.random.default_rng(seed)
    return np.concatenate([np.arange(units), rng.integers(0, units, rows - units)])


@pytest.mark.parametrize("count", [2, 3, 5, 10])
def test_folds_partition_the_rows_and_no_unit_straddles(count):
    units = _units(157, 61)
    dealt = folds.deal(units, folds.alike(units), count, seed=1)
    assert dealt.shape == (157,)
    assert set(dealt) == set(range(count))
    for unit in range(61):
        assert len(set(dealt[units == unit])) == 1


@pytest.mark.parametrize("count", [2, 3, 5, 7])
def test_each_label_and_all_of_them_are_within_a_unit_of_the_ideal(count):
    units = np.arange(101)
    labels = np.random.default_rng(5).choice(["a", "b", "c"], 101, p=[0.7, 0.25, 0.05])
    dealt = folds.deal(units, folds.by_label(units, labels), count, seed=1)
    for label in (*"abc", None):
        chosen = labels == label if label else np.full(101, True)
        sizes = np.bincount(dealt[chosen], minlength=count)
        assert (np.abs(sizes - chosen.sum() / count) < 1.0).all()


def test_a_unit_has_the_label_of_most_of_its_rows():
    units = np.array([0, 0, 0, 1, 2])
    strata = folds.by_label(units, ["x", "y", "y", "x", "y"])
    assert strata[0] == strata[2] != strata[1]


def test_every_fold_has_numbers_from_everywhere():
    targets = np.random.default_rng(2).exponential(size=60)
    units = np.arange(60)
    dealt = folds.deal(units, folds.by_quantile(units, targets, 5), 5, seed=1)
    # Of the 5 lowest one is in each fold, and so it goes on.
    in_order = dealt[np.argsort(targets)].reshape(12, 5)
    assert (np.sort(in_order, axis=1) == np.arange(5)).all()


def test_the_quantile_of_a_unit_is_that_of_its_mean():
    units = np.array([0, 0, 1, 2, 3])
    strata = folds.by_quantile(units, np.array([0.0, 10.0, 4.0, 6.0, 7.0]), 2)
    # Means 5, 4, 6, 7: the lowest two are units 1 and 0.
    assert list(strata) == [0, 0, 1, 1]


def test_another_seed_deals_otherwise_and_the_same_alike():
    units = np.arange(50)
    dealt = [folds.deal(units, folds.alike(units), 5, seed) for seed in (1, 1, 2)]
    assert (dealt[0] == dealt[1]).all()
    assert (dealt[0] != dealt[2]).any()


def test_more_folds_than_units_are_refused():
    units = np.array([0, 0, 1])
    with pytest.raises(errors.DataError, match=r"texts or groups of the train split \(2\)\. "):
        folds.deal(units, folds.alike(units), 3, seed=1)
