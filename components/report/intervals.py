"""Values with their intervals, one below the other."""

from collections.abc import Sequence
from typing import NamedTuple

import altair

from components.report import charts

_STEP = 26  # height of a row


class Entry(NamedTuple):
    """A value of somebody.

    Attributes:
        row: Where it stands; those of one row stand beside each other.
        name: Whose it is, which gives its colour.
        value: The value.
        low: Lower end of its interval; None where there is none.
        high: Upper end.
    """

    row: str
    name: str
    value: float
    low: float | None
    high: float | None


def chart(
    entries: Sequence[Entry],
    names: Sequence[str],
    title: str,
    at: Sequence[tuple[float, str]] = (),
) -> charts.Drawing:
    """Draws a point with its interval for each entry.

    Args:
        entries: In the order of the rows.
        names: All names, in the order of their colours.
        title: Of the axis.
        at: Values to mark by an upright line, and the line's colour.
    """
    rows = list(dict.fromkeys(entry.row for entry in entries))
    present = [name for name in names if any(entry.name == name for entry in entries)]
    shared = len(entries) > len(rows)
    y = altair.Y("row:N", sort=rows, title=None, axis=altair.Axis(ticks=False, grid=False))
    base = altair.Chart(charts.data([entry._asdict() for entry in entries])).encode(
        y=y, color=charts.by_name(names)
    )
    if shared:
        base = base.encode(yOffset=altair.YOffset("name:N", sort=present))
    x = altair.X("value:Q", title=title, scale=altair.Scale(zero=False, nice=True))
    ranges = base.mark_rule(strokeWidth=2, strokeCap="round").encode(x="low:Q", x2="high:Q")
    points = base.mark_point(filled=True, opacity=1, size=55).encode(x=x)
    lines = [_line(value, colour) for value, colour in at]
    step = max(_STEP, 14 * len(present)) if shared else _STEP
    made: charts.Drawing = altair.layer(*lines, ranges, points).properties(height=step * len(rows))
    return made


def _line(value: float, colour: str) -> altair.Chart:
    made: altair.Chart = (
        altair.Chart(charts.data([{"at": value}]))
        .mark_rule(color=colour, strokeDash=[3, 3])
        .encode(x="at:Q")
    )
    return made
