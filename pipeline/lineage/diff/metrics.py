"""Metrics of two runs on each slice: values, intervals, and how far apart they are."""

import dataclasses
from collections.abc import Mapping
from typing import Literal

from components.evaluator import verdict
from components.run_config import noted
from pipeline.lineage import facts, records
from pipeline.lineage.diff import absent, judged, mover, told
from schemas import metrics as metrics_lib
from schemas import tasks

_SEPARATOR = "separator"  # an option of tasks with several labels a row
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


def of(old: records.Run, new: records.Run) -> Metrics | None:
    """Compares what the judged models are worth; None where all of it is the same.

    Raises:
        AbsentError: If a run has judged no model.
    """
    if absent.pair(old, new, facts.EVALUATION, judged.WHAT) is None:
        return None
    one, other = judged.read(old), judged.read(new)
    if dict(one.values) == dict(other.values):
        return None
    reason = _no_intervals(one, other)
    metric = _deciding(new) or _deciding(old)
    return Metrics(
        metric=metric,
        old_judged=one.name,
        new_judged=other.name,
        same_rows=_examples(old) is not None and _examples(old) == _examples(new),
        confidence=None if reason else other.confidence,
        no_intervals=reason,
        rows=_rows(one, other, _known(new), metric, bool(reason)),
    )


def judge(apart: mover.Measured, higher_is_better: bool | None) -> Verdict | None:
    """Says whether the new value is better, as far as the interval of the difference tells."""
    if apart.low is None or apart.high is None or higher_is_better is None:
        return None
    if apart.low <= 0.0 <= apart.high:
        return "unclear"
    return "better" if (apart.low > 0.0) == higher_is_better else "worse"


def _no_intervals(old: judged.Judged, new: judged.Judged) -> str:
    """Says why differences have no intervals; empty where they have."""
    if old.no_intervals or new.no_intervals or old.confidence == new.confidence:
        return old.no_intervals or new.no_intervals
    return f"the intervals of one are at {old.confidence:.4g}, the other's at {new.confidence:.4g}"


def _deciding(run: records.Run) -> str:
    noted_ = run.output(*facts.CONFIG)
    return str(noted_.properties.get(noted.METRIC) or "") if noted_ else ""


def _examples(run: records.Run) -> int | None:
    found = run.output(*facts.EXAMPLES)
    return found.id if found else None


def _rows(
    old: judged.Judged,
    new: judged.Judged,
    known: Mapping[str, metrics_lib.Metric],
    metric: str,
    values_alone: bool,
) -> tuple[Row, ...]:
    names = list(dict.fromkeys([metric, *known]))
    keys = dict.fromkeys([*new.values, *old.values])
    slices = list(dict.fromkeys(name for name, _ in keys))

    def rank(key: judged.Key) -> tuple[bool, int, int]:
        of, name = key
        place = names.index(name) if name in names else len(names)
        return of != verdict.ALL_ROWS, slices.index(of), place

    return tuple(_row(key, old, new, known, values_alone) for key in sorted(keys, key=rank))


def _row(
    key: judged.Key,
    old: judged.Judged,
    new: judged.Judged,
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
