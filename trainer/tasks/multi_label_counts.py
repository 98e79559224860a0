"""Counts from which every metric of a classifier of several labels follows, and the metrics.

Plain NumPy: counts of several batches, slices or workers add up, so one pass serves all metrics.
"""

import dataclasses

import numpy as np

from trainer.tasks import score_bins

THRESHOLD = 0.5  # probability from which a label is answered


@dataclasses.dataclass
class Counts:
    """What has been seen of a classifier's answers.

    Attributes:
        hits: `(num_labels,)`; how often a label was true and answered.
        true: `(num_labels,)`; how often it was true.
        answered: `(num_labels,)`; how often it was answered.
        scores: As `score_bins` has them.
        exact: Examples whose labels were answered all and no others.
        examples: Examples seen.
        log_loss: Summed -log p of the right yes or no, in nats; a mean over the labels of each.
    """

    hits: np.ndarray
    true: np.ndarray
    answered: np.ndarray
    scores: np.ndarray
    exact: float = 0.0
    examples: float = 0.0
    log_loss: float = 0.0

    @classmethod
    def zeros(cls, num_labels: int) -> "Counts":
        """Makes the counts of nothing seen."""
        hits, true, answered = np.zeros((3, num_labels))
        return cls(hits, true, answered, score_bins.zeros(num_labels))

    def add(self, truth: np.ndarray, probabilities: np.ndarray, weight: float) -> None:
        """Counts one example: 0 or 1 for each label, and the probabilities, `(num_labels,)`."""
        truth = truth.astype(np.int64)
        answered = (probabilities >= THRESHOLD).astype(np.int64)
        self.hits += weight * truth * answered
        self.true += weight * truth
        self.answered += weight * answered
        self.exact += weight * float(np.array_equal(truth, answered))
        self.examples += weight
        score_bins.add(self.scores, truth, probabilities, weight)
        right = np.where(truth > 0, probabilities, 1.0 - probabilities)
        floor = float(np.finfo(np.float32).tiny)  # a probability of 0 costs 87 nats, not infinity
        self.log_loss -= weight * float(np.log(np.maximum(right, floor)).mean())

    def merge(self, other: "Counts") -> None:
        """Adds what another part of the data has counted."""
        for field in dataclasses.fields(self):
            total = getattr(self, field.name) + getattr(other, field.name)
            setattr(self, field.name, total)

    def metrics(self) -> dict[str, float]:
        """Computes every metric; macro ones are means over the labels that occur.

        Returns:
            `subset_accuracy`, `f1_micro`, `f1_macro`, `auc`, `cross_entropy` (nats). One that this
            data leaves undefined is NaN.
        """
        relevant = self.true + self.answered
        occurs = self.true > 0
        of_labels = (2 * self.hits / np.maximum(relevant, 1e-12))[occurs]
        return {
            "subset_accuracy": _ratio(self.exact, self.examples),
            "f1_micro": _ratio(2 * self.hits.sum(), relevant.sum()),
            "f1_macro": float(of_labels.mean()) if len(of_labels) else float("nan"),
            "auc": score_bins.mean_auc(self.scores),
            "cross_entropy": _ratio(self.log_loss, self.examples),
        }


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")
