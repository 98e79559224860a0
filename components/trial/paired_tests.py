"""Tests of whether two models differ on the same rows, and their correction for many rivals."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import stats

from trainer.tasks import counted_rows

# Numbers held at once.
_MAX_NUMBERS = 1 << 22
# Sums of the same numbers in another order differ in the last digits.
_SAME = 1e-12


def mcnemar(first: np.ndarray, second: np.ndarray) -> float:
    """Tests whether two models are right equally often, exactly.

    Rows that both have right, or both wrong, say nothing of it; of the others half should be either
    model's.

    Args:
        first: 0 or 1 for each row, `(rows,)`.
        second: The other model's.

    Returns:
        The two-sided p-value.

    References:
        McNemar 1947, doi:10.1007/BF02295996; the exact form, Dietterich 1998, sec. 3.1
    """
    won, lost = int((first > second).sum()), int((first < second).sum())
    if not won + lost:
        return 1.0
    return float(stats.binomtest(won, won + lost).pvalue)


def sign_flips(differences: np.ndarray, resamples: int, seed: int) -> float:
    """Tests whether two models' scores differ in their mean, by giving differences other signs.

    If neither model were the better one, each row's two scores could as well be the other way
    round. All signs are tried where there are no more of them than `resamples`, else a sample.

    Args:
        differences: Of the scores of each unit, `(units,)`.
        resamples: Signs to try at most.
        seed: Of the sample.

    Returns:
        The two-sided p-value.

    References:
        Fisher 1935, "The Design of Experiments", sec. 21; Phipson and Smyth 2010, eq. 2,
        doi:10.2202/1544-6115.1585, for the p-value of a sample
    """
    differences = differences[differences != 0]
    observed = abs(differences.sum())
    if not observed > 0:
        return 1.0
    beyond = tried = 0
    for flips in _flips(len(differences), resamples, seed):
        sums = np.abs((1.0 - 2.0 * flips) @ differences)
        beyond += int((sums >= observed * (1.0 - _SAME)).sum())
        tried += len(flips)
    return _p_value(beyond, tried, len(differences), resamples)


def swaps(
    first: Sequence[counted_rows.Rows],
    second: Sequence[counted_rows.Rows],
    units: np.ndarray,
    resamples: int,
    seed: int,
) -> dict[str, float]:
    """Tests whether two models differ in any metric, by swapping their answers to some rows.

    The same thought as `sign_flips`, for metrics that are no means of rows.

    Args:
        first: A model's answers, one `Rows` for each seed that it was trained with.
        second: The other model's, as many.
        units: The unit that each row belongs to, numbered from 0 without gaps, `(rows,)`.
        resamples: Swaps to try at most.
        seed: Of their sample.

    Returns:
        Metric to its two-sided p-value; NaN where it is undefined on the rows themselves.

    References:
        Noreen 1989, "Computer-Intensive Methods for Testing Hypotheses", sec. 3A; Yeh 2000, sec. 3,
        arXiv:cs/0008005
    """
    both = [one.followed_by(other) for one, other in zip(first, second, strict=True)]
    count = int(units.max(initial=-1)) + 1
    observed = _differences(both, np.zeros((1, count)), units)
    beyond, tried = dict.fromkeys(observed, 0), 0
    for flips in _flips(count, resamples, seed):
        for metric, values in _differences(both, flips, units).items():
            # A swap that leaves the metric undefined is no evidence against chance.
            known = np.abs(observed[metric][0]) * (1.0 - _SAME)
            beyond[metric] += int((~(np.abs(values) < known)).sum())
        tried += len(flips)
    return {
        metric: _p_value(beyond[metric], tried, count, resamples)
        if np.isfinite(values[0])
        else float("nan")
        for metric, values in observed.items()
    }


def holm(p_values: Sequence[float]) -> list[float]:
    """Corrects p-values for their number, so that one below alpha by chance has chance alpha.

    NaN stays NaN and does not count.

    References:
        Holm 1979, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6
    """
    order = [i for i in np.argsort(p_values, kind="stable") if np.isfinite(p_values[i])]
    corrected, highest = [float("nan")] * len(p_values), 0.0
    for place, i in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - place) * p_values[i]))
        corrected[i] = highest
    return corrected


def _differences(
    both: Sequence[counted_rows.Rows], flips: np.ndarray, units: np.ndarray
) -> dict[str, np.ndarray]:
    """Computes metric to the models' difference `(choices,)` where `flips` swaps units."""
    of_rows = flips[:, units]
    own, swapped = 1.0 - of_rows, of_rows  # (choices, rows)
    one, other = np.hstack([own, swapped]), np.hstack([swapped, own])
    of_seeds = [(rows.metrics(one), rows.metrics(other)) for rows in both]
    return {
        metric: np.mean([left[metric] - right[metric] for left, right in of_seeds], axis=0)
        for metric in of_seeds[0][0]
    }


def _flips(count: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Yields 0 and 1 `(some, count)`: all there are, or a sample where they are too many."""
    at_once = max(1, _MAX_NUMBERS // max(count, 1))
    exact = _is_exact(count, resamples)
    generator = np.random.default_rng(seed)
    whole = 2**count if exact else resamples
    for start in range(0, whole, at_once):
        numbers = np.arange(start, min(start + at_once, whole))
        if exact:
            yield ((numbers[:, None] >> np.arange(count)) & 1).astype(np.float64)
        else:
            yield generator.integers(0, 2, (len(numbers), count)).astype(np.float64)


def _p_value(beyond: int, tried: int, count: int, resamples: int) -> float:
    if _is_exact(count, resamples):
        return beyond / tried
    return (1 + beyond) / (1 + tried)  # what was observed is one of the ways, too


def _is_exact(count: int, resamples: int) -> bool:
    return count < 63 and 2**count <= resamples
