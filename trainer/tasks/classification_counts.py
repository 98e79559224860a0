"""Counts from which every metric of a classifier follows, and the metrics.

Plain NumPy: counts of several batches, slices or workers add up, so one pass serves all metrics.
"""

import dataclasses
import math

import numpy as np

# Scores are counted in bins, so that memory does not grow with the rows: AUC is exact up to ties
# within a thousandth of probability.
SCORE_BINS = 1000
# The usual number for expected calibration error (Guo et al. 2017).
CALIBRATION_BINS = 15


@dataclasses.dataclass
class Counts:
    """What has been seen of a classifier's answers.

    Attributes:
        confusion: `(num_classes, num_classes)`; row is the true class, column the predicted one.
        scores: `(2, num_classes, SCORE_BINS)`; how often a class got a probability in the bin
            when it was not (0) and when it was (1) the true class.
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
            scores=np.zeros((2, num_classes, SCORE_BINS)),
            calibration=np.zeros((3, CALIBRATION_BINS)),
            log_loss=0.0,
        )

    def add(self, label: int, probabilities: np.ndarray, weight: float) -> None:
        """Counts one example: its true class and the probabilities `(num_classes,)` given."""
        num_classes = len(probabilities)
        predicted = int(np.argmax(probabilities))
        confidence = float(probabilities[predicted])
        self.confusion[label, predicted] += weight
        is_label = (np.arange(num_classes) == label).astype(np.int64)
        self.scores[is_label, np.arange(num_classes), _bins(probabilities, SCORE_BINS)] += weight
        hit = float(predicted == label)
        self.calibration[:, _bins(confidence, CALIBRATION_BINS)] += weight * np.array(
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
            "auc": self._auc(),
            "cross_entropy": _ratio(self.log_loss, total),
            "calibration_error": self._calibration_error(),
            "confusion_matrix": self.confusion.copy(),
        }

    def _auc(self) -> float:
        """Computes the mean one-against-the-rest area under the ROC curve.

        References:
            Fawcett 2006, sec. 7 and 9, doi:10.1016/j.patrec.2005.10.010
        """
        negatives, positives = self.scores
        below = np.cumsum(negatives, axis=1) - negatives
        ranked_above = np.sum(positives * (below + 0.5 * negatives), axis=1)
        pairs = positives.sum(axis=1) * negatives.sum(axis=1)
        return _mean((ranked_above / np.maximum(pairs, 1e-12))[pairs > 0])

    def _calibration_error(self) -> float:
        """Computes the expected gap between confidence and accuracy over equal-width bins.

        References:
            Guo et al. 2017, eq. 3, arXiv:1706.04599
        """
        examples, hits, confidence = self.calibration
        return _ratio(float(np.abs(hits - confidence).sum()), examples.sum())


def _bins(probabilities: np.ndarray | float, count: int) -> np.ndarray:
    """Finds the bin of each probability; 1.0 falls into the last."""
    return np.clip((np.asarray(probabilities) * count).astype(np.int64), 0, count - 1)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _mean(values: np.ndarray) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
