"""The searches for better settings: every trial, and which values were the good ones."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair

from components.pages import spelling
from components.report import charts, parts
from trainer.tuning import record, settling
from trainer.tuning import space as space_lib

_AXIS_HEIGHT = 170
_MAX_SPELLED = 12  # characters of a value beside an axis
_MOST_ROWS = 60  # of a table; the best are shown
_UPRIGHT = 3  # axes whose names fit beside each other


@dataclasses.dataclass(frozen=True)
class Section:
    """What the page shows of the searches.

    Attributes:
        summary: A row a candidate.
        plots: Trials against the metric, and then the values of each candidate's.
        tables: Every trial of each candidate.
        refused: What did not go with each other, a line each.
    """

    summary: parts.Table
    plots: tuple[parts.Plot, ...]
    tables: tuple[parts.Table, ...]
    refused: tuple[str, ...]


def build(searches: Mapping[str, record.Search]) -> Section | None:
    """Tells of the searches; nothing where there was none.

    Args:
        searches: Candidate to its search.
    """
    if not searches:
        return None
    found = list(searches.values())
    plots = (_progress(searches), *(_coordinates(search) for search in found))
    return Section(
        summary=_summary(found),
        plots=tuple(plot for plot in plots if plot),
        tables=tuple(_trials(search) for search in found),
        refused=tuple(_refused(found)),
    )


def _summary(found: Sequence[record.Search]) -> parts.Table:
    rows = []
    for search in found:
        ranked = search.ranked()
        own, best = search.own, ranked[0]
        rows.append(
            (
                search.candidate,
                str(len(search.run)),
                parts.duration(search.seconds),
                parts.value(own.value if own else None),
                parts.value(ranked[1].value if len(ranked) > 1 else None),
                parts.value(best.value),
                settling.spell_all(best.values),
            )
        )
    metric = found[0].metric
    caption = (
        f"What each search has found: {metric} on the eval split at the epoch that would be kept. "
        "The best of many trials is a little better than it would be on other rows"
    )
    heads = ("Model", "trials", "time", "config's own", "runner-up", "best", "best values")
    return parts.Table(caption, heads, tuple(rows), texts=(0, 6))


def _trials(search: record.Search) -> parts.Table:
    keys = list(search.space)
    ranked = search.ranked()
    failed = [trial for trial in search.run if trial.status == "failed"]
    shown = [*ranked, *failed][:_MOST_ROWS]
    rows = [
        (
            f"{trial.number}{' (own)' if search.has_own_values(trial) else ''}",
            parts.value(trial.value) if trial.status == "done" else trial.status,
            *(settling.spell(trial.values.get(key)) for key in keys),
            f"{trial.best_epoch} of {trial.epochs}" if trial.best_epoch else parts.ABSENT,
            parts.duration(trial.seconds),
            _note(trial),
        )
        for trial in shown
    ]
    more = len(search.run) - len(shown)
    left_out = f"; {spelling.plural(more, 'other trial')} left out" if more else ""
    caption = f"Trials of {search.candidate}, the best first, by {search.method}{left_out}"
    heads = ("Trial", search.metric, *keys, "epoch kept", "time", "note")
    return parts.Table(caption, heads, tuple(rows), texts=(0, len(heads) - 1))


def _note(trial: record.Trial) -> str:
    if trial.goes_on_with is not None:
        return f"goes on with trial {trial.goes_on_with}"
    return trial.reason


def _refused(found: Sequence[record.Search]) -> list[str]:
    return [
        f"{search.candidate}, {settling.spell_all(trial.values)}: {trial.reason}"
        for search in found
        for trial in search.trials
        if trial.status == "refused"
    ]


def _progress(searches: Mapping[str, record.Search]) -> parts.Plot | None:
    """Draws each trial's metric, and the best so far as a line."""
    rows: list[dict[str, Any]] = []
    for name, search in searches.items():
        so_far: float | None = None
        for trial in search.run:
            if trial.value is not None:
                better = max if search.higher_is_better else min
                so_far = trial.value if so_far is None else better(so_far, trial.value)
            row = {"name": name, "trial": trial.number, "value": trial.value, "best": so_far}
            rows.append({**row, "kept": trial.number == search.best})
    rows = [row for row in rows if row["best"] is not None]
    if not rows:
        return None
    names = list(searches)
    numbers = sorted({row["trial"] for row in rows})
    ticks = [numbers[i] for i in parts.thinned(len(numbers), 8)]
    axis = altair.Axis(values=ticks, format="d", grid=False)
    metric = next(iter(searches.values())).metric
    base = altair.Chart(charts.data(rows)).encode(
        x=altair.X("trial:Q", title="trial", axis=axis, scale=altair.Scale(zero=False)),
        color=charts.by_name(names),
    )
    scale = altair.Scale(zero=False)
    best = altair.Y("best:Q", title=metric, scale=scale)
    value = altair.Y("value:Q", title=metric, scale=scale)
    lines = base.mark_line(strokeWidth=2, interpolate="step-after").encode(
        y=best, strokeDash=charts.dashed(names)
    )
    points = base.mark_point(filled=True, opacity=0.55, size=30).encode(y=value)
    kept = base.transform_filter("datum.kept").mark_point(filled=True, size=90, opacity=1)
    drawn = altair.layer(lines, points, kept.encode(y=value))
    told = ", ".join(
        f"{name} {search.ranked()[0].value:.4f} in trial {search.best}"
        for name, search in searches.items()
        if search.best
    )
    caption = f"{metric} of each trial on the eval split; the line is the best so far, the large "
    caption += "point the trial whose values were taken"
    label = f"Trials against {metric}; the best: {told}"
    sized = drawn.properties(height=charts.HEIGHT)
    return parts.Plot(caption, charts.svg(sized, label), parts.legend(names))


