"""Correlation of ranks, in memory that does not grow with the rows.

Ranks need all rows at once. Up to `LIMIT` of them are kept, and the correlation is exact. Of more,
those with the smallest digests of their numbers are kept: a sample as good as a random one, and the
same whichever worker has seen which row. Its correlation is off by about 1 / sqrt(LIMIT), 0.003.
"""

import numpy as np

LIMIT = 100_000
_MAX_BLOCKS = 1_000


class RankSample:
    """Pairs of truth and answer: those of at most `limit` rows, and of a block not yet cut.

    Args:
        num_targets: Numbers that each row has of both.
        limit: Rows that are kept.
    """

    def __init__(self, num_targets: int, limit: int = LIMIT) -> None:
        self._limit = limit
        self._blocks = [np.zeros((0, 2, num_targets))]

    def add(self, row: np.ndarray) -> None:
        """Adds one row `(2, num_targets)`: the truth, then the answer."""
        self._put([row[None]])

    def merge(self, other: "RankSample") -> None:
        """Adds the rows of another part of the data."""
        self._put(other._blocks)

    def _put(self, blocks: list[np.ndarray]) -> None:
        self._blocks += blocks
        # Many small arrays would take several times the memory of their numbers.
        if len(self._blocks) > _MAX_BLOCKS:
            self._settle()

    def spearman(self) -> np.ndarray:
        """Computes the correlation of the ranks of each target, `(num_targets,)`.

        Equal numbers share the mean of their ranks. NaN where one side is constant.

        References:
            Spearman 1904, "The proof and measurement of association between two things",
            doi:10.2307/1412159
        """
        of_targets = np.moveaxis(self._settle(), 0, -1)  # (2, num_targets, rows)
        truths, answers = of_targets
        return np.array([_correlation(t, a) for t, a in zip(truths, answers, strict=True)])

    def _settle(self) -> np.ndarray:
        """Keeps as many rows as there is room for, and returns them `(rows, 2, num_targets)`."""
        kept = np.concatenate(self._blocks)
        if len(kept) > self._limit:
            digests = _digests(kept.reshape(len(kept), -1))
            kept = kept[np.argpartition(digests, self._limit)[: self._limit]]
        self._blocks = [kept]
        return kept


def _correlation(truth: np.ndarray, answer: np.ndarray) -> float:
    if not len(truth):
        return float("nan")
    ranks = [_ranks(values) for values in (truth, answer)]
    first, second = (rank - rank.mean() for rank in ranks)
    spread = np.sqrt(np.square(first).sum() * np.square(second).sum())
    return float(np.clip((first * second).sum() / spread, -1.0, 1.0)) if spread else float("nan")


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks values `(rows,)` from 1; equal ones get the mean of the ranks that they take up."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse]


def _digests(rows: np.ndarray) -> np.ndarray:
    """Digests float64 rows `(rows, any)` to uint64 `(rows,)`, evenly spread.

    References:
        Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", fig. 17,
        doi:10.1145/2660193.2660195 (SplitMix64's mixing function)
    """
    digests = np.zeros(len(rows), np.uint64)
    bits = np.ascontiguousarray(rows + 0.0).view(np.uint64)  # -0.0 is 0.0
    for column in bits.T:
        digests = (digests ^ column) + np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            digests = (digests ^ (digests >> np.uint64(shift))) * np.uint64(factor)
        digests = digests ^ (digests >> np.uint64(31))
    return digests
