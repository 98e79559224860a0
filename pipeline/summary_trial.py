"""The trial in a summary: the verdict on the transformer first, then every candidate's numbers."""

import dataclasses
from collections.abc import Callable, Sequence

import rich.text

from pipeline import console_text, summary_table

_INDENT = "  "
_STYLES = {"warranted": "bold green", "not warranted": "bold red", "not decided": "bold yellow"}
# Columns in the order in which they are given up where the terminal is narrow, the last first.
_HEADS = (
    "candidate",
    "",
    "transformer better by",
    "p (Holm)",
    "p50",
    "per million",
    "size",
    "train",
)
Clean = Callable[[str], str]


@dataclasses.dataclass(frozen=True)
class CandidateRow:
    """A candidate's numbers.

    Attributes:
        name: Its name.
        value: The metric that decides; None where it is undefined.
        better: How much better the transformer is, below 0 if it is worse; None for itself.
        better_low: Lower end of the interval of that; None where there is none.
        better_high: Upper end.
        p: Of the paired test, corrected for the number of rivals; None where there was none.
        train_seconds: Wall time of its training; of several seeds the mean.
        export_bytes: Size of the exported model.
        p50_seconds: Median time of an answer to one row; None where there were no rows.
        cost_of_a_million: Price of a million predictions.
    """

    name: str
    value: float | None
    better: float | None
    better_low: float | None
    better_high: float | None
    p: float | None
    train_seconds: float
    export_bytes: int
    p50_seconds: float | None
    cost_of_a_million: float


@dataclasses.dataclass(frozen=True)
class TrialSummary:
    """What a trial has come to.

    Attributes:
        decision: As the verdict has it.
        reasons: Why, in sentences.
        metric: The metric that decides.
        rows: The transformer's first.
        winner: Who goes on.
        winner_reason: Why.
        price_per_core_hour: What the costs are made of.
    """

    decision: str
    reasons: Sequence[str]
    metric: str
    rows: Sequence[CandidateRow]
    winner: str
    winner_reason: str
    price_per_core_hour: float


def lines(trial: TrialSummary, width: int | None, clean: Clean) -> list[rich.text.Text]:
    """Shows a trial.

    Args:
        trial: What it has come to.
        width: Columns of the terminal; None for lines of any length.
        clean: Makes text from data printable.
    """
    head = rich.text.Text(f"Transformer {trial.decision}", style=_STYLES[trial.decision])
    told = [*trial.reasons, f"{trial.winner} goes on: {trial.winner_reason}"]
    sentences = [
        rich.text.Text(line)
        for sentence in map(clean, told)
        for line in console_text.wrapped(sentence, width, _INDENT, hanging=_INDENT * 2)
    ]
    return [head, *sentences, rich.text.Text(), *_table(trial, width)]


def _table(trial: TrialSummary, width: int | None) -> list[rich.text.Text]:
    """Lays the candidates out in as many columns as there is room for."""
    heads = [head or trial.metric for head in _HEADS]
    grid = [heads, *(_cells(row) for row in trial.rows)]
    for shown in range(len(heads), 1, -1):
        part: list[list[summary_table.Cell]] = [
            [rich.text.Text(cell, style="" if i else "dim") for cell in row[:shown]]
            for i, row in enumerate(grid)
        ]
        table = summary_table.lines(part, right=range(1, shown))
        if width is None or all(line.cell_len <= width for line in table):
            break
    note = f"a core-hour at {trial.price_per_core_hour:g}; time and price at batch 1 and 32"
    wrapped = console_text.wrapped(note, width, _INDENT, hanging=_INDENT)
    return [*table, *(rich.text.Text(line, style="dim") for line in wrapped)]


def _cells(row: CandidateRow) -> list[str]:
    better = ""
    if row.better is not None and row.better_low is not None and row.better_high is not None:
        better = f"{row.better:+.4f} ({row.better_low:+.4f} to {row.better_high:+.4f})"
    return [
        row.name,
        console_text.number(row.value),
        better,
        "" if row.p is None else f"{row.p:.4f}",
        "" if row.p50_seconds is None else f"{1000 * row.p50_seconds:.1f} ms",
        f"{row.cost_of_a_million:.4f}",
        console_text.size(row.export_bytes),
        console_text.duration(row.train_seconds),
    ]
