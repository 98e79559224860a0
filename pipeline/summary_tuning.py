"""The searches in a summary: what the config's own values were worth, and what the best are."""

import dataclasses
from collections.abc import Callable, Sequence

import rich.text

from pipeline import console_text, summary_table

_INDENT = "  "
_HEADS = ("candidate", "trials", "own", "runner-up", "best", "time")
Clean = Callable[[str], str]


@dataclasses.dataclass(frozen=True)
class SearchRow:
    """What a search has come to.

    Attributes:
        candidate: Whose settings were searched.
        trials: How many were trained.
        own: The metric with the config's own values; None if that trial failed.
        runner_up: That of the second best trial; None where there is none.
        best: That of the best.
        values: The best values, spelled.
        seconds: Wall time of all trials.
        kept_own: Whether the best values are the config's own.
    """

    candidate: str
    trials: int
    own: float | None
    runner_up: float | None
    best: float | None
    values: str
    seconds: float
    kept_own: bool = False


@dataclasses.dataclass(frozen=True)
class SearchSummary:
    """The searches of a run.

    Attributes:
        method: How they were done.
        metric: What was sought the best of.
        rows: The transformer's first.
    """

    method: str
    metric: str
    rows: Sequence[SearchRow]


def lines(search: SearchSummary, width: int | None, clean: Clean) -> list[rich.text.Text]:
    """Shows the searches: a table, and the best values of each below it."""
    head = rich.text.Text.assemble(
        ("Search", "bold"), (f"  {search.method}, {search.metric} on the eval split", "dim")
    )
    grid: list[list[summary_table.Cell]] = [
        [rich.text.Text(cell, style="" if i else "dim") for cell in row]
        for i, row in enumerate([_HEADS, *(_cells(row) for row in search.rows)])
    ]
    told = [
        f"{row.candidate} {'keeps its own values' if row.kept_own else 'takes'}: {row.values}"
        for row in search.rows
    ]
    sentences = [
        rich.text.Text(line)
        for sentence in map(clean, told)
        for line in console_text.wrapped(sentence, width, _INDENT, hanging=_INDENT * 2)
    ]
    return [head, *summary_table.lines(grid, right=range(1, len(_HEADS))), *sentences]


def _cells(row: SearchRow) -> tuple[str, ...]:
    return (
        row.candidate,
        str(row.trials),
        "failed" if row.own is None else console_text.number(row.own),
        "" if row.runner_up is None else console_text.number(row.runner_up),
        console_text.number(row.best),
        console_text.duration(row.seconds),
    )
