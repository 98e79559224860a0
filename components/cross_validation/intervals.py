"""Where a mean over folds lies."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy import stats


@dataclasses.dataclass(frozen=True)
class Interval:
    """A mean over folds, and where it lies.

    Attributes:
        mean: Over the folds.
        low: Lower end.
        high: Upper end.
    """

    mean: float
    low: float
    high: float


def corrected(
    values: Sequence[float], held_out: float, learned_from: float, alpha: float
) -> Interval:
    """Computes the corrected resampled t interval of a mean over folds.

    The trainings of two folds share most of their rows, so that what they come to is not
    independent, and the variance of the mean is not a k-th of theirs. It is taken to be

        (1 / k + n2 / n1) * s^2,  s^2 = sum_j (x_j - mean)^2 / (k - 1)

    for k folds, n1 rows to learn from and n2 held out; the interval is the mean, and the
    1 - alpha / 2 quantile of Student's t with k - 1 degrees of freedom times the root of that on
    either side. With n2 = 0 it would be the usual one, which is too narrow.

    Args:
        values: Of each fold, or differences of two models in each, two at least.
        held_out: Rows of a fold, n2; their mean where folds differ.
        learned_from: Rows of the others, n1.
        alpha: The interval misses with about this chance.

    Raises:
        ValueError: If there are fewer than two values.

    References:
        Nadeau and Bengio 2003, "Inference for the Generalization Error", the corrected resampled
        t-test, doi:10.1023/A:1024068626366; Bouckaert and Frank 2004, sec. 3.2,
        doi:10.1007/978-3-540-24775-3_3
    """
    if len(values) < 2:
        raise ValueError(f"`values` must be at least 2. Received: {len(values)}")
    count, mean = len(values), float(np.mean(values))
    variance = (1.0 / count + held_out / learned_from) * float(np.var(values, ddof=1))
    half = float(stats.t.ppf(1.0 - alpha / 2.0, count - 1)) * variance**0.5
    return Interval(mean, mean - half, mean + half)
