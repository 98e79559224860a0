"""Metrics of two runs on each slice: values, intervals, and how far apart they are."""

import contextlib
import dataclasses
import math
from collections.abc import Mapping
from typing import Literal

from components.evaluator import verdict
from components.report import metrics_file
from components.run_config import noted
from pipeline.lineage import facts, records
from pipeline.lineage.diff import absent, mover, told
from schemas import metrics as metrics_lib
from schemas import tasks

_WHAT = "evaluation"
_SEPARATOR = "separator"  # an option of tasks with several labels a row
Key = tuple[str, str]  # slice and metric
Verdict = Literal["better", "worse", "unclear"]


@dataclasses.dataclass(frozen=True)
class Row:
    """A metric on a slice.

    Attributes:
        slice: `all rows`, or column=value.
        metric: Name of the metric.
        higher_is_better: Whether it is; None of a metric that the task does not know.
        old: The one run's; None where it has none.
        new: The other run's.
        difference: How much more the other run's is, with its interval; see `mover.py`.
        verdict: Whether the new one is better, as far as the interval tells; None without one.
        old_rows: Rows of the slice in the one run; None where they are not told.
        new_rows: In the other.
    """

    slice: str
    metric: str
    higher_is_better: bool | None
    old: mover.Measured | None
    new: mover.Measured | None
    difference: mover.Measured
    verdict: Verdict | None
    old_rows: int | None
    new_rows: int | None


@dataclasses.dataclass(frozen=True)
class Metrics:
    """What two judged models are worth.

    Attributes:
        metric: The one that decides, of the new run; empty where neither has noted it.
        old_judged: Name of the candidate that the one run judged; None where it is not told.
        new_judged: That of the other.
        same_rows: Whether both were judged on the very same examples: then intervals of
            differences, which hold for independent rows, are wide.
        confidence: Chance that an interval has the value; None without intervals.
        no_intervals: Why there are none of differences; empty where there are.
        rows: All rows first, then slices; each in the order of the task, what decides first.
    """

    metric: str
    old_judged: str | None
    new_judged: str | None
    same_rows: bool
    confidence: float | None
    no_intervals: str
    rows: tuple[Row, ...]


@dataclasses.dataclass(frozen=True)
class _Judged:
    """What is known of one run's model."""

    values: Mapping[Key, mover.Measured]
    rows: Mapping[str, int]
    judged: str | None
    confidence: float | None
    no_intervals: str


def of(old: records.Run, new: records.Run) -> Metrics | None:
    """Compares what the judged models are worth; None where all of it is the same.

    Raises:
        AbsentError: If a run has judged no model.
    """
    if absent.pair(old, new, facts.EVALUATION, _WHAT) is None:
        return None
    one, other = _judged(old), _judged(new)
    if dict(one.values) == dict(other.values):
        return None
    configs = [run.output(*facts.CONFIG) for run in (new, old)]
    noted_ = (str(each.properties.get(noted.METRIC, "")) for each in configs if each)
    metric = next((name for name in noted_ if name), "")
    examples = [run.output(*facts.EXAMPLES) for run in (old, new)]
    reason = one.no_intervals or other.no_intervals
    if not reason and one.confidence != other.confidence:
        reason = f"the intervals of one are at {one.confidence:.4g}, the other's at "
        reason += f"{other.confidence:.4g}"
    return Metrics(
        metric=metric,
        old_judged=one.judged,
        new_judged=other.judged,
        same_rows=all(examples) and len({each.id for each in examples if each}) == 1,
        confidence=None if reason else other.confidence,
        no_intervals=reason,
        rows=_rows(one, other, _known(new), metric, bool(reason)),
    )


