"""Metrics in a summary: each beside the bounds it was held to, and a table of slices."""

import dataclasses
from collections.abc import Callable, Sequence

import rich.text

from pipeline import console_text, summary_table

EXAMPLE_COUNT = "example_count"
_INDENT = "  "
_UNDER_A_METRIC = "    "
_RIGHT_VALUE = (1,)


@dataclasses.dataclass(frozen=True)
class MetricRow:
    """A metric of the test split, or of a slice of it.

    Attributes:
        metric: Its name; `example_count` is the number of examples of the slice.
        value: What was measured; None where the slice leaves it undefined.
        slice: `column=value`; None for the whole split.
        floor: The least it may be; None where no floor is set.
        ceiling: The most it may be; None where no ceiling is set.
        baseline: The latest blessed model's value; None without one.
        max_drop: How much worse than the baseline it may be; None where that is not bounded.
        passed: Whether all bounds held; None where none is set.
        higher_is_better: Whether worse means lower.
    """

    metric: str
    value: float | None
    slice: str | None = None
    floor: float | None = None
    ceiling: float | None = None
    baseline: float | None = None
    max_drop: float | None = None
    passed: bool | None = None
    higher_is_better: bool = True

    def value_text(self) -> str:
        """Spells the value so that it looks equal to none of its bounds unless it is."""
        if self.metric == EXAMPLE_COUNT and self.value is not None:
            return f"{int(self.value):,}"
        bounds = [bound for bound in (self.floor, self.ceiling) if bound is not None]
        if self.baseline is not None and self.max_drop is not None:
            worse = -self.max_drop if self.higher_is_better else self.max_drop
            bounds.append(self.baseline + worse)
        return console_text.number(self.value, apart_from=bounds)

    def bounds_text(self) -> str:
        """Spells the bounds: `floor 0.74; baseline 0.7510, may drop 0.01`."""
        parts = []
        if self.floor is not None:
            parts.append(f"floor {self.floor:g}")
        if self.ceiling is not None:
            parts.append(f"ceiling {self.ceiling:g}")
        if self.baseline is not None:
            change = "drop" if self.higher_is_better else "rise"
            bound = "" if self.max_drop is None else f", may {change} {self.max_drop:g}"
            parts.append(f"baseline {console_text.number(self.baseline)}{bound}")
        return "; ".join(parts)


Clean = Callable[[str], str]


def metric_lines(
    rows: Sequence[MetricRow], width: int | None, clean: Clean
) -> list[rich.text.Text]:
    """Lists the metrics of the whole split, each with its bounds.

    Args:
        rows: All metrics.
        width: Columns of the terminal; None for lines of any length.
        clean: Makes text from data printable.
    """
    of_whole = [row for row in rows if row.slice is None and row.metric != EXAMPLE_COUNT]
    return _bounded(of_whole, width, clean)


def _bounded(rows: Sequence[MetricRow], width: int | None, clean: Clean) -> list[rich.text.Text]:
    """Lists metrics with their bounds."""
    cells = [_metric_cells(row, clean) for row in rows]
    lines = summary_table.lines(cells, _RIGHT_VALUE)
    if width is None or all(line.cell_len <= width for line in lines):
        return lines
    # Too narrow for one line each: the bounds go below their metric.
    without = summary_table.lines([row_cells[:3] for row_cells in cells], _RIGHT_VALUE)
    lines = []
    for row, line in zip(rows, without, strict=True):
        lines += [line, *_dim(row.bounds_text(), width, _UNDER_A_METRIC)]
    return lines


def slice_lines(rows: Sequence[MetricRow], width: int | None, clean: Clean) -> list[rich.text.Text]:
    """Lays out slices as tables, one for each column they are made by, and lists their bounds.

    Args:
        rows: All metrics; those of the whole split are left out.
        width: Columns of the terminal; None for lines of any length.
        clean: Makes text from data printable.
    """
    sliced = [row for row in rows if row.slice is not None]
    lines: list[rich.text.Text] = []
    for column in dict.fromkeys(_column(row) for row in sliced):
        of_column = [row for row in sliced if _column(row) == column]
        lines += [rich.text.Text(), *_slice_table(column, of_column, width, clean)]
    bounded = [row for row in sliced if row.passed is not None]
    if bounded:
        lines += [rich.text.Text(), *_bounded(bounded, width, clean)]
    return lines[1:]


def _slice_table(
    column: str, rows: Sequence[MetricRow], width: int | None, clean: Clean
) -> list[rich.text.Text]:
    """Lays out the slices of one column; metrics that find no room are named below."""
    names = list(dict.fromkeys(row.metric for row in rows))
    names.sort(key=lambda name: name != EXAMPLE_COUNT)
    by_slice: dict[str, dict[str, MetricRow]] = {}
    for row in rows:
        by_slice.setdefault(str(row.slice), {})[row.metric] = row
    for shown in range(len(names), 0, -1):
        lines = _slice_grid(column, by_slice, names[:shown], width, clean)
        if width is None or shown == 1 or all(line.cell_len <= width for line in lines):
            break
    if shown < len(names):
        left_out = f"too narrow here for {', '.join(map(_title, names[shown:]))}"
        lines += _dim(left_out, width, _INDENT)
    return lines


def _slice_grid(
    column: str,
    by_slice: dict[str, dict[str, MetricRow]],
    names: Sequence[str],
    width: int | None,
    clean: Clean,
) -> list[rich.text.Text]:
    head: list[summary_table.Cell] = [rich.text.Text(clean(column), style="dim")]
    head += [rich.text.Text(_title(name), style="dim") for name in names]
    grid: list[list[summary_table.Cell]] = [head]
    for name, metrics in by_slice.items():
        value = rich.text.Text(clean(name.partition("=")[2]))
        if width is not None:  # a slice may be a sentence, and the numbers matter more
            value.truncate(max(10, width // 3), overflow="crop")
        cells: list[summary_table.Cell] = [_slice_cell(metrics.get(metric)) for metric in names]
        grid.append([value, *cells])
    return summary_table.lines(grid, right=range(1, len(names) + 1))


def _slice_cell(row: MetricRow | None) -> summary_table.Cell:
    if row is None:
        return ""
    return rich.text.Text(row.value_text(), style="red" if row.passed is False else "")


def _metric_cells(row: MetricRow, clean: Clean) -> list[summary_table.Cell]:
    name = row.metric if row.slice is None else f"{row.metric}, {clean(row.slice)}"
    verdicts = {
        True: rich.text.Text("pass", style="green"),
        False: rich.text.Text("FAIL", style="bold red"),
        None: rich.text.Text(),
    }
    verdict = verdicts[row.passed]
    return [name, row.value_text(), verdict, rich.text.Text(row.bounds_text(), style="dim")]


def _dim(text: str, width: int | None, indent: str) -> list[rich.text.Text]:
    wrapped = console_text.wrapped(text, width, indent, hanging=indent)
    return [rich.text.Text(line, style="dim") for line in wrapped]


def _column(row: MetricRow) -> str:
    return str(row.slice).partition("=")[0]


def _title(metric: str) -> str:
    return "examples" if metric == EXAMPLE_COUNT else metric
