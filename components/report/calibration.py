"""Whether answers are right as often as their probabilities say."""

from typing import NamedTuple

import altair
import numpy as np

from components.report import charts, contents, labels, parts

BINS = 10
TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1]


class Bin(NamedTuple):
    """Answers of like confidence.

    Attributes:
        low: Least confidence of the bin.
        answers: How many.
        confidence: Mean confidence.
        accuracy: Share that was right.
    """

    low: float
    answers: int
    confidence: float
    accuracy: float


def bins(scored: labels.Scored, count: int = BINS) -> list[Bin]:
    """Sorts answers into bins of equal width by confidence; empty ones are left out.

    References:
        Guo et al. 2017, sec. 2, arXiv:1706.04599
    """
    places = np.clip((scored.scores * count).astype(np.int64), 0, count - 1)
    found = []
    for place in np.unique(places):
        chosen = places == place
        confidence = float(scored.scores[chosen].mean())
        accuracy = float(scored.is_true[chosen].mean())
        found.append(Bin(place / count, int(chosen.sum()), confidence, accuracy))
    return found


def build(found: contents.Contents) -> tuple[parts.Plot, ...]:
    """Draws accuracy against confidence of every candidate, and how many answers there were."""
    of = {
        name: bins(labels.confidence(found.answers, name))
        for name in found.candidates[: len(charts.SHADES)]
    }
    return (_reliability(of), _counts(of[found.judged], found))


def _reliability(of: dict[str, list[Bin]]) -> parts.Plot:
    names = list(of)
    rows = [
        {"name": name, "x": each.confidence, "y": each.accuracy}
        for name, found in of.items()
        for each in found
    ]
    scale, axis = altair.Scale(domain=[0, 1]), altair.Axis(values=TICKS)
    x = altair.X("x:Q", title="confidence", scale=scale, axis=axis)
    y = altair.Y("y:Q", title="share that is right", scale=scale, axis=axis)
    ideal = (
        altair.Chart(charts.data([{"x": 0, "y": 0}, {"x": 1, "y": 1}]))
        .mark_line(color=charts.MUTED, strokeDash=[3, 3], strokeWidth=1)
        .encode(x, y)
    )
    base = altair.Chart(charts.data(rows)).encode(x, y, color=charts.by_name(names))
    lines = base.mark_line(strokeWidth=1.8).encode(strokeDash=charts.dashed(names))
    points = base.mark_point(filled=True, size=40, opacity=1)
    drawn = altair.layer(ideal, lines, points).properties(height=charts.SQUARE)
    caption = (
        "Calibration: answers by confidence, and how many of them are right. Below the dashed line "
        "a model is surer than it may be"
    )
    return parts.Plot(caption, charts.svg(drawn, _label(of)), parts.legend(names))


def _label(of: dict[str, list[Bin]]) -> str:
    told = []
    for name, found in of.items():
        answers = sum(each.answers for each in found)
        gap = sum(each.answers * abs(each.confidence - each.accuracy) for each in found)
        told.append(f"{name} off by {gap / max(answers, 1):.4f} on average")
    return f"Calibration in {BINS} bins of confidence: {', '.join(told)}"


def _counts(of_judged: list[Bin], found: contents.Contents) -> parts.Plot:
    rows = [
        {"low": each.low, "high": each.low + 1 / BINS, "count": each.answers} for each in of_judged
    ]
    axis = altair.Axis(values=TICKS, grid=False)
    scale = altair.Scale(domain=[0, 1])
    drawn = (
        altair.Chart(charts.data(rows))
        .mark_bar(color=charts.shade(found.candidates.index(found.judged)), binSpacing=1)
        .encode(
            x=altair.X("low:Q", bin="binned", title="confidence", scale=scale, axis=axis),
            x2="high:Q",
            y=altair.Y("count:Q", title="answers"),
        )
        .properties(height=charts.HEIGHT)
    )
    told = ", ".join(f"{each.answers:,} from {each.low:.1f} on" for each in of_judged)
    caption = f"How many answers of {found.judged} have which confidence"
    return parts.Plot(caption, charts.svg(drawn, f"{caption}: {told}"))
