"""Sums from which every metric of a language model follows, and the metrics.

Plain NumPy: those of several batches, slices or workers add up, so one pass serves all metrics.
"""

import dataclasses
import math

import numpy as np

from schemas import tokens


@dataclasses.dataclass
class Counts:
    """What has been seen of a language model's answers.

    Attributes:
        totals: Nats, tokens, characters, and tokens that were the likeliest: float64 `(4,)`.
        tokens: How often each was to be told, by its id: float64 `(any,)`.
    """

    totals: np.ndarray
    tokens: np.ndarray

    @classmethod
    def zeros(cls) -> "Counts":
        """Makes the sums of nothing seen."""
        return cls(np.zeros(4), np.zeros(0))

    def add(self, truth: np.ndarray, totals: np.ndarray, weight: float) -> None:
        """Counts one text: ids of its tokens, 0 after them, and its own totals `(4,)`."""
        self.totals = self.totals + weight * totals.astype(np.float64)
        told = np.bincount(truth[truth != tokens.PAD_ID].astype(np.int64)).astype(np.float64)
        self.tokens = _sum(self.tokens, weight * told)

    def merge(self, other: "Counts") -> None:
        """Adds what another part of the data has counted."""
        self.totals = self.totals + other.totals
        self.tokens = _sum(self.tokens, other.tokens)

    def metrics(self) -> dict[str, float]:
        """Computes every metric of `schemas.language_model`; NaN where there is no token."""
        nats, count, characters, hits = self.totals.tolist()
        cross_entropy = nats / count if count else math.nan
        entropy = self._entropy()
        return {
            "cross_entropy": cross_entropy,
            "perplexity": math.exp(min(cross_entropy, 700.0)),  # beyond it floats end
            "bits_per_character": nats / math.log(2.0) / characters if characters else math.nan,
            "accuracy": hits / count if count else math.nan,
            "explained": 1.0 - cross_entropy / entropy if entropy else math.nan,
        }

    def _entropy(self) -> float:
        """Estimates the entropy of a token, in nats, for one who knows how frequent each is.

        References:
            Miller 1955, "Note on the bias of information estimates", for what few tokens lack
        """
        seen = self.tokens[self.tokens > 0]
        whole = seen.sum()
        if not whole:
            return 0.0
        shares = seen / whole
        return float(-(shares * np.log(shares)).sum() + (len(seen) - 1) / (2.0 * whole))


def _sum(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Adds counts of which one may know fewer ids."""
    width = max(len(one), len(other))
    padded = [np.pad(counts, (0, width - len(counts))) for counts in (one, other)]
    summed: np.ndarray = padded[0] + padded[1]
    return summed
