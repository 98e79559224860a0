"""Metrics of two runs in a diff: all rows first, then the metric that decides on each slice."""

import typing
from collections.abc import Iterator, Sequence

from pipeline import console_text
from pipeline.lineage_commands import asking

if typing.TYPE_CHECKING:
    from pipeline.lineage.diff import metrics, mover

_ALL_ROWS = "all rows"
_MAX_SLICES = 20


def lines(found: "metrics.Metrics") -> Iterator[str]:
    """Yields what two judged models are worth."""
    whole = [row for row in found.rows if row.slice == _ALL_ROWS]
    slices = [row for row in found.rows if row.slice != _ALL_ROWS and row.metric == found.metric]
    yield f"Metrics  {', '.join(_head(found, whole))}"
    if whole:
        head = ("metric", "A", "B", "B - A", "B is")
        yield from asking.table([head, *(_cells(row.metric, row) for row in whole)], right=())
    if slices:
        yield ""
        slices.sort(key=lambda row: -(row.new_rows or row.old_rows or 0))
        head = (f"{found.metric} by slice", "A", "B", "B - A", "B is")
        shown = [_cells(f"{row.slice}{_rows(row)}", row) for row in slices[:_MAX_SLICES]]
        yield from asking.table([head, *shown], right=())
        if len(slices) > _MAX_SLICES:
            yield f"  and {len(slices) - _MAX_SLICES:,} slices more; --json has all"
    yield f"  {_note(found)}"


def _head(found: "metrics.Metrics", whole: "Sequence[metrics.Row]") -> Iterator[str]:
    if found.old_judged and found.new_judged:
        yield " → ".join(dict.fromkeys([found.old_judged, found.new_judged]))
    old, new = next(((row.old_rows, row.new_rows) for row in whole), (None, None))
    if found.same_rows:
        yield "on the same test rows" if new is None else f"on the same {new:,} test rows"
    else:
        counts = "" if old is None or new is None else f" ({old:,} → {new:,})"
        yield f"on test rows that Ingest made anew{counts}"
    if found.confidence is not None:
        yield f"with {100 * found.confidence:.4g} % intervals"


def _note(found: "metrics.Metrics") -> str:
    if found.no_intervals:
        return f"no intervals of B - A: {found.no_intervals}"
    return (
        "intervals of B - A (MOVER) hold for independent test rows; as far as rows are the same, "
        "they are wide, on the careful side"
    )


def _cells(name: str, row: "metrics.Row") -> tuple[str, ...]:
    return (
        name,
        _measured(row.old),
        _measured(row.new),
        _difference(row.difference),
        row.verdict or "",
    )


def _measured(found: "mover.Measured | None") -> str:
    if found is None:
        return asking.NOTHING
    value = console_text.number(found.value)
    if found.low is None or found.high is None:
        return value
    return f"{value} ({console_text.number(found.low)} to {console_text.number(found.high)})"


def _difference(found: "mover.Measured") -> str:
    if found.value is None:
        return asking.NOTHING
    if found.low is None or found.high is None:
        return f"{found.value:+.4f}"
    return f"{found.value:+.4f} ({found.low:+.4f} to {found.high:+.4f})"


def _rows(row: "metrics.Row") -> str:
    rows = row.old_rows if row.new_rows is None else row.new_rows
    return "" if rows is None else f" ({rows:,})"
