"""How trainings went: the loss, and what is watched beside it, epoch by epoch."""

from collections.abc import Mapping

import altair

from components.report import charts, parts
from trainer import training_record

_EVAL = "eval_"
_MAX_EPOCHS = 200  # points of a line


def build(trainings: Mapping[str, training_record.TrainingRecord]) -> tuple[parts.Plot, ...]:
    """Draws the losses of all candidates, and then each metric of the eval split.

    Args:
        trainings: Candidate to how its training went.
    """
    curves = [_curve(trainings, metric) for metric in _metrics(trainings)]
    return tuple(curve for curve in (_losses(trainings), *curves) if curve)


def table(trainings: Mapping[str, training_record.TrainingRecord]) -> parts.Table:
    """Tells how each training ended."""
    rows = [
        (
            name,
            f"{record.best_epoch} of {len(record.epochs)}",
            parts.duration(record.seconds),
            parts.megabytes(record.peak_memory_bytes),
            f"{record.parameters:,}",
            record.precision,
            record.reason,
        )
        for name, record in trainings.items()
    ]
    heads = (
        "Model",
        "epoch kept",
        "time",
        "memory",
        "trained weights",
        "precision",
        "why it ended",
    )
    return parts.Table("How each training ended", heads, tuple(rows), texts=(0, 5, 6))


def _metrics(trainings: Mapping[str, training_record.TrainingRecord]) -> list[str]:
    """Lists what is watched on the eval split beside the loss."""
    found = [
        name.removeprefix(_EVAL)
        for record in trainings.values()
        for epoch in record.epochs[:1]
        for name in epoch["metrics"]
        if name.startswith(_EVAL) and name != "eval_loss"
    ]
    return list(dict.fromkeys(found))[:3]


def _losses(trainings: Mapping[str, training_record.TrainingRecord]) -> parts.Plot | None:
    rows = [
        row | {"of": of}
        for of, metric in (("train", "loss"), ("eval", "eval_loss"))
        for row in _points(trainings, metric)
    ]
    if not rows:
        return None
    names = list(trainings)
    scale = altair.Scale(domain=["eval", "train"], range=[[1, 0], [3, 3]])
    base = _base(rows, "loss", names)
    lines = base.mark_line(strokeWidth=2).encode(
        strokeDash=altair.StrokeDash("of:N", scale=scale, legend=None),
        opacity=altair.condition("datum.of == 'eval'", altair.value(1), altair.value(0.6)),
    )
    drawn = _sized(lines, _best(rows, base))
    label = f"Loss by epoch: {_ends(rows)}"
    caption = "Loss: solid on the eval split, dotted on train; the point is the epoch that was kept"
    return parts.Plot(caption, charts.svg(drawn, label), parts.legend(names))


def _curve(
    trainings: Mapping[str, training_record.TrainingRecord], metric: str
) -> parts.Plot | None:
    rows = [row | {"of": "eval"} for row in _points(trainings, _EVAL + metric)]
    if not rows:
        return None
    names = list(trainings)
    base = _base(rows, metric, names)
    lines = base.mark_line(strokeWidth=2).encode(strokeDash=charts.dashed(names))
    drawn = _sized(lines, _best(rows, base))
    label = f"{metric} on the eval split by epoch: {_ends(rows)}"
    return parts.Plot(f"{metric} on the eval split", charts.svg(drawn, label), parts.legend(names))


def _points(
    trainings: Mapping[str, training_record.TrainingRecord], metric: str
) -> list[dict[str, float | str | bool]]:
    rows: list[dict[str, float | str | bool]] = []
    for name, record in trainings.items():
        epochs = [epoch for epoch in record.epochs if metric in epoch["metrics"]]
        for i in parts.thinned(len(epochs), _MAX_EPOCHS):
            number = epochs[i]["epoch"]
            kept = number == record.best_epoch
            value = float(epochs[i]["metrics"][metric])
            rows.append({"name": name, "epoch": number, "value": value, "kept": kept})
    return rows


def _base(rows: list, title: str, names: list[str]) -> altair.Chart:
    epochs = sorted({row["epoch"] for row in rows})
    ticks = [epochs[i] for i in parts.thinned(len(epochs), 8)]
    axis = altair.Axis(values=ticks, format="d", grid=False)
    made: altair.Chart = altair.Chart(charts.data(rows)).encode(
        x=altair.X("epoch:Q", title="epoch", axis=axis, scale=altair.Scale(zero=False)),
        y=altair.Y("value:Q", title=title, scale=altair.Scale(zero=False)),
        color=charts.by_name(names),
        detail="of:N",
    )
    return made


def _best(rows: list, base: altair.Chart) -> altair.Chart:
    made: altair.Chart = base.transform_filter("datum.kept && datum.of == 'eval'").mark_point(
        filled=True, size=60, opacity=1
    )
    return made


def _sized(*layers: altair.Chart) -> charts.Drawing:
    made: charts.Drawing = altair.layer(*layers).properties(height=charts.HEIGHT)
    return made


def _ends(rows: list) -> str:
    """Tells the values at the epochs that were kept."""
    kept = [row for row in rows if row["kept"] and row["of"] == "eval"]
    return ", ".join(f"{row['name']} {row['value']:.4f} at epoch {row['epoch']}" for row in kept)
