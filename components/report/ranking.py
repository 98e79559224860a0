"""Receiver operating characteristic and precision against recall."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import altair
import numpy as np

from components.report import charts, contents, labels, parts

MAX_CURVES = 5
_MAX_POINTS = 200  # of a curve


class Curve(NamedTuple):
    """A curve and the area below it.

    Attributes:
        x: `(points,)`.
        y: `(points,)`.
        area: Below it.
    """

    x: np.ndarray
    y: np.ndarray
    area: float


def roc(scored: labels.Scored) -> Curve | None:
    """Computes the share of true alarms against that of false ones, at every threshold.

    Returns:
        From (0, 0) to (1, 1); None where all rows are of one kind.

    References:
        Fawcett 2006, algorithms 1 and 2, doi:10.1016/j.patrec.2005.10.010
    """
    hits, alarms = _counted(scored)
    positives, negatives = hits[-1], alarms[-1] - hits[-1]
    if not positives or not negatives:
        return None
    x, y = (alarms - hits) / negatives, hits / positives
    return Curve(x, y, float(np.trapz(y, x)))


def precision_recall(scored: labels.Scored) -> Curve | None:
    """Computes precision against recall at every threshold, and the average precision.

    Returns:
        Recall as x, precision as y, which is a step from one recall to the next; None where no row
        is true.

    References:
        Davis and Goadrich 2006, doi:10.1145/1143844.1143874, for why points are not joined by
        straight lines
    """
    hits, alarms = _counted(scored)
    if not hits[-1]:
        return None
    known = hits > 0  # before the first hit nothing is recalled
    recall, precision = hits[known] / hits[-1], hits[known] / alarms[known]
    area = float(np.sum(np.diff(recall, prepend=0.0) * precision))
    return Curve(recall, precision, area)


def build(found: contents.Contents) -> tuple[parts.Plot, ...]:
    """Draws both curves of every candidate, or of every label where there are more than two."""
    answers = found.answers
    binary = len(answers.labels) == 2 and not labels.has_several(answers)
    if binary:
        scored = {name: labels.of_label(answers, name, 1) for name in found.candidates}
        of = f"{answers.labels[1]} against {answers.labels[0]}"
    else:
        chosen = labels.most_frequent(answers, MAX_CURVES)
        scored = {answers.labels[i]: labels.of_label(answers, found.judged, i) for i in chosen}
        of = f"each label against all others, {found.judged}"
    return tuple(plot for plot in (_roc(scored, of), _precision_recall(scored, of)) if plot)


def _counted(scored: labels.Scored) -> tuple[np.ndarray, np.ndarray]:
    """Counts true rows and all rows above each threshold, `(thresholds + 1,)`, from none on."""
    order = np.argsort(-scored.scores, kind="stable")
    sorted_scores = scored.scores[order]
    last = np.append(np.flatnonzero(np.diff(sorted_scores)), len(order) - 1)  # of each tie
    hits = np.cumsum(scored.is_true[order])[last]
    zero = np.zeros(1)
    return np.concatenate([zero, hits]), np.concatenate([zero, last + 1.0])


def _roc(scored: Mapping[str, labels.Scored], of: str) -> parts.Plot | None:
    curves = {name: curve for name, each in scored.items() if (curve := roc(each))}
    if not curves:
        return None
    titles = ("false positive rate", "true positive rate")
    chance = _chart([{"x": 0.0, "y": 0.0}, {"x": 1.0, "y": 1.0}], *titles).mark_line(
        color=charts.MUTED, strokeDash=[3, 3], strokeWidth=1
    )
    drawn = _drawn(curves, *titles, "linear", [chance])
    return _plot("ROC", "area", of, curves, drawn)


def _precision_recall(scored: Mapping[str, labels.Scored], of: str) -> parts.Plot | None:
    curves = {name: curve for name, each in scored.items() if (curve := precision_recall(each))}
    if not curves:
        return None
    drawn = _drawn(curves, "recall", "precision", "step-before", [])
    return _plot("Precision against recall", "average precision", of, curves, drawn)


def _drawn(
    curves: Mapping[str, Curve],
    x: str,
    y: str,
    interpolate: Literal["linear", "step-before"],
    below: list[altair.Chart],
) -> charts.Drawing:
    names = list(curves)
    rows = [
        {"name": name, "x": float(curve.x[i]), "y": float(curve.y[i]), "order": i}
        for name, curve in curves.items()
        for i in parts.thinned(len(curve.x), _MAX_POINTS)
    ]
    lines = (
        _chart(rows, x, y)
        .mark_line(strokeWidth=1.8, interpolate=interpolate)
        .encode(color=charts.by_name(names), strokeDash=charts.dashed(names), order="order:Q")
    )
    made: charts.Drawing = altair.layer(*below, lines).properties(height=charts.SQUARE)
    return made


def _chart(rows: list, x: str, y: str) -> altair.Chart:
    titled = [altair.X("x:Q", title=x), altair.Y("y:Q", title=y)]
    scale = altair.Scale(domain=[0, 1])
    axis = altair.Axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1])
    made: altair.Chart = altair.Chart(charts.data(rows)).encode(
        *(each.scale(scale).axis(axis) for each in titled)
    )
    return made


def _plot(
    what: str, area: str, of: str, curves: Mapping[str, Curve], drawn: charts.Drawing
) -> parts.Plot:
    told = [f"{name} {curve.area:.4f}" for name, curve in curves.items()]
    label = f"{what}, {of}; {area}: {', '.join(told)}"
    return parts.Plot(
        f"{what}, {of}; with the {area}", charts.svg(drawn, label), parts.legend(told)
    )
