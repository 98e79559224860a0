"""Rows whose counts are kept apart, so that a metric can be computed again of any choice of them.

What resampling needs: the counts of a choice are the rows' own, each times its weight.
"""

import copy
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from scipy import sparse

# Numbers held at once; more rows than that are weighed in parts.
_MAX_NUMBERS = 1 << 22


class Counts(Protocol):
    """What has been seen of a model's answers; that of parts of the data adds up."""

    def add(self, truth: np.ndarray, prediction: np.ndarray, weight: float) -> None:
        """Counts one example: what is true, `(any,)`, and what was answered, `(width,)`."""

    def merge(self, other: Any) -> None:
        """Adds what another part of the data has counted."""

    def metrics(self) -> Mapping[str, float | np.ndarray]:
        """Computes every metric; NaN where the data leaves one undefined."""


class Rows(Protocol):
    """A model's answers to rows, of which any choice can be judged."""

    def __len__(self) -> int:
        """Tells the number of rows."""

    def metrics(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Computes every metric of weighted rows.

        Args:
            weights: How often each row counts, `(choices, rows)`.

        Returns:
            Metric to its values, float64 `(choices,)`; NaN where a choice leaves it undefined.
        """

    def each(self) -> dict[str, np.ndarray]:
        """Computes every metric of each row by itself, `(rows,)`."""

    def taken(self, rows: np.ndarray) -> "Rows":
        """Takes the rows of these numbers, or those that a mask `(rows,)` chooses."""

    def followed_by(self, other: Any) -> "Rows":
        """Puts the rows of another model after these."""


class CountedRows:
    """Rows by the counts of a task, of which every field is a sum.

    Fields may be numbers, arrays, and mappings of ids to numbers; an array of one axis may be
    longer for one row than for another. Any other field is a setting, the same for all rows.

    Args:
        nothing: Counts of nothing seen.
        widths: Field to the numbers that it takes, in the order of `sums`.
        sums: A row of counts for each row of the data, `(rows, sum of widths)`.
    """

    def __init__(self, nothing: Counts, widths: Mapping[str, int], sums: sparse.csr_matrix) -> None:
        self._nothing = nothing
        self._widths = dict(widths)
        self._sums = sums

    @classmethod
    def of(
        cls,
        zeros: Callable[[int], Counts],
        truths: Sequence[np.ndarray],
        answers: Sequence[np.ndarray],
    ) -> "CountedRows":
        """Counts each row by itself.

        Args:
            zeros: Makes the counts of nothing seen, for answers of a width.
            truths: What is true, `(any,)` a row.
            answers: What was answered, `(width,)` a row.
        """
        of_rows = []
        for truth, answer in zip(truths, answers, strict=True):
            counts = zeros(len(answer))
            counts.add(truth, answer, 1.0)
            of_rows.append(_nonzeros(counts))
        nothing = zeros(len(answers[0]) if answers else 1)
        widths = {
            name: max([_width(value), *(int(row[name][0].max(initial=-1)) + 1 for row in of_rows)])
            for name, value in _fields(nothing)
        }
        return cls(nothing, widths, _stacked(of_rows, widths))

    def __len__(self) -> int:
        """Tells the number of rows."""
        rows: int = self._sums.shape[0]
        return rows

    def metrics(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Computes every metric of weighted rows, as `Rows` says."""
        at_once = max(1, _MAX_NUMBERS // max(self._sums.shape[1], 1))
        found: list[Mapping[str, float | np.ndarray]] = []
        transposed = self._sums.T.tocsr()
        for start in range(0, len(weights), at_once):
            part = np.asarray(weights[start : start + at_once], np.float64)
            sums = np.ascontiguousarray((transposed @ part.T).T)  # (choices, widths)
            found += [self._counts(row).metrics() for row in sums]
        return _columns(found)

    def each(self) -> dict[str, np.ndarray]:
        """Computes every metric of each row by itself, `(rows,)`."""
        return _columns(
            [self._counts(self._sums[i].toarray()[0]).metrics() for i in range(len(self))]
        )

    def taken(self, rows: np.ndarray) -> "CountedRows":
        """Takes the rows of these numbers, or those that a mask `(rows,)` chooses."""
        return CountedRows(self._nothing, self._widths, self._sums[rows])

    def followed_by(self, other: "CountedRows") -> "CountedRows":
        """Puts the rows of another model after these."""
        widths = {name: max(w, other._widths[name]) for name, w in self._widths.items()}
        both = sparse.vstack([_widened(rows, widths) for rows in (self, other)], format="csr")
        return CountedRows(self._nothing, widths, both)

    def _counts(self, sums: np.ndarray) -> Counts:
        """Makes counts of their numbers, `(sum of widths,)`."""
        counts, start = copy.copy(self._nothing), 0
        for name, value in _fields(self._nothing):
            numbers = sums[start : start + self._widths[name]]
            start += self._widths[name]
            setattr(counts, name, _shaped(numbers, value))
        return counts


def _columns(found: Sequence[Mapping[str, float | np.ndarray]]) -> dict[str, np.ndarray]:
    """Turns metrics of choices into a column a metric; those that are arrays are left out."""
    names = [name for name, value in found[0].items() if np.ndim(value) == 0] if found else []
    return {name: np.array([row[name] for row in found], np.float64) for name in names}


def _fields(counts: Counts) -> Iterator[tuple[str, Any]]:
    """Yields what adds up, by name."""
    for field in dataclasses.fields(counts):  # type: ignore[arg-type]
        value = getattr(counts, field.name)
        if isinstance(value, float | np.ndarray | dict):
            yield field.name, value


def _nonzeros(counts: Counts) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Lists the places and the values of the numbers that are not 0, by field."""
    found = {}
    for name, value in _fields(counts):
        if isinstance(value, dict):
            places, numbers = np.array(list(value), np.int64), np.array(list(value.values()))
        else:
            flat = np.ravel(value)
            places = np.flatnonzero(flat)
            numbers = flat[places]
        found[name] = places, numbers.astype(np.float64)
    return found


def _width(value: Any) -> int:
    return len(value) if isinstance(value, dict) else int(np.size(value))


def _shaped(numbers: np.ndarray, like: Any) -> Any:
    if isinstance(like, dict):
        return {int(i): float(numbers[i]) for i in np.flatnonzero(numbers)}
    if isinstance(like, float):
        return float(numbers[0])
    return numbers.reshape(like.shape if like.ndim > 1 else -1)


def _stacked(
    of_rows: Sequence[Mapping[str, tuple[np.ndarray, np.ndarray]]], widths: Mapping[str, int]
) -> sparse.csr_matrix:
    starts = dict(zip(widths, np.cumsum([0, *widths.values()])[:-1], strict=True))
    places = [row[name][0] + starts[name] for row in of_rows for name in widths]
    numbers = [row[name][1] for row in of_rows for name in widths]
    lengths = [sum(len(row[name][0]) for name in widths) for row in of_rows]
    nothing = [np.zeros(0)]
    return sparse.csr_matrix(
        (
            np.concatenate(numbers or nothing),
            np.concatenate(places or nothing).astype(np.int64),
            np.cumsum([0, *lengths]),
        ),
        shape=(len(of_rows), sum(widths.values())),
    )


def _widened(rows: CountedRows, widths: Mapping[str, int]) -> sparse.csr_matrix:
    """Gives fields room for what another model's rows have."""
    if rows._widths == dict(widths):
        return rows._sums
    parts, start = [], 0
    for name, width in widths.items():
        had = rows._widths[name]
        room = sparse.csr_matrix((len(rows), width - had))
        parts += [rows._sums[:, start : start + had], room]
        start += had
    return sparse.hstack(parts, format="csr")
