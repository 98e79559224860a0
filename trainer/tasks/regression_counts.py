"""Sums from which every metric of a regression follows, and the metrics.

Plain NumPy: those of several batches, slices or workers add up, so one pass serves all metrics.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from schemas import regression
from trainer.tasks import rank_sample


@dataclasses.dataclass
class Counts:
    """What has been seen of a regression's answers; arrays are `(num_targets,)`.

    Attributes:
        targets: Names of the targets.
        weight: Examples seen.
        absolute: Summed absolute errors.
        squared: Summed squared errors.
        means: Means of truth and answer, `(2, num_targets)`.
        products: Summed products of their differences from the means, `(2, 2, num_targets)`.
        ranked: The rows that ranks are made of, which take no notice of weights.
    """

    targets: tuple[str, ...]
    weight: float
    absolute: np.ndarray
    squared: np.ndarray
    means: np.ndarray
    products: np.ndarray
    ranked: rank_sample.RankSample

    @classmethod
    def zeros(cls, targets: Sequence[str]) -> "Counts":
        """Makes the sums of nothing seen."""
        width = len(targets)
        return cls(
            targets=tuple(targets),
            weight=0.0,
            absolute=np.zeros(width),
            squared=np.zeros(width),
            means=np.zeros((2, width)),
            products=np.zeros((2, 2, width)),
            ranked=rank_sample.RankSample(width),
        )

    def add(self, truth: np.ndarray, answer: np.ndarray, weight: float) -> None:
        """Counts one example: what is true and what was answered, `(num_targets,)` each."""
        both = np.stack([truth, answer]).astype(np.float64)
        error = np.abs(both[1] - both[0])
        self.absolute += weight * error
        self.squared += weight * error**2
        self._merge_moments(weight, both, np.zeros_like(self.products))
        self.ranked.add(both)

    def merge(self, other: "Counts") -> None:
        """Adds what another part of the data has counted."""
        self.absolute = self.absolute + other.absolute
        self.squared = self.squared + other.squared
        self._merge_moments(other.weight, other.means, other.products)
        self.ranked.merge(other.ranked)

    def _merge_moments(self, weight: float, means: np.ndarray, products: np.ndarray) -> None:
        """Adds means and products of another part.

        References:
            Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance", eq. 2.1,
            doi:10.1080/00031305.1983.10483115; Pébay 2008, eq. 3.11, for products
        """
        whole = self.weight + weight
        if not whole:
            return
        apart = means - self.means  # (2, num_targets)
        between = apart[:, None] * apart[None, :]
        self.products = self.products + products + between * (self.weight * weight / whole)
        self.means = self.means + apart * (weight / whole)
        self.weight = whole

    def metrics(self) -> dict[str, float]:
        """Computes every metric.

        Returns:
            Those of `schemas.regression`; of several targets their means first, then those of each.
            A metric that this data leaves undefined is NaN: a correlation with a constant, and so
            the mean over targets that it enters into.
        """
        of_targets = {
            "mse": _ratios(self.squared, self.weight),
            "mae": _ratios(self.absolute, self.weight),
            "pearson": _pearson(self.products),
            "spearman": self.ranked.spearman(),
            "r2": 1.0 - _ratios(self.squared, self.products[0, 0]),
        }
        return _named(of_targets, self.targets)


def _named(of_targets: Mapping[str, np.ndarray], targets: Sequence[str]) -> dict[str, float]:
    """Names the means over the targets and, where there are several, the values of each."""
    named = {metric: float(np.mean(values)) for metric, values in of_targets.items()}
    if len(targets) > 1:
        for i, target in enumerate(targets):
            for metric, values in of_targets.items():
                named[regression.of_target(metric, target)] = float(values[i])
    return named


def _pearson(products: np.ndarray) -> np.ndarray:
    """Computes the correlation of truth and answer of each target, `(num_targets,)`."""
    spread = np.sqrt(products[0, 0] * products[1, 1])
    return np.clip(_ratios(products[0, 1], spread), -1.0, 1.0)


def _ratios(parts: np.ndarray, whole: np.ndarray | float) -> np.ndarray:
    """Divides; NaN where the whole is 0."""
    whole = np.broadcast_to(whole, parts.shape)
    return np.divide(parts, whole, out=np.full(parts.shape, np.nan), where=whole > 0)
