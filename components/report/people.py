"""Candidates beside people: how well each tells what people say of a row."""

import dataclasses

from components.report import charts, contents, intervals, parts
from components.trial import ceiling as ceiling_lib


@dataclasses.dataclass(frozen=True)
class Section:
    """The human ceiling.

    Attributes:
        plots: One a metric.
        table: Every agreement.
    """

    plots: tuple[parts.Plot, ...]
    table: parts.Table


def build(found: contents.Contents) -> Section | str | None:
    """Places candidates beside people.

    Returns:
        The section; why there is none where ratings were told and did not serve; None where no
        ratings were told.
    """
    told = found.ceiling
    if told is None:
        return None
    if told.why_not:
        return told.why_not
    metrics = list(dict.fromkeys(each.metric for each in told.agreements))
    plots = tuple(_plot(found, told, metric) for metric in metrics)
    return Section(plots, _table(told))


def _plot(found: contents.Contents, told: ceiling_lib.Ceiling, metric: str) -> parts.Plot:
    names = (*found.candidates, ceiling_lib.PEOPLE)
    entries = [
        intervals.Entry(each.who, each.who, each.value, each.low, each.high)
        for each in told.agreements
        if each.metric == metric
    ]
    of_people = next(e.value for e in entries if e.name == ceiling_lib.PEOPLE)
    drawn = intervals.chart(
        entries, names, f"agreement with people, {metric}", [(of_people, charts.MUTED)]
    )
    spelled = ", ".join(f"{e.name} {e.value:.4f}" for e in entries)
    caption = f"Agreement with people in {metric}; the dashed line is people with each other"
    return parts.Plot(caption, charts.svg(drawn, f"{caption}: {spelled}"))


def _table(told: ceiling_lib.Ceiling) -> parts.Table:
    rows = [
        (
            each.who,
            each.metric,
            parts.value(each.value),
            parts.interval(each.low, each.high),
            parts.signed(each.above_people),
            f"{parts.signed(each.above_people_low)} to {parts.signed(each.above_people_high)}"
            if each.above_people_low is not None
            else parts.ABSENT,
        )
        for each in told.agreements
    ]
    heads = ("Who", "metric", "value", "interval", "above people by", "interval")
    caption = (
        f"Each of {told.ratings:,} ratings of {told.rows:,} rows against the mean of the others"
    )
    return parts.Table(caption, heads, tuple(rows), texts=(0, 1))