def _coordinates(search: record.Search) -> parts.Plot | None:
    """Draws a line a trial through its values, on an axis a key, to its metric."""
    done = search.ranked()
    if len(done) < 2:
        return None
    scales = _scales(search, done)
    names = [axis.name for axis in scales]
    rows = [
        {
            "trial": trial.number,
            "axis": axis.name,
            "y": axis.place(trial),
            "best": trial.number == search.best,
            "rank": 1.0 - i / len(done),
        }
        for i, trial in enumerate(done)
        for axis in scales
    ]
    ticks = [{"axis": axis.name, "y": y, "text": text} for axis in scales for y, text in axis.ticks]
    angle = 0 if len(names) <= _UPRIGHT else -30
    axis = altair.Axis(
        grid=False, ticks=False, labelAngle=angle, labelOverlap=False, labelLimit=110
    )
    x = altair.X("axis:N", sort=names, title=None, axis=axis, scale=altair.Scale(padding=0.35))
    y = altair.Y("y:Q", axis=None, scale=altair.Scale(domain=[-0.06, 1.06], nice=False))
    uprights = altair.Chart(charts.data(ticks)).mark_rule(color=charts.LINE).encode(x=x)
    base = altair.Chart(charts.data(rows)).encode(x=x, y=y, detail="trial:N")
    others = (
        base.transform_filter("!datum.best")
        .mark_line(color=charts.MUTED, strokeWidth=1.2)
        .encode(opacity=altair.Opacity("rank:Q", scale=None, legend=None))
    )
    best = base.transform_filter("datum.best").mark_line(color=charts.shade(0), strokeWidth=3)
    points = base.transform_filter("datum.best").mark_point(
        color=charts.shade(0), filled=True, size=50, opacity=1
    )
    at = altair.Chart(charts.data(ticks)).encode(x=x, y=y, text="text:N")
    halo = at.mark_text(align="left", dx=6, fontSize=10, stroke="var(--page)", strokeWidth=3)
    texts = at.mark_text(align="left", dx=6, fontSize=10)
    drawn = altair.layer(uprights, others, best, points, halo, texts)
    caption = (
        f"Values of {search.candidate}: a line a trial, the stronger the better; in colour the one "
        "that was taken"
    )
    told = f"{settling.spell_all(done[0].values)}, {search.metric} {done[0].value:.4f}"
    drawn = drawn.properties(height=_AXIS_HEIGHT)
    return parts.Plot(caption, charts.svg(drawn, f"Values of {search.candidate}; best: {told}"))


@dataclasses.dataclass(frozen=True)
class _Scale:
    """An upright axis.

    Attributes:
        name: What stands below it.
        key: Whose values it has; None for the metric.
        marks: What it has, in the order from below; None where it is numbers between two.
        low: Of numbers, the smallest.
        high: The largest.
        log: Whether their logarithms are evenly spread.
    """

    name: str
    key: str | None
    marks: tuple[Any, ...] | None = None
    low: float = 0.0
    high: float = 1.0
    log: bool = False

    def place(self, trial: record.Trial) -> float:
        """Gives where a trial goes through, from 0 to 1."""
        value = trial.value if self.key is None else trial.values.get(self.key)
        if self.marks is not None:
            return self.marks.index(value) / max(1, len(self.marks) - 1)
        low, high, at = self.low, self.high, float(value or 0.0)
        if self.log:
            low, high, at = (math.log(each) for each in (low, high, at))
        return 0.5 if low == high else (at - low) / (high - low)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Lists places and what stands there."""
        if self.marks is not None:
            last = max(1, len(self.marks) - 1)
            return [(i / last, _short(mark)) for i, mark in enumerate(self.marks)]
        if self.low == self.high:
            return [(0.5, _short(self.low))]
        return [(0.0, _short(self.low)), (1.0, _short(self.high))]


def _scales(search: record.Search, done: Sequence[record.Trial]) -> list[_Scale]:
    """Makes an axis for each key, and the metric's last."""
    found = []
    for key, domain in space_lib.read(search.space).items():
        name = key.rpartition(".")[2]
        tried = [trial.values.get(key) for trial in done]
        numbers = [value for value in tried if isinstance(value, int | float)]
        if isinstance(domain, space_lib.Choice) or len(numbers) < len(tried):
            listed = domain.points() if isinstance(domain, space_lib.Choice) else ()
            others = [value for value in tried if value not in (listed or ())]
            marks = tuple(_once([*(listed or ()), *others]))
            found.append(_Scale(name, key, marks=marks))
            continue
        low, high = min([domain.low, *numbers]), max([domain.high, *numbers])
        # The config's own may be 0, which has no logarithm and lies outside of such a range.
        found.append(_Scale(name, key, low=low, high=high, log=domain.log and low > 0))
    values = [trial.value for trial in done if trial.value is not None]
    # Better is above, whatever the metric is.
    ends = (min(values), max(values)) if search.higher_is_better else (max(values), min(values))
    return [*found, _Scale(search.metric, None, low=ends[0], high=ends[1])]


def _once(values: Sequence[Any]) -> list[Any]:
    """Lists values without those that came before; lists among them cannot be hashed."""
    return [value for i, value in enumerate(values) if value not in values[:i]]


def _short(value: Any) -> str:
    spelled = settling.spell(value)
    return spelled if len(spelled) <= _MAX_SPELLED else f"{spelled[: _MAX_SPELLED - 1]}…"
