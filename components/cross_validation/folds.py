"""Deals the rows of the train split out to folds."""

from collections.abc import Sequence

import numpy as np

from schemas import errors


def deal(units: np.ndarray, strata: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Deals units out to folds; each stratum's evenly, and all of them evenly too.

    The units of a stratum are shuffled and dealt out in turn, and the next stratum begins at the
    fold where the one before has ended. So two folds differ by at most one unit of each stratum,
    and by at most one unit in all.

    Args:
        units: The unit that each row belongs to, numbered from 0 without gaps, `(rows,)`.
        strata: The stratum of each unit, `(units,)`.
        count: Of folds.
        seed: Of the shuffling.

    Returns:
        The fold of each row, from 0, `(rows,)`.

    Raises:
        DataError: If there are fewer units than folds.
    """
    if len(strata) < count:
        raise errors.DataError(
            "`evaluate.folds` must be at most the texts or groups of the train split "
            f"({len(strata):,}). Received: {count}"
        )
    shuffled = np.random.default_rng(seed).permutation(len(strata))
    in_turn = shuffled[np.argsort(strata[shuffled], kind="stable")]
    of_units = np.empty(len(strata), np.int64)
    of_units[in_turn] = np.arange(len(strata)) % count
    return of_units[units]


def by_label(units: np.ndarray, labels: Sequence[str]) -> np.ndarray:
    """Makes a stratum of each label; that of a unit is the one that most of its rows have.

    Args:
        units: The unit that each row belongs to, `(rows,)`.
        labels: Of each row.

    Returns:
        The stratum of each unit, `(units,)`.
    """
    names, numbers = np.unique(np.array(labels), return_inverse=True)
    votes = np.zeros((int(units.max(initial=-1)) + 1, len(names)), np.int64)
    np.add.at(votes, (units, numbers), 1)
    strata: np.ndarray = votes.argmax(axis=1)
    return strata


def by_quantile(units: np.ndarray, targets: np.ndarray, count: int) -> np.ndarray:
    """Makes a stratum of each run of as many units as there are folds, by their mean target.

    Args:
        units: The unit that each row belongs to, `(rows,)`.
        targets: Of each row, `(rows,)`.
        count: Of folds.

    Returns:
        The stratum of each unit, `(units,)`.
    """
    means = np.bincount(units, weights=targets) / np.bincount(units)
    ranks = np.empty(len(means), np.int64)
    ranks[np.argsort(means, kind="stable")] = np.arange(len(means))
    return ranks // count


def alike(units: np.ndarray) -> np.ndarray:
    """Makes one stratum of all units, `(units,)`."""
    return np.zeros(int(units.max(initial=-1)) + 1, np.int64)
