"""The metric that decides on every slice, with its interval."""

import dataclasses

from components.report import charts, contents, intervals, parts
from components.trial import comparison

MAX_SLICES = 30


@dataclasses.dataclass(frozen=True)
class Section:
    """What the page shows of slices.

    Attributes:
        plot: The metric that decides; None where no slice has it.
        table: Every metric of the judged model, a row a slice.
        left_out: Slices that the page has no room for, those with the fewest rows.
    """

    plot: parts.Plot | None
    table: parts.Table
    left_out: int


def build(found: contents.Contents) -> Section | None:
    """Tells of the slices, largest first; None where there are none."""
    named = {name: rows for name, (_, rows) in found.slices.items() if name != comparison.ALL_ROWS}
    shown = sorted(named, key=lambda name: -named[name])[:MAX_SLICES]
    if not shown:
        return None
    return Section(_plot(found, shown), _table(found, shown), len(named) - len(shown))


def _plot(found: contents.Contents, shown: list[str]) -> parts.Plot | None:
    names = found.candidates
    ours = [name for name in names if name in (names[0], found.judged)]
    entries = []
    for slice_name in (comparison.ALL_ROWS, *shown):
        for candidate in ours:
            value = found.value(candidate, found.metric, slice_name)
            if value and value.value is not None:
                ends = (value.low, value.high)
                entries.append(intervals.Entry(slice_name, candidate, value.value, *ends))
    if not entries:
        return None
    drawn = intervals.chart(entries, names, found.metric)
    told = ", ".join(f"{e.row} {e.value:.4f}" for e in entries if e.name == found.judged)
    label = f"{found.metric} of {found.judged} by slice: {told}"
    caption = f"{found.metric} by slice, with its {1 - found.alpha:.0%} interval"
    legend = parts.legend(names, ours) if len(ours) > 1 else ()
    return parts.Plot(caption, charts.svg(drawn, label), legend)


def _table(found: contents.Contents, shown: list[str]) -> parts.Table:
    rows = []
    for slice_name in shown:
        cells = [slice_name, f"{found.slices[slice_name][1]:,}"]
        for metric in found.metrics:
            value = found.value(found.judged, metric, slice_name)
            told = parts.value(value.value) if value else parts.ABSENT
            if value and metric == found.metric and value.low is not None:
                told += f" ({parts.interval(value.low, value.high)})"
            cells.append(told)
        rows.append(tuple(cells))
    caption = f"Metrics of {found.judged} by slice, with the interval of {found.metric}"
    return parts.Table(caption, ("Slice", "rows", *found.metrics), tuple(rows))
