"""Counts of values beside each other by split: labels, categories, words."""

import dataclasses
from collections.abc import Mapping, Sequence


@dataclasses.dataclass(frozen=True)
class Cell:
    """How often a value stands in a split.

    Attributes:
        count: Rows.
        share: Of all that was counted in the split, 0 to 1.
        length: Of its bar: the share over the largest one of the table, 0 to 1.
    """

    count: int
    share: float
    length: float


@dataclasses.dataclass(frozen=True)
class Bars:
    """Values, and how often each stands in each split.

    Attributes:
        rows: Value and its cell for each split; None where it was not counted.
        left_out: How many values that were counted are not shown.
    """

    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]
    left_out: int


def compare(
    counts: Sequence[Mapping[str, int]],
    totals: Sequence[int],
    limit: int,
    complete: Sequence[bool] | None = None,
) -> Bars:
    """Puts counts beside each other, the most frequent of the first split first.

    Args:
        counts: Value to its count, for each split.
        totals: The whole of each split.
        limit: Values shown, at most. Values that the first split lacks are among them: a label
            that train has never seen must not be hidden behind others.
        complete: For each split, whether a value that is not counted does not stand there; where
            only the most frequent were counted, it may. By default all are.
    """
    complete = complete or [True] * len(counts)
    shown, left_out = _choose(counts, limit)
    shares = [
        [each.get(value, 0) / total if total else 0.0 for value in shown]
        for each, total in zip(counts, totals, strict=True)
    ]
    largest = max((share for split in shares for share in split), default=0.0) or 1.0
    columns = [
        [
            Cell(each.get(value, 0), share, share / largest) if value in each or whole else None
            for value, share in zip(shown, split, strict=True)
        ]
        for each, split, whole in zip(counts, shares, complete, strict=True)
    ]
    return Bars(tuple(zip(shown, zip(*columns, strict=True), strict=True)), left_out)


def _choose(counts: Sequence[Mapping[str, int]], limit: int) -> tuple[list[str], int]:
    """Takes the values that are shown, in order; tells how many are left out."""
    merged: dict[str, None] = {}
    for each in counts:
        merged.update(dict.fromkeys(sorted(each, key=lambda value: (-each[value], value))))
    values = list(merged)
    first = [value for value in values if value in counts[0]] if counts else []
    others = values[len(first) :]
    shown = first[: max(limit - len(others), limit // 2)]
    shown += others[: limit - len(shown)]
    return shown, len(values) - len(shown)