def _rows(
    old: _Judged,
    new: _Judged,
    known: Mapping[str, metrics_lib.Metric],
    metric: str,
    values_alone: bool,
) -> tuple[Row, ...]:
    names = list(dict.fromkeys([metric, *known]))
    keys = dict.fromkeys([*new.values, *old.values])
    slices = list(dict.fromkeys(name for name, _ in keys))

    def rank(key: Key) -> tuple[bool, int, int]:
        of, name = key
        place = names.index(name) if name in names else len(names)
        return of != verdict.ALL_ROWS, slices.index(of), place

    return tuple(_row(key, old, new, known, values_alone) for key in sorted(keys, key=rank))


def _row(
    key: Key,
    old: _Judged,
    new: _Judged,
    known: Mapping[str, metrics_lib.Metric],
    values_alone: bool,
) -> Row:
    of, name = key
    one, other = old.values.get(key), new.values.get(key)
    apart = mover.difference(one or mover.Measured(None), other or mover.Measured(None))
    if values_alone:
        apart = mover.Measured(apart.value)
    higher = known[name].higher_is_better if name in known else None
    return Row(
        slice=of,
        metric=name,
        higher_is_better=higher,
        old=one,
        new=other,
        difference=apart,
        verdict=judge(apart, higher),
        old_rows=old.rows.get(of),
        new_rows=new.rows.get(of),
    )


def judge(apart: mover.Measured, higher_is_better: bool | None) -> Verdict | None:
    """Says whether the new value is better, as far as the interval of the difference tells."""
    if apart.low is None or apart.high is None or higher_is_better is None:
        return None
    if apart.low <= 0.0 <= apart.high:
        return "unclear"
    return "better" if (apart.low > 0.0) == higher_is_better else "worse"


def _judged(run: records.Run) -> _Judged:
    """Reads a run's metrics: with intervals from its report, else from its evaluation.

    What a report tells stands in place of the verdict's: an interval belongs to its value. Of
    several seeds that is their mean.
    """
    evaluation = absent.artifact(run, facts.EVALUATION, _WHAT)
    values = {
        (verdict.ALL_ROWS, name): float(value)
        for name, value in evaluation.properties.items()
        if isinstance(value, float) or (name == verdict.EXAMPLE_COUNT and isinstance(value, int))
    }
    with contextlib.suppress(absent.AbsentError):  # then what is noted of all rows has to do
        given = absent.parsed(run, evaluation, verdict.FILE_NAME, _WHAT, _values)
        values |= {(v.slice, v.metric): math.nan if v.value is None else v.value for v in given}
    rows = {
        of: int(value)
        for (of, name), value in values.items()
        if name == verdict.EXAMPLE_COUNT and math.isfinite(value)
    }
    measured = {
        key: mover.Measured(verdict.finite(value))
        for key, value in values.items()
        if key[1] != verdict.EXAMPLE_COUNT
    }
    try:
        told_ = _report(run)
    except absent.AbsentError as error:
        return _Judged(measured, rows, None, None, str(error))
    for each in told_.values:
        if each.candidate == told_.judged:
            measured[each.slice, each.metric] = mover.Measured(each.value, each.low, each.high)
            rows[each.slice] = each.rows
    return _Judged(measured, rows, told_.judged, told_.confidence, "")


def _report(run: records.Run) -> metrics_file.Metrics:
    made = absent.artifact(run, facts.REPORT, "report")
    return absent.parsed(
        *(run, made, metrics_file.FILE, "report"),
        lambda content: metrics_file.Metrics.from_json(content.decode()),
    )


def _values(content: bytes) -> tuple[verdict.Value, ...]:
    return verdict.Verdict.from_json(content.decode()).values


def _known(run: records.Run) -> Mapping[str, metrics_lib.Metric]:
    """Lists what one knows of the metrics of a run's task; none of a task of another time."""
    config = told.told(run)
    name, data = str(config.get("task", "")), config.get("data")
    separator = data.get("label_separator") if isinstance(data, Mapping) else None
    options = {_SEPARATOR: separator} if separator else {}
    try:
        return tasks.contract(name).metrics(tasks.Settings(name, options=options))
    except KeyError:
        return {}
