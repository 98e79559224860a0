"""Predicted against true numbers."""

import altair
import numpy as np

from components.report import charts, contents, parts

MAX_POINTS = 1500
MAX_TARGETS = 4


def build(found: contents.Contents) -> tuple[parts.Plot, ...]:
    """Draws, for each number that is predicted, predictions and residuals against the truth."""
    given = found.answers.given[found.judged]
    chosen = parts.thinned(len(given), MAX_POINTS)
    targets = found.task.targets[:MAX_TARGETS]
    plots = []
    for i, target in enumerate(targets):
        true, predicted = found.answers.truths[chosen, i], given[chosen, i]
        name = target if len(targets) > 1 else "value"
        plots += [_predicted(true, predicted, name), _residual(true, predicted, name)]
    return tuple(plots)


def _predicted(true: np.ndarray, predicted: np.ndarray, name: str) -> parts.Plot:
    low = float(min(true.min(), predicted.min()))
    high = float(max(true.max(), predicted.max()))
    ideal = (
        altair.Chart(charts.data([{"x": low, "y": low}, {"x": high, "y": high}]))
        .mark_line(color=charts.MUTED, strokeDash=[3, 3], strokeWidth=1)
        .encode(x="x:Q", y="y:Q")
    )
    drawn = altair.layer(ideal, _points(true, predicted, f"true {name}", f"predicted {name}"))
    r = float(np.corrcoef(true, predicted)[0, 1]) if len(true) > 1 else float("nan")
    label = f"Predicted against true {name}: correlation {r:.4f} of {len(true):,} rows"
    return _plot(f"Predicted against true {name}", label, drawn)


def _residual(true: np.ndarray, predicted: np.ndarray, name: str) -> parts.Plot:
    zero = (
        altair.Chart(charts.data([{"y": 0.0}]))
        .mark_rule(color=charts.MUTED, strokeDash=[3, 3])
        .encode(y="y:Q")
    )
    apart = predicted - true
    drawn = altair.layer(zero, _points(true, apart, f"true {name}", "predicted − true"))
    label = f"Residuals of {name}: mean {apart.mean():.4f}, standard deviation {apart.std():.4f}"
    return _plot(f"Residuals of {name}: predicted − true", label, drawn)


def _points(x: np.ndarray, y: np.ndarray, x_title: str, y_title: str) -> altair.Chart:
    rows = [{"x": float(a), "y": float(b)} for a, b in zip(x, y, strict=True)]
    scale = altair.Scale(zero=False)
    made: altair.Chart = (
        altair.Chart(charts.data(rows))
        .mark_point(filled=True, size=18, opacity=0.7, color=charts.shade(0))
        .encode(
            x=altair.X("x:Q", title=x_title, scale=scale),
            y=altair.Y("y:Q", title=y_title, scale=scale),
        )
    )
    return made


def _plot(caption: str, label: str, drawn: altair.LayerChart | altair.FacetChart) -> parts.Plot:
    sized = drawn.properties(height=charts.SQUARE)
    return parts.Plot(caption, charts.svg(sized, label))
