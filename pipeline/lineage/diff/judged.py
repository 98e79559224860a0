"""What is known of the model that a run has judged: values, and intervals where there are any."""

import contextlib
import dataclasses
import math
from collections.abc import Mapping

from components.evaluator import verdict
from components.report import metrics_file
from pipeline.lineage import facts, records
from pipeline.lineage.diff import absent, mover

WHAT = "evaluation"
Key = tuple[str, str]  # slice and metric


@dataclasses.dataclass(frozen=True)
class Judged:
    """A judged model.

    Attributes:
        values: Slice and metric to what it is.
        rows: Slice to its rows.
        name: Of the candidate that was judged; None where it is not told.
        confidence: Chance that an interval has its value; None without intervals.
        no_intervals: Why there are none; empty where there are.
    """

    values: Mapping[Key, mover.Measured]
    rows: Mapping[str, int]
    name: str | None
    confidence: float | None
    no_intervals: str


def read(run: records.Run) -> Judged:
    """Reads a run's metrics: with intervals from its report, else from its evaluation.

    What a report tells stands in place of the verdict's: an interval belongs to its value. Of
    several seeds that is their mean.
    """
    values, rows = _evaluated(run)
    try:
        told = _report(run)
    except absent.AbsentError as error:
        return Judged(values, rows, None, None, str(error))
    for each in told.values:
        if each.candidate == told.judged:
            values[each.slice, each.metric] = mover.Measured(each.value, each.low, each.high)
            rows[each.slice] = each.rows
    return Judged(values, rows, told.judged, told.confidence, "")


def _evaluated(run: records.Run) -> tuple[dict[Key, mover.Measured], dict[str, int]]:
    """Reads values and rows that the Evaluator has told, without intervals."""
    evaluation = absent.artifact(run, facts.EVALUATION, WHAT)
    values = {
        (verdict.ALL_ROWS, name): float(value)
        for name, value in evaluation.properties.items()
        if isinstance(value, float) or (name == verdict.EXAMPLE_COUNT and isinstance(value, int))
    }
    with contextlib.suppress(absent.AbsentError):  # then what is noted of all rows has to do
        given = absent.parsed(run, evaluation, verdict.FILE_NAME, WHAT, _values)
        values |= {(v.slice, v.metric): math.nan if v.value is None else v.value for v in given}
    counts = {of: value for (of, name), value in values.items() if name == verdict.EXAMPLE_COUNT}
    measured = {
        key: mover.Measured(verdict.finite(value))
        for key, value in values.items()
        if key[1] != verdict.EXAMPLE_COUNT
    }
    return measured, {of: int(count) for of, count in counts.items() if math.isfinite(count)}


def _report(run: records.Run) -> metrics_file.Metrics:
    made = absent.artifact(run, facts.REPORT, "report")
    return absent.parsed(
        *(run, made, metrics_file.FILE, "report"),
        lambda content: metrics_file.Metrics.from_json(content.decode()),
    )


def _values(content: bytes) -> tuple[verdict.Value, ...]:
    return verdict.Verdict.from_json(content.decode()).values
