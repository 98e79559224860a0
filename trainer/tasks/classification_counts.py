"""Counts from which every metric of a classifier follows, and the metrics.

Plain NumPy: counts of several batches, slices or workers add up, so one pass serves all metrics.
"""

import dataclasses
import math

import numpy as np

from trainer.tasks import score_bins

# The usual number for expected calibration error (Guo et al. 2017).
CALIBRATION_BINS = 15


@dataclasses.dataclass
class Counts:
    """What has been seen of a classifier's answers.

    Attributes:
        confusion: `(num_classes, num_classes)`; row is the true class, column the predicted one.
        scores: As `score_bins` has them.
        calibration: `(3, CALIBRATION_BINS)`; examples, hits and summed confidence by confidence.
        log_loss: Summed cross-entropy, in nats.
    """

    confusion: np.ndarray
    scores: np.ndarray
    calibration: np.ndarray
    log_loss: float

    @classmethod
    def zeros(cls, num_classes: int) -> "Counts":
        """Makes the counts of nothing seen."""
        return cls(
            confusion=np.zeros((num_classes, num_classes)),
            scores=score_bins.zeros(num_classes),
            calibration=np.zeros((3, CALIBRATION_BINS)),
            log_loss=0.0,
        )

    def add(self, truth: np.ndarray, probabilities: np.ndarray, weight: float) -> None:
        """Counts one example: its true class `(1,)` and the probabilities `(num_classes,)`."""
        label = int(truth[0])
        predicted = int(np.argmax(probabilities))
        confidence = float(probabilities[predicted])
        self.confusion[label, predicted] += weight
        is_label = (np.arange(len(probabilities)) == label).astype(np.int64)
        score_bins.add(self.scores, is_label, probabilities, weight)
        hit = float(predicted == label)
        self.calibration[:, score_bins.bins(confidence, CALIBRATION_BINS)] += weight * np.array(
            [1.0, hit, confidence]
        )
        floor = float(np.finfo(np.float32).tiny)  # a probability of 0 costs 87 nats, not infinity
        self.log_loss -= weight * math.log(max(float(probabilities[label]), floor))

    def merge(self, other: "Counts") -> None:
        """Adds what another part of the data has counted."""
        self.confusion += other.confusion
        self.scores += other.scores
        self.calibration += other.calibration
        self.log_loss += other.log_loss

    def metrics(self) -> dict[str, float | np.ndarray]:
        """Computes every metric; macro ones are means over the classes that occur.

        Returns:
            `accuracy`, `precision`, `recall`, `f1`, `auc`, `cross_entropy` (nats),
            `calibration_error`, and `confusion_matrix` `(num_classes, num_classes)`. A metric
            that this data leaves undefined, such as the AUC of a single class, is NaN.
        """
        total = self.confusion.sum()
        hits = np.diag(self.confusion)
        actual, predicted = self.confusion.sum(axis=1), self.confusion.sum(axis=0)
        occurs = actual > 0
        return {
            "accuracy": _ratio(hits.sum(), total),
            # A class that is never predicted has precision 0, as scikit-learn's default has it.
            "precision": _mean(np.divide(hits, np.maximum(predicted, 1e-12))[occurs]),
            "recall": _mean(np.divide(hits, np.maximum(actual, 1e-12))[occurs]),
            "f1": _mean((2 * hits / np.maximum(actual + predicted, 1e-12))[occurs]),
            "auc": score_bins.mean_auc(self.scores),
            "cross_entropy": _ratio(self.log_loss, total),
            "calibration_error": self._calibration_error(),
            "confusion_matrix": self.confusion.copy(),
        }

    def _calibration_error(self) -> float:
        """Computes the expected gap between confidence and accuracy over equal-width bins.

        References:
            Guo et al. 2017, eq. 3, arXiv:1706.04599
        """
        examples, hits, confidence = self.calibration
        return _ratio(float(np.abs(hits - confidence).sum()), examples.sum())


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _mean(values: np.ndarray) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
