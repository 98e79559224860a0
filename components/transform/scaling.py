"""Numbers to learn, brought to mean 0 and standard deviation 1 as the train split has them."""

import dataclasses
import functools
import os
from collections.abc import Iterable, Sequence

import apache_beam as beam
import numpy as np
import tensorflow as tf
import tensorflow_transform.beam as tft_beam

from components.transform import analyzer
from schemas import errors, features


def standardize(values: tf.Tensor, names: Sequence[str]) -> tf.Tensor:
    """Subtracts the mean of each column and divides by its standard deviation.

    Both are learned in one pass, in float64, and stand in the asset `features.TARGET_SCALES`: a
    line a column with name, mean and standard deviation, parted by tabs.

    Args:
        values: Float32 tensor `(batch, num_columns)`, finite.
        names: Names of the columns.

    Returns:
        Float32 tensor of the same shape.

    Raises:
        DataError: In the analysis, if a column has the same value in all rows.
    """
    width = len(names)
    values = tf.ensure_shape(tf.cast(values, tf.float64), [None, width])
    vector = tf.TensorSpec([width], tf.float64)
    _, means, deviations = analyzer.apply(
        _LearnScales(tuple(names)), features.TARGET_SCALES, (values,), (vector, vector)
    )
    return tf.cast((values - means) / deviations, tf.float32)


@dataclasses.dataclass(frozen=True)
class Moments:
    """Counts, means and sums of squared differences from the mean, which add up.

    Attributes:
        count: Rows.
        means: `(num_columns,)`.
        squares: Sum of (value - mean)², `(num_columns,)`.
    """

    count: int
    means: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray) -> "Moments":
        """Computes those of rows `(rows, num_columns)`."""
        if not len(values):
            nothing = np.zeros(values.shape[1])
            return cls(0, nothing, nothing)
        means = values.mean(axis=0)
        return cls(len(values), means, np.square(values - means).sum(axis=0))

    def merged(self, other: "Moments") -> "Moments":
        """Computes those of both parts together.

        References:
            Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance", eq. 2.1,
            doi:10.1080/00031305.1983.10483115
        """
        count = self.count + other.count
        if not count:
            return self
        apart = other.means - self.means
        return Moments(
            count,
            self.means + apart * (other.count / count),
            self.squares + other.squares + apart**2 * (self.count * other.count / count),
        )

    def deviations(self, names: Sequence[str]) -> np.ndarray:
        """Computes the standard deviations of the population, `(num_columns,)`.

        Raises:
            DataError: If one is 0 within float64's rounding of the column's values.
        """
        deviations = np.sqrt(self.squares / max(self.count, 1))
        for name, mean, deviation in zip(names, self.means, deviations, strict=True):
            if deviation <= 1e-12 * abs(mean):
                raise errors.DataError(
                    f"`{name}` must have at least 2 different values in the train split to be "
                    f"learned. Received: {mean:g} in all of {self.count:,} rows"
                )
        return deviations


class _LearnScales(tft_beam.experimental.PTransformAnalyzer):
    """Batches of `(values,)` in; the asset's path, the means and the standard deviations out."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self._names = names

    def expand(self, batches: beam.PCollection) -> tuple[beam.PCollection, ...]:
        """Combines the moments, then writes."""
        path = os.path.join(self.base_temp_dir, features.TARGET_SCALES)  # noqa: PTH118 - a URI
        moments = (
            batches
            | "Moments" >> beam.Map(lambda batch: Moments.of(np.asarray(batch[0])))
            | "Merge" >> beam.CombineGlobally(functools.partial(_merge, width=len(self._names)))
        )
        return (
            moments | "Write" >> beam.Map(_write, self._names, path),
            moments | "Means" >> beam.Map(lambda merged: merged.means),
            moments | "Deviations" >> beam.Map(lambda merged: merged.deviations(self._names)),
        )


def _merge(parts: Iterable[Moments], width: int) -> Moments:
    return functools.reduce(Moments.merged, parts, Moments.of(np.zeros((0, width))))


def _write(moments: Moments, names: Sequence[str], path: str) -> np.ndarray:
    columns = zip(names, moments.means, moments.deviations(names), strict=True)
    return analyzer.write_lines([f"{n}\t{mean!r}\t{std!r}" for n, mean, std in columns], path)
