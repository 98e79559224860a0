"""Rows that have a score each, of which the metric is the mean."""

import numpy as np


class ScoredRows:
    """A model's scores, or people's.

    Args:
        metric: Name of the mean of the scores.
        scores: `(rows,)`.
    """

    def __init__(self, metric: str, scores: np.ndarray) -> None:
        self._metric = metric
        self._scores = np.asarray(scores, np.float64)

    def __len__(self) -> int:
        """Tells the number of rows."""
        return len(self._scores)

    def metrics(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Computes the mean of weighted rows, `(choices, rows)` to `(choices,)`; NaN of none."""
        whole = weights.sum(axis=1)
        undefined = np.full(len(weights), np.nan)
        means = np.divide(weights @ self._scores, whole, out=undefined, where=whole > 0)
        return {self._metric: means}

    def each(self) -> dict[str, np.ndarray]:
        """Gives the scores, `(rows,)`."""
        return {self._metric: self._scores}

    def taken(self, rows: np.ndarray) -> "ScoredRows":
        """Takes the rows of these numbers, or those that a mask `(rows,)` chooses."""
        return ScoredRows(self._metric, self._scores[rows])

    def followed_by(self, other: "ScoredRows") -> "ScoredRows":
        """Puts the rows of another model after these."""
        return ScoredRows(self._metric, np.concatenate([self._scores, other._scores]))
