"""Rows of a regression, of which any choice can be judged.

Moments of all choices come from products of matrices; ranks among the chosen rows follow from an
order that is the same for every choice.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from schemas import regression


class RegressionRows:
    """Truths and answers, and every metric of weighted rows.

    Args:
        targets: Names of the targets.
        truths: `(rows, num_targets)`.
        answers: `(rows, num_targets)`.
    """

    def __init__(self, targets: Sequence[str], truths: np.ndarray, answers: np.ndarray) -> None:
        self._targets = tuple(targets)
        self._truths = np.asarray(truths, np.float64).reshape(-1, len(self._targets))
        self._answers = np.asarray(answers, np.float64).reshape(-1, len(self._targets))

    def __len__(self) -> int:
        """Tells the number of rows."""
        return len(self._truths)

    def metrics(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Computes every metric of weighted rows, `(choices, rows)` to `(choices,)` each."""
        weights = np.asarray(weights, np.float64)
        whole = weights.sum(axis=1, keepdims=True)  # (choices, 1)
        errors = self._answers - self._truths
        absolute, squared = weights @ np.abs(errors), weights @ errors**2
        of_truths, of_both, of_answers = _products(weights, self._truths, self._answers)
        ranks = [_ranks(weights, values) for values in (self._truths, self._answers)]
        rank_products = _rank_products(weights, *ranks)
        of_targets = {
            "mse": _ratios(squared, whole),
            "mae": _ratios(absolute, whole),
            "pearson": np.clip(_ratios(of_both, np.sqrt(of_truths * of_answers)), -1.0, 1.0),
            "spearman": rank_products,
            "r2": 1.0 - _ratios(squared, of_truths),
        }
        return _named(of_targets, self._targets)

    def each(self) -> dict[str, np.ndarray]:
        """Computes the errors of each row by itself, `(rows,)`; no row has a correlation."""
        errors = self._answers - self._truths
        undefined = np.full(errors.shape, np.nan)
        of_targets = dict.fromkeys(regression.EACH, undefined)
        return _named(of_targets | {"mse": errors**2, "mae": np.abs(errors)}, self._targets)

    def taken(self, rows: np.ndarray) -> "RegressionRows":
        """Takes the rows of these numbers, or those that a mask `(rows,)` chooses."""
        return RegressionRows(self._targets, self._truths[rows], self._answers[rows])

    def followed_by(self, other: "RegressionRows") -> "RegressionRows":
        """Puts the rows of another model after these."""
        return RegressionRows(
            self._targets,
            np.concatenate([self._truths, other._truths]),
            np.concatenate([self._answers, other._answers]),
        )


def _named(of_targets: Mapping[str, np.ndarray], targets: Sequence[str]) -> dict[str, np.ndarray]:
    """Names the means over the targets, and the values of each where there are several."""
    named = {metric: values.mean(axis=1) for metric, values in of_targets.items()}
    if len(targets) > 1:
        for i, target in enumerate(targets):
            for metric, values in of_targets.items():
                named[regression.of_target(metric, target)] = values[:, i]
    return named


def _products(
    weights: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sums squares and products of differences from the mean, `(choices, num_targets)` each.

    Values are moved by the mean of all rows first, so that small differences of large sums do not
    eat the digits.
    """
    first, second = (
        values - (values.mean(axis=0) if len(values) else 0.0) for values in (first, second)
    )
    whole = np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
    sums = weights @ first, weights @ second
    pairs = ((first, first, 0, 0), (first, second, 0, 1), (second, second, 1, 1))
    squares, between, others = (
        weights @ (one * other) - sums[i] * sums[j] / whole for one, other, i, j in pairs
    )
    return _cleared(squares, weights @ first**2), between, _cleared(others, weights @ second**2)


def _cleared(spread: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Makes 0 of what is left of a constant by rounding."""
    return np.where(spread > 1e-12 * squares, spread, 0.0)


def _ranks(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Ranks weighted rows from 1: those of equal value get the mean of the ranks they take up.

    Returns:
        `(num_targets, choices, rows)`.
    """
    ranks = []
    for column in values.T:
        _, inverse = np.unique(column, return_inverse=True)
        order = np.argsort(inverse, kind="stable")
        starts = np.searchsorted(inverse[order], np.arange(inverse.max(initial=-1) + 1))
        of_value = np.add.reduceat(weights[:, order], starts, axis=1)
        ranks.append((np.cumsum(of_value, axis=1) - (of_value - 1.0) / 2.0)[:, inverse])
    return np.stack(ranks)


def _rank_products(
    weights: np.ndarray, of_truths: np.ndarray, of_answers: np.ndarray
) -> np.ndarray:
    """Computes the correlation of ranks, `(choices, num_targets)`."""
    # The mean of the ranks 1..n, however many of them are shared.
    mean = (weights.sum(axis=1, keepdims=True) + 1.0) / 2.0
    first, second = of_truths - mean, of_answers - mean  # (num_targets, choices, rows)
    spread = np.sqrt((weights * first**2).sum(axis=-1) * (weights * second**2).sum(axis=-1))
    products = (weights * first * second).sum(axis=-1)
    return np.clip(_ratios(products, spread), -1.0, 1.0).T


def _ratios(parts: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divides; NaN where the whole is 0."""
    whole = np.broadcast_to(whole, parts.shape)
    return np.divide(parts, whole, out=np.full(parts.shape, np.nan), where=whole > 0)
