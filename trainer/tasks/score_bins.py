"""Areas under ROC curves from scores counted in bins, so that memory does not grow with the rows.

Exact up to ties within a thousandth of probability.
"""

import numpy as np

COUNT = 1000


def zeros(num_labels: int) -> np.ndarray:
    """Makes the counts of nothing seen.

    Returns:
        `(2, num_labels, COUNT)`: how often a label got a probability in the bin when it was not
        (0) and when it was (1) true.
    """
    return np.zeros((2, num_labels, COUNT))


def add(scores: np.ndarray, is_true: np.ndarray, probabilities: np.ndarray, weight: float) -> None:
    """Counts one example, in place.

    Args:
        scores: What `zeros` has made.
        is_true: 0 or 1 for each label, `(num_labels,)`.
        probabilities: `(num_labels,)`.
        weight: How often it counts.
    """
    scores[is_true, np.arange(len(is_true)), bins(probabilities, COUNT)] += weight


def mean_auc(scores: np.ndarray) -> float:
    """Computes the area of each label against the rest; their mean, NaN where none is defined.

    References:
        Fawcett 2006, sec. 7 and 9, doi:10.1016/j.patrec.2005.10.010
    """
    negatives, positives = scores
    below = np.cumsum(negatives, axis=1) - negatives
    ranked_above = np.sum(positives * (below + 0.5 * negatives), axis=1)
    pairs = positives.sum(axis=1) * negatives.sum(axis=1)
    of_labels = (ranked_above / np.maximum(pairs, 1e-12))[pairs > 0]
    return float(np.mean(of_labels)) if len(of_labels) else float("nan")


def bins(probabilities: np.ndarray | float, count: int) -> np.ndarray:
    """Finds the bin of each probability; 1.0 falls into the last."""
    return np.clip((np.asarray(probabilities) * count).astype(np.int64), 0, count - 1)
