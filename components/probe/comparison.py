"""Compares answers to the same rows, number by number and text by text."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np

Answer = Mapping[str, np.ndarray]
# Deviations of an answer from the one that is wanted, by output; an element each.
Deviations = Mapping[str, np.ndarray]
IsTie = Callable[[Answer, Answer, Deviations], bool]

# Of an output's largest number: what is smaller is noise beside it.
_NOISE = 1e-7


@dataclasses.dataclass(frozen=True)
class Difference:
    """An answer that is not the one that is wanted.

    Attributes:
        row: Its number.
        output: The output that is furthest off, with the place in it.
        wanted: What it was to be.
        got: What it was.
    """

    row: int
    output: str
    wanted: str
    got: str


@dataclasses.dataclass(frozen=True)
class Compared:
    """What a comparison has found.

    Attributes:
        rows: How many were compared.
        largest: The largest deviation of a number in answers that do not differ.
        differences: Rows whose answers differ, but for ties.
        ties: Rows whose answers differ because what decides is as good as equal.
    """

    rows: int
    largest: float
    differences: tuple[Difference, ...]
    ties: tuple[Difference, ...]


def compare(
    wanted: Sequence[Answer], got: Sequence[Answer], tolerance: float, is_tie: IsTie
) -> Compared:
    """Compares answers row by row.

    Numbers are to be within the tolerance, as a share of the number or of the spread of such
    numbers over the rows, whichever is larger: so probabilities, nats and targets in units of their
    own are held to one rule. All else is to be equal. Where one answer is longer than the other,
    as a batch is padded, only padding may stand there: zeros, or empty text.

    Args:
        wanted: Output to value for each row, without the batch axis.
        got: The same, of another way to ask; may have more outputs.
        tolerance: As above.
        is_tie: Tells whether a row may well come out either way.
    """
    scales = _scales(wanted)
    largest, differences, ties = 0.0, [], []
    for i, (right, told) in enumerate(zip(wanted, got, strict=True)):
        deviations = {
            name: _deviations(value, told.get(name), scales.get(name, 0.0))
            for name, value in right.items()
        }
        of_row = max((float(d.max(initial=0.0)) for d in deviations.values()), default=0.0)
        if of_row <= tolerance:
            largest = max(largest, of_row)
        elif is_tie(right, told, deviations):
            ties.append(_difference(i, right, told, deviations))
        else:
            differences.append(_difference(i, right, told, deviations))
    return Compared(len(wanted), largest, tuple(differences), tuple(ties))


def rows_of(outputs: Answer, count: int) -> list[Answer]:
    """Takes the answers to a batch apart."""
    return [{name: value[i, ...] for name, value in outputs.items()} for i in range(count)]


def _scales(wanted: Sequence[Answer]) -> dict[str, np.ndarray]:
    """Computes the spread of each output's numbers: for each place, where all rows have it."""
    scales = {}
    for name, first in wanted[0].items() if wanted else ():
        values = [np.asarray(row[name]) for row in wanted]
        if first.dtype.kind != "f":
            continue
        alike = all(value.shape == first.shape for value in values)
        numbers = np.stack(values) if alike else np.concatenate([v.ravel() for v in values])
        finite = np.where(np.isfinite(numbers), numbers, 0.0).astype(np.float64)
        floor = _NOISE * np.abs(finite).max(initial=0.0)
        scales[name] = np.maximum(finite.std(axis=0) if len(finite) else 0.0, floor)
    return scales


def _deviations(
    wanted: np.ndarray, got: np.ndarray | None, scale: np.ndarray | float
) -> np.ndarray:
    """Computes how far each element is off; infinite where it is no number, or not there."""
    if got is None or got.dtype.kind != wanted.dtype.kind or got.ndim != wanted.ndim:
        return np.array([np.inf])
    right, told = _padded(wanted, got)
    if right.dtype.kind != "f":
        return np.where(right == told, 0.0, np.inf)
    right, told = right.astype(np.float64), told.astype(np.float64)
    if right.shape != wanted.shape or np.ndim(scale) != right.ndim:
        scale = np.max(scale, initial=0.0)  # of no place in particular
    unit = np.maximum(np.abs(right), scale)
    with np.errstate(invalid="ignore", divide="ignore"):
        off = np.abs(told - right) / unit
    # Equal numbers are none off, be they 0; what is not finite never equals.
    off = np.where((right == told) & np.isfinite(right), 0.0, off)
    return np.where(np.isfinite(off), off, np.inf)


def _padded(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pads both to the longer of each axis, with zeros or empty text."""
    shape = np.maximum(first.shape, second.shape)
    filler = b"" if first.dtype.kind == "O" else 0
    padded = []
    for value in (first, second):
        after = [(0, int(most - length)) for most, length in zip(shape, value.shape, strict=True)]
        padded.append(np.pad(value, after, constant_values=filler) if any(shape) else value)
    return padded[0], padded[1]


def _difference(
    row: int, wanted: Answer, got: Answer, deviations: Mapping[str, np.ndarray]
) -> Difference:
    """Names what is furthest off."""
    name = max(deviations, key=lambda each: float(deviations[each].max(initial=0.0)))
    if name not in got or deviations[name].ndim != np.ndim(wanted[name]):
        return Difference(row, name, _spelled(wanted[name]), _spelled(got.get(name)))
    place = np.unravel_index(int(deviations[name].argmax()), deviations[name].shape)
    right, told = _padded(wanted[name], got[name])
    where = f"[{', '.join(map(str, place))}]" if place else ""
    return Difference(row, f"{name}{where}", _spelled(right[place]), _spelled(told[place]))


def _spelled(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bytes):
        return repr(value.decode("utf-8", "replace")[:60])
    if isinstance(value, np.ndarray) and value.ndim:
        return f"{value.dtype} {value.shape}"
    number = np.asarray(value)
    if number.dtype.kind == "O":
        return _spelled(number.item())
    return f"{float(number):.6g}" if number.dtype.kind == "f" else str(number)
