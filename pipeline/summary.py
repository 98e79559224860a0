"""The end of a run: what ran, what it was judged by, what came of it, and what to do next."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import rich.text

from pipeline import console as console_lib
from pipeline import (
    console_text,
    summary_folds,
    summary_metrics,
    summary_table,
    summary_trial,
    summary_tuning,
)

MetricRow = summary_metrics.MetricRow
BLESSED, NOT_BLESSED, PROBE_FAILED = "blessed", "not blessed", "probe failed"
_INDENT = "  "


@dataclasses.dataclass(frozen=True)
class ComponentRow:
    """A component that ran.

    Attributes:
        node_id: Its id in the pipeline.
        seconds: Wall time.
        state: `HIT` if the cache answered, `MISS` if it ran; whatever else is a failure.
    """

    node_id: str
    seconds: float
    state: str


@dataclasses.dataclass(frozen=True)
class RunSummary:
    """What a run has come to.

    Attributes:
        name: The run's, from its config.
        seconds: Wall time of all of it.
        status: The exit status that it ends with.
        components: In the order in which they ran.
        rows_by_split: Split to its number of rows; empty where the run did not get that far.
        metrics: Of the test split, in the order in which to show them; those with a slice too.
        verdict: `blessed`, `not blessed`, `probe failed` of a model that the Evaluator has blessed,
            or another word or two for a run that was not judged.
        reasons: Why, in sentences.
        quarantined: Rows that could not be used.
        quarantine_dir: Where those rows are.
        warnings: What is remarkable about the data, a line each.
        pushed_dir: The directory of the pushed version; None when nothing was pushed.
        data_page: The page of the data.
        lineage_page: The page of all runs.
        report_page: The page of the run.
        log_path: Where everything else was written.
        next_command: What to try now; None if nothing comes to mind.
        trial: What the trial of the transformer has come to; None where there was none.
        probe: What the probe has tried, and how it came out; empty where there was none.
        search: What searches for better settings have come to; None where there was none.
        folds: What candidates were worth on folds; None where there were none.
    """

    name: str
    seconds: float
    status: int
    components: Sequence[ComponentRow]
    rows_by_split: Mapping[str, int]
    metrics: Sequence[MetricRow]
    verdict: str
    reasons: Sequence[str]
    quarantined: int
    quarantine_dir: str
    warnings: Sequence[str]
    pushed_dir: str | None
    data_page: str
    lineage_page: str
    report_page: str
    log_path: str
    next_command: str | None = None
    trial: summary_trial.TrialSummary | None = None
    probe: str = ""
    search: summary_tuning.SearchSummary | None = None
    folds: summary_folds.FoldSummary | None = None

    @property
    def cached(self) -> int:
        """How many components the cache answered for."""
        return sum(row.state == console_lib.HIT for row in self.components)


def render(summary: RunSummary, console: console_lib.Console) -> None:
    """Shows a summary, with what matters most at its end, where eyes are when a run is over."""
    sections = [
        *(_components, _rows, _warnings, _search, _folds, _trial),
        *(_metrics, _slices, _probe, _verdict, _places),
    ]
    for section in sections:
        lines = section(summary, console)
        if lines:
            console.line()
        for line in lines:
            console.line(line)


def _components(summary: RunSummary, console: console_lib.Console) -> list[rich.text.Text]:
    time = console_text.duration(summary.seconds)
    cached = f"{summary.cached} of {len(summary.components)} cached"
    head = _head(console.printable(summary.name), f"{time}, {cached}")
    return [
        head,
        *(
            console_lib.component_line(console, row.node_id, row.seconds, row.state)
            for row in summary.components
        ),
    ]


def _rows(summary: RunSummary, console: console_lib.Console) -> list[rich.text.Text]:
    if not summary.rows_by_split:
        return []
    rows: list[tuple[str, ...]] = [
        (console.printable(name), f"{n:,}") for name, n in summary.rows_by_split.items()
    ]
    if summary.quarantined:
        place = console.printable(summary.quarantine_dir)
        rows.append(("quarantined", f"{summary.quarantined:,}", place))
    return [_head("Rows"), *summary_table.lines(rows, right=[1])]


def _warnings(summary: RunSummary, console: console_lib.Console) -> list[rich.text.Text]:
    if not summary.warnings:
        return []
    count = f"{len(summary.warnings)} of the data"
    return [_head("Warnings", count), *_sentences(summary.warnings, console)]


def _search(summary: RunSummary, console: console_lib.Console) -> list[rich.text.Text]:
    if summary.search is None:
        return []
    return summary_tuning.lines(summary.search, console.width, console.printable)


def _folds(summary: RunSummary, console: console_lib.Console) -> list[rich.text.Text]:
    if summary.folds is None:
        return []
    return summary_folds.lines(summary.folds, console.width)


def _trial(summary: RunSummary, console: console_lib.Console) -> list[rich.text.Text]:
    if summary.trial is None:
        return []
    return summary_trial.lines(summary.trial, console.width, console.printable)


def _metrics(summary: RunSummary, console: console_lib.Console) -> list[rich.text.Text]:
    lines = summary_metrics.metric_lines(summary.metrics, console.width, console.printable)
    whole = [row for row in summary.metrics if row.slice is None]
    count = [row.value_text() for row in whole if row.metric == summary_metrics.EXAMPLE_COUNT]
    of = f"{count[0]} examples of the test split" if count else "the test split"
    return [_head("Metrics", of), *lines] if lines else []


def _slices(summary: RunSummary, console: console_lib.Console) -> list[rich.text.Text]:
    return summary_metrics.slice_lines(summary.metrics, console.width, console.printable)


def _probe(summary: RunSummary, console: console_lib.Console) -> list[rich.text.Text]:
    return [_head("Probe"), *_sentences([summary.probe], console)] if summary.probe else []


def _verdict(summary: RunSummary, console: console_lib.Console) -> list[rich.text.Text]:
    style = "bold green" if summary.verdict == BLESSED else "bold red"
    status = f", exit status {summary.status}" if summary.status else ""
    lines = [rich.text.Text.assemble((summary.verdict.capitalize(), style), status)]
    return [*lines, *_sentences(summary.reasons, console)]


def _sentences(sentences: Sequence[str], console: console_lib.Console) -> Iterator[rich.text.Text]:
    for sentence in map(console.printable, sentences):
        wrapped = console_text.wrapped(sentence, console.width, _INDENT, hanging=_INDENT * 2)
        yield from (rich.text.Text(line) for line in wrapped)


def _places(summary: RunSummary, console: console_lib.Console) -> list[rich.text.Text]:
    """Lists paths and the command, each on a line of its own, to be copied whole."""
    places = [
        ("Pushed", summary.pushed_dir or "nothing"),
        ("Report", summary.report_page),
        ("Data", summary.data_page),
        ("Lineage", summary.lineage_page),
        ("Log", summary.log_path),
    ]
    if summary.next_command:
        places.append(("Next", summary.next_command))
    return [
        rich.text.Text.assemble((f"{name:<8}", "bold"), console.printable(value))
        for name, value in places
    ]


def _head(title: str, detail: str = "") -> rich.text.Text:
    return rich.text.Text.assemble((title, "bold"), (f"  {detail}" if detail else "", "dim"))
