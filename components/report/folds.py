"""The cross-validation: what each candidate is worth on folds that it did not learn from."""

import dataclasses

import altair

from components.cross_validation import outcome
from components.pages import spelling
from components.report import charts, intervals, parts
from trainer import rivals


@dataclasses.dataclass(frozen=True)
class Section:
    """What the page shows of a cross-validation.

    Attributes:
        says: What it is.
        means: A row a candidate.
        each: A row a fold.
        plots: The means with their intervals, and the folds.
    """

    says: str
    means: parts.Table
    each: parts.Table
    plots: tuple[parts.Plot, ...]


def build(folds: outcome.Outcome | None) -> Section | None:
    """Tells of the folds; nothing where there were none."""
    if folds is None:
        return None
    rows = sum(fold.rows for fold in folds.folds if fold.candidate == folds.candidates[0])
    says = (
        f"The train split's {spelling.plural(rows, 'row')} "
        f"({spelling.plural(folds.units, 'text or group', 'texts or groups')} that stay together) "
        f"in {folds.count} folds. Each candidate learns from all but one, words and all, stops by "
        "the eval split, and is judged on that one; the test split is not looked at. Trainings "
        "share rows, so intervals are those of the corrected resampled t-test (Nadeau and Bengio "
        "2003), wider than Student's"
    )
    plots = (_means(folds), _each(folds))
    return Section(
        says=says,
        means=_table(folds),
        each=_fold_table(folds),
        plots=tuple(plot for plot in plots if plot),
    )


def _table(folds: outcome.Outcome) -> parts.Table:
    rows = []
    for candidate in folds.candidates:
        mean = folds.mean(candidate)
        is_rival = candidate != rivals.TRANSFORMER
        better = folds.better_than(candidate) if is_rival else None
        rows.append(
            (
                candidate,
                parts.value(mean.mean if mean else None),
                parts.interval(mean.low, mean.high) if mean else parts.ABSENT,
                parts.signed(better.mean if better else None),
                f"{parts.signed(better.low)} to {parts.signed(better.high)}"
                if better
                else parts.ABSENT,
            )
        )
    chance = f"{1 - folds.alpha:.0%}"
    caption = f"Mean {folds.metric} over the folds, with intervals of {chance}"
    heads = ("Candidate", folds.metric, "interval", "transformer better by", "interval")
    return parts.Table(caption, heads, tuple(rows))


def _fold_table(folds: outcome.Outcome) -> parts.Table:
    rows = []
    for number in range(1, folds.count + 1):
        of_fold = [fold for fold in folds.folds if fold.number == number]
        values = [parts.value(fold.metrics[folds.metric]) for fold in of_fold]
        rows.append((str(number), f"{of_fold[0].rows:,}", *values))
    heads = ("Fold", "rows", *folds.candidates)
    return parts.Table(f"{folds.metric} of each fold", heads, tuple(rows))


def _means(folds: outcome.Outcome) -> parts.Plot | None:
    means = {name: folds.mean(name) for name in folds.candidates}
    entries = [
        intervals.Entry(name, name, mean.mean, mean.low, mean.high)
        for name, mean in means.items()
        if mean
    ]
    if not entries:
        return None
    drawn = intervals.chart(entries, folds.candidates, f"{folds.metric}, mean over the folds")
    told = ", ".join(f"{entry.name} {entry.value:.4f}" for entry in entries)
    caption = f"Mean {folds.metric} over {folds.count} folds, with its interval"
    return parts.Plot(caption, charts.svg(drawn, f"Mean {folds.metric} over folds: {told}"))


def _each(folds: outcome.Outcome) -> parts.Plot | None:
    names = folds.candidates
    rows = [
        {"name": fold.candidate, "fold": fold.number, "value": fold.metrics[folds.metric]}
        for fold in folds.folds
        if fold.metrics[folds.metric] is not None
    ]
    if not rows:
        return None
    numbers = list(range(1, folds.count + 1))
    ticks = [numbers[i] for i in parts.thinned(len(numbers), 10)]
    axis = altair.Axis(values=ticks, format="d", grid=False)
    base = altair.Chart(charts.data(rows)).encode(
        x=altair.X("fold:Q", title="fold", axis=axis, scale=altair.Scale(zero=False)),
        y=altair.Y("value:Q", title=folds.metric, scale=altair.Scale(zero=False)),
        color=charts.by_name(names),
    )
    lines = base.mark_line(strokeWidth=1.5).encode(strokeDash=charts.dashed(names))
    points = base.mark_point(filled=True, size=45, opacity=1)
    drawn = altair.layer(lines, points).properties(height=charts.HEIGHT)
    label = f"{folds.metric} of each fold, of {', '.join(names)}"
    caption = f"{folds.metric} of each fold: what is hard for one candidate tends to be for others"
    return parts.Plot(caption, charts.svg(drawn, label), parts.legend(names))
