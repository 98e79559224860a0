"""The candidates of a trial: what each is worth, and what it costs."""

import dataclasses
from typing import Any, Literal

import altair

from components.pages import spelling
from components.report import charts, contents, intervals, parts
from components.trial import comparison, outcome


@dataclasses.dataclass(frozen=True)
class Section:
    """What the page shows of a trial.

    Attributes:
        worth: What each candidate is worth, a row each.
        costs: What it costs.
        metrics: A row a metric, a column a candidate.
        plots: Differences, quality against cost, time by length.
    """

    worth: parts.Table
    costs: parts.Table
    metrics: parts.Table
    plots: tuple[parts.Plot, ...]


def build(found: contents.Contents, trial: outcome.Outcome) -> Section:
    """Puts the candidates beside each other."""
    plots = (_differences(trial), _quality_against_cost(found, trial), _time_by_length(trial))
    return Section(
        worth=_worth(found, trial),
        costs=_costs(trial),
        metrics=metrics(found),
        plots=tuple(plot for plot in plots if plot),
    )


def _worth(found: contents.Contents, trial: outcome.Outcome) -> parts.Table:
    differences = trial.compared.differences_in(trial.metric)
    rows = []
    for candidate in found.candidates:
        value = found.value(candidate, found.metric, comparison.ALL_ROWS)
        difference = differences.get(candidate)
        rows.append(
            (
                candidate,
                parts.value(value.value if value else None),
                parts.interval(value.low, value.high) if value else parts.ABSENT,
                parts.signed(difference.value if difference else None),
                _signed_interval(difference),
                parts.p_value(difference.corrected_p if difference else None),
            )
        )
    heads = ("Candidate", trial.metric, "interval", "transformer better by", "interval", "p (Holm)")
    rows_asked = spelling.plural(found.slices[comparison.ALL_ROWS][1], "test row")
    caption = f"What each candidate is worth on {rows_asked}"
    return parts.Table(caption, heads, tuple(rows))


def _costs(trial: outcome.Outcome) -> parts.Table:
    heads = (
        *("Candidate", "p50", "p95", "rows/s", "per million", "export", "numbers learned"),
        *("memory", "training"),
    )
    caption = (
        "What each costs: times of one text, rows a second and the price of a million predictions "
        f"at batch 32 and a core-hour at {trial.price_per_core_hour:g}, memory of a process that "
        "serves it"
    )
    return parts.Table(caption, heads, tuple(_cost(each) for each in trial.candidates))


def _cost(candidate: outcome.Candidate) -> tuple[str, ...]:
    alone = candidate.measured.timings.get(outcome.ALONE)
    batch = candidate.measured.timings.get(outcome.BATCH)
    seconds = [training.seconds for training in candidate.trainings]
    return (
        candidate.name,
        parts.milliseconds(alone.p50_seconds if alone else None),
        parts.milliseconds(alone.p95_seconds if alone else None),
        f"{batch.rows_per_second:,.0f}" if batch else parts.ABSENT,
        f"{candidate.cost_of_a_million:.4f}",
        parts.megabytes(candidate.export_bytes),
        f"{candidate.measured.parameters:,}",
        parts.megabytes(candidate.measured.peak_memory_bytes),
        parts.duration(sum(seconds) / len(seconds)),
    )


def metrics(found: contents.Contents) -> parts.Table:
    """Tells every metric of every candidate, its interval with it."""
    rows = []
    for metric, known in found.metrics.items():
        cells = []
        for candidate in found.candidates:
            value = found.value(candidate, metric, comparison.ALL_ROWS)
            told = parts.value(value.value) if value else parts.ABSENT
            ends = f" ({parts.interval(value.low, value.high)})" if value else ""
            cells.append(told + (ends if value and value.low is not None else ""))
        better = "higher" if known.higher_is_better else "lower"
        rows.append((f"{metric} ({better} is better)", *cells))
    chance = f"{1 - found.alpha:.0%}"
    caption = f"Every metric on all test rows, with its {chance} interval"
    return parts.Table(caption, ("Metric", *found.candidates), tuple(rows))


