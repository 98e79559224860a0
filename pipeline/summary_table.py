"""Columns of a summary: aligned, without rules and boxes."""

from collections.abc import Sequence

import rich.cells
import rich.text

_INDENT = "  "
_GAP = "  "

Cell = str | rich.text.Text


def lines(rows: Sequence[Sequence[Cell]], right: Sequence[int]) -> list[rich.text.Text]:
    """Lays rows out in columns, each as wide as its widest cell; no line ends in spaces.

    Args:
        rows: Cells of each row; a shorter row ends early.
        right: The columns that are aligned to the right.
    """
    widths: dict[int, int] = {}
    for row in rows:
        for column, cell in enumerate(row):
            widths[column] = max(widths.get(column, 0), _width(cell))
    return [_line(row, widths, right) for row in rows]


def _line(row: Sequence[Cell], widths: dict[int, int], right: Sequence[int]) -> rich.text.Text:
    line = rich.text.Text()
    for column, cell in enumerate(row):
        padding = " " * (widths[column] - _width(cell))
        before, after = (padding, "") if column in right else ("", padding)
        line.append(_GAP if column else _INDENT).append(before).append(cell).append(after)
    line.rstrip()
    return line


def _width(cell: Cell) -> int:
    return rich.cells.cell_len(cell) if isinstance(cell, str) else cell.cell_len
