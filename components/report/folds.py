"""The cross-validation: what each candidate is worth on folds that it did not learn from."""

import dataclasses

import altair

from components.pages import spelling
from components.report import charts, contents, intervals, parts
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


def build(found: contents.Contents) -> Section | None:
    """Tells of the folds; nothing where there were none."""
    folds = found.folds
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
    plots = (_means(found), _each(found))
    return Section(
        says=says,
        means=_table(found),
        each=_fold_table(found),
        plots=tuple(plot for plot in plots if plot),
    )


def _table(found: contents.Contents) -> parts.Table:
    folds = found.folds
    rows = []
    for candidate in folds.candidates if folds else ():
        mean = folds.mean(candidate) if folds else None
        is_rival = candidate != rivals.TRANSFORMER
        better = folds.better_than(candidate) if folds and is_rival else None
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
    metric = folds.metric if folds else ""
    chance = f"{1 - found.alpha:.0%}"
    caption = f"Mean {metric} over the folds, with intervals of {chance}"
    heads = ("Candidate", metric, "interval", "transformer better by", "interval")
    return parts.Table(caption, heads, tuple(rows))


def _fold_table(found: contents.Contents) -> parts.Table:
    folds = found.folds
    names = folds.candidates if folds else []
    rows = []
    for number in range(1, (folds.count if folds else 0) + 1):
        of_fold = [fold for fold in folds.folds if fold.number == number] if folds else []
        values = [parts.value(fold.metrics[folds.metric]) for fold in of_fold] if folds else []
        rows.append((str(number), f"{of_fold[0].rows:,}", *values))
    caption = f"{folds.metric if folds else ''} of each fold"
    return parts.Table(caption, ("Fold", "rows", *names), tuple(rows))


def _means(found: contents.Contents) -> parts.Plot | None:
    folds = found.folds
    if folds is None:
        return None
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


def _each(found: contents.Contents) -> parts.Plot | None:
    folds = found.folds
    if folds is None:
        return None
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