def _differences(trial: outcome.Outcome) -> parts.Plot | None:
    """Draws by how much the transformer is better than each rival, beside the tolerance."""
    found = [
        intervals.Entry(d.second, d.second, d.value, d.low, d.high)
        for d in trial.compared.differences_in(trial.metric).values()
        if d.value is not None
    ]
    if not found:
        return None
    names = [candidate.name for candidate in trial.candidates]
    at = ((0.0, charts.INK), (trial.tolerance, charts.MUTED))
    title = f"transformer better by, in {trial.metric}"
    drawn = intervals.chart(found, names, title, at)
    told = (f"{e.name} {parts.signed(e.value)}" for e in found)
    label = f"By how much the transformer is better: {', '.join(told)}"
    caption = (
        "By how much the transformer is better than each rival. Dashed: no difference, and the "
        f"tolerance of {trial.tolerance:g}"
    )
    return parts.Plot(caption, charts.svg(drawn, label))


def _quality_against_cost(found: contents.Contents, trial: outcome.Outcome) -> parts.Plot | None:
    rows: list[dict[str, Any]] = []
    for candidate in trial.candidates:
        value = found.value(candidate.name, found.metric, comparison.ALL_ROWS)
        if value and value.value is not None:
            row = {"name": candidate.name, "cost": candidate.cost_of_a_million}
            rows.append(row | {"value": value.value, "low": value.low, "high": value.high})
    if not rows:
        return None
    names = [candidate.name for candidate in trial.candidates]
    costs = [row["cost"] for row in rows]
    kind: Literal["log", "linear"] = "log" if min(costs) > 0 else "linear"
    # Room at both ends, or a point would stand on the frame.
    domain = [min(costs) / 1.6, max(costs) * 1.6] if kind == "log" else altair.Undefined
    scale = altair.Scale(type=kind, domain=domain, nice=False)
    axis = altair.Axis(tickCount=4, format="~g", grid=False)
    x = altair.X("cost:Q", title="price of a million predictions", scale=scale, axis=axis)
    y = altair.Y("value:Q", title=found.metric, scale=altair.Scale(zero=False))
    base = altair.Chart(charts.data(rows)).encode(x=x, color=charts.by_name(names))
    ranges = base.mark_rule(strokeWidth=2, strokeCap="round").encode(y="low:Q", y2="high:Q")
    points = base.mark_point(filled=True, size=80, opacity=1).encode(y=y)
    drawn = altair.layer(ranges, points).properties(height=charts.HEIGHT)
    told = ", ".join(f"{r['name']} {r['value']:.4f} at {r['cost']:.4g}" for r in rows)
    caption = f"Quality against cost: {found.metric} with its interval; the axis of cost is "
    caption += "logarithmic" if kind == "log" else "linear"
    return parts.Plot(
        caption, charts.svg(drawn, f"{found.metric} against cost: {told}"), parts.legend(names)
    )


def _time_by_length(trial: outcome.Outcome) -> parts.Plot | None:
    rows = [
        {
            "name": candidate.name,
            "length": length,
            "ms": 1000 * candidate.measured.timings[f"length {length}"].p50_seconds,
        }
        for candidate in trial.candidates
        for length in trial.lengths
        if f"length {length}" in candidate.measured.timings
    ]
    if not rows:
        return None
    names = [candidate.name for candidate in trial.candidates]
    scale = altair.Scale(type="log", base=2, nice=False)
    values = list(trial.lengths)
    axis = altair.Axis(values=values, format="d", grid=False)
    base = altair.Chart(charts.data(rows)).encode(
        x=altair.X("length:Q", title="tokens of the text", scale=scale, axis=axis),
        y=altair.Y("ms:Q", title="milliseconds, median"),
        color=charts.by_name(names),
    )
    lines = base.mark_line(strokeWidth=2).encode(strokeDash=charts.dashed(names))
    points = base.mark_point(filled=True, size=40, opacity=1)
    drawn = altair.layer(lines, points).properties(height=charts.HEIGHT)
    longest = ", ".join(
        f"{row['name']} {row['ms']:.1f} ms" for row in rows if row["length"] == values[-1]
    )
    label = f"Time of an answer by length; at {values[-1]} tokens: {longest}"
    return parts.Plot(
        "Time of an answer to one text, by its length",
        charts.svg(drawn, label),
        parts.legend(names),
    )


def _signed_interval(difference: comparison.Difference | None) -> str:
    if difference is None or difference.low is None or difference.high is None:
        return parts.ABSENT
    return f"{parts.signed(difference.low)} to {parts.signed(difference.high)}"
