"""A cross-validation in a summary: of each candidate the mean over the folds, with its interval."""

import dataclasses
from collections.abc import Sequence

import rich.text

from pipeline import console_text, summary_table

_INDENT = "  "
_HEADS = ("candidate", "", "interval", "transformer better by")


@dataclasses.dataclass(frozen=True)
class FoldRow:
    """A candidate over all folds.

    Attributes:
        candidate: Its name.
        mean: The metric, a mean over the folds; None where a fold leaves it undefined.
        low: Lower end of its interval.
        high: Upper end.
        better: How much better the transformer is; None for itself.
        better_low: Lower end of the interval of that.
        better_high: Upper end.
    """

    candidate: str
    mean: float | None
    low: float | None = None
    high: float | None = None
    better: float | None = None
    better_low: float | None = None
    better_high: float | None = None


@dataclasses.dataclass(frozen=True)
class FoldSummary:
    """A cross-validation.

    Attributes:
        metric: The one that decides.
        folds: How many.
        chance: Of an interval that holds.
        rows: The transformer's first.
    """

    metric: str
    folds: int
    chance: float
    rows: Sequence[FoldRow]


def lines(found: FoldSummary, width: int | None) -> list[rich.text.Text]:
    """Shows a cross-validation.

    Args:
        found: What it has come to.
        width: Columns of the terminal; None for lines of any length.
    """
    of = f"{found.folds} folds of the train split, intervals of {found.chance:.0%}"
    head = rich.text.Text.assemble(("Cross-validation", "bold"), (f"  {of}", "dim"))
    heads = [each or found.metric for each in _HEADS]
    table = [heads, *(_cells(row) for row in found.rows)]
    for shown in range(len(heads) if len(found.rows) > 1 else 3, 1, -1):
        grid: list[list[summary_table.Cell]] = [
            [rich.text.Text(cell, style="" if i else "dim") for cell in row[:shown]]
            for i, row in enumerate(table)
        ]
        made = summary_table.lines(grid, right=range(1, shown))
        if width is None or all(line.cell_len <= width for line in made):
            break
    return [head, *made]


def _cells(row: FoldRow) -> list[str]:
    better = ""
    if row.better is not None and row.better_low is not None and row.better_high is not None:
        better = f"{row.better:+.4f} ({row.better_low:+.4f} to {row.better_high:+.4f})"
    interval = ""
    if row.low is not None and row.high is not None:
        interval = f"{console_text.number(row.low)} to {console_text.number(row.high)}"
    return [row.candidate, console_text.number(row.mean), interval, better]
