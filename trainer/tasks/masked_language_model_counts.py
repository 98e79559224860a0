"""Sums from which every metric of masked tokens follows, and the metrics. Plain NumPy."""

import dataclasses
import math

import numpy as np


@dataclasses.dataclass
class Counts:
    """What has been seen of a model's answers.

    Attributes:
        loss: Summed -log p of the right tokens, in nats.
        right: Masked tokens that were the likeliest.
        masked: Masked tokens.
        tokens: How often each token was masked, by its id.
    """

    loss: float = 0.0
    right: float = 0.0
    masked: float = 0.0
    tokens: dict[int, float] = dataclasses.field(default_factory=dict)

    def add(self, truth: np.ndarray, answer: np.ndarray, weight: float) -> None:
        """Counts one text.

        Args:
            truth: Ids of its masked tokens, `(any,)`; -1 fills up.
            answer: Its summed loss and how many of them were right, `(2,)`.
            weight: What it counts.
        """
        ids = truth[truth >= 0].astype(int).tolist()
        self.loss += weight * float(answer[0])
        self.right += weight * float(answer[1])
        self.masked += weight * len(ids)
        for token_id in ids:
            self.tokens[token_id] = self.tokens.get(token_id, 0.0) + weight

    def merge(self, other: "Counts") -> None:
        """Adds what another part of the data has counted."""
        self.loss += other.loss
        self.right += other.right
        self.masked += other.masked
        for token_id, count in other.tokens.items():
            self.tokens[token_id] = self.tokens.get(token_id, 0.0) + count

    def metrics(self) -> dict[str, float]:
        """Computes every metric of `schemas.masked_language_model`; NaN where undefined."""
        if not self.masked:
            return dict.fromkeys(
                ("cross_entropy", "pseudo_perplexity", "accuracy", "explained"), math.nan
            )
        cross_entropy = self.loss / self.masked
        entropy = self.entropy()
        return {
            "cross_entropy": cross_entropy,
            # Beyond that the exponential is none of a float64.
            "pseudo_perplexity": math.exp(cross_entropy) if cross_entropy < 700 else math.inf,
            "accuracy": self.right / self.masked,
            "explained": 1.0 - cross_entropy / entropy if entropy > 0 else math.nan,
        }

    def entropy(self) -> float:
        """Computes the entropy of the masked tokens, in nats."""
        shares = np.array(sorted(self.tokens.values()), np.float64) / self.masked
        return float(-np.sum(shares * np.log(shares)))
