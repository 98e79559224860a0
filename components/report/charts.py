"""Vega-Lite charts as inline SVG that takes its colours from the page's style sheet.

Drawn once, here, rather than in the browser: nothing runs on the page, so that the texts of anyone
that it shows meet no script, a printed page has its plots, and 10 kB a plot stand where Vega's own
code would be 900. Colours are names of the sheet's variables, `var(--s0)`, which SVG leaves to CSS:
light and dark need no second drawing.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import altair
import markupsafe
import vl_convert

from components.pages import spelling

Row = Mapping[str, Any]
Drawing = altair.TopLevelMixin

# In units of the drawing, which a narrow screen shows as pixels and a wide one a little larger. All
# drawings are as wide, titles and all, so that their texts are of one size beside each other.
WIDTH, HEIGHT = 340, 210
SQUARE = 270  # height of a plot whose axes have one scale
# Colours that are told apart by those who see fewer of them, too; dashes tell the same again.
SHADES = ("var(--s0)", "var(--s1)", "var(--s2)", "var(--s3)", "var(--s4)")
DASHES = ([1, 0], [6, 2], [2, 2], [8, 2, 2, 2], [4, 4])
INK, MUTED, LINE = "var(--ink)", "var(--muted)", "var(--line)"

_VERSION = "6.4"
_OPENING = re.compile(r"^<svg [^>]*?width=\"([\d.]+)\" height=\"([\d.]+)\"[^>]*>")
_SVG = markupsafe.Markup(
    '<svg class="chart" viewBox="0 0 {} {}" style="max-width:{}px" role="img" aria-label="{}">'
)
# Larger than drawn by no more than this: text of a plot as large as the page's own looks coarse.
_STRETCH = 1.25


def data(rows: Sequence[Row]) -> altair.Data:
    """Puts rows into a chart, as they are."""
    return altair.Data(values=[dict(row) for row in rows])


def by_name(names: Sequence[str], field: str = "name") -> altair.Color:
    """Colours marks by a name; without a legend, which stands beside the plot."""
    scale = altair.Scale(domain=list(names), range=[shade(i) for i in range(len(names))])
    return altair.Color(f"{field}:N", scale=scale, legend=None)


def dashed(names: Sequence[str], field: str = "name") -> altair.StrokeDash:
    """Dashes lines by a name."""
    dashes = [DASHES[i % len(DASHES)] for i in range(len(names))]
    scale = altair.Scale(domain=list(names), range=dashes)
    return altair.StrokeDash(f"{field}:N", scale=scale, legend=None)


def shade(index: int) -> str:
    """Gives the colour of a series by its number."""
    return SHADES[index % len(SHADES)]


def svg(chart: altair.TopLevelMixin, label: str) -> markupsafe.Markup:
    """Draws a chart.

    Args:
        chart: Checked against Vega-Lite's schema on the way.
        label: What it shows, for those who do not see it.

    Raises:
        ValueError: If the drawing would fetch something.
    """
    # Texts of a chart are Vega's to escape; what nobody sees is made visible here.
    spec = _inert(_styled(chart).properties(width=WIDTH).to_dict())
    drawn = vl_convert.vegalite_to_svg(spec, vl_version=_VERSION)
    found = _OPENING.match(drawn)
    if found is None or "href" in drawn or "url(" in drawn:
        raise ValueError(f"A chart must be an SVG that fetches nothing. Received: {drawn[:80]}")
    width, height = (float(size) for size in found.groups())
    opening = _SVG.format(
        *(spelling.number(width), spelling.number(height), round(width * _STRETCH)),
        spelling.inert(label),
    )
    return opening + markupsafe.Markup(drawn[found.end() :])  # noqa: S704 - Vega escapes texts


def _styled(chart: altair.TopLevelMixin) -> altair.TopLevelMixin:
    """Gives a chart the look of the page."""
    axis = altair.AxisConfig(
        domain=False,
        gridColor=LINE,
        gridOpacity=0.7,
        labelColor=MUTED,
        labelFont="inherit",
        labelFontSize=11,
        labelLimit=130,
        tickColor=LINE,
        titleColor=MUTED,
        titleFont="inherit",
        titleFontSize=11,
        titleFontWeight="normal",
        titlePadding=8,
    )
    styled: altair.TopLevelMixin = chart.configure(
        aria=False,
        axis=axis,
        autosize=altair.AutoSizeParams(type="fit-x", contains="padding"),
        background="transparent",
        font="inherit",
        padding=4,
        view=altair.ViewConfig(stroke=None),
    )
    return styled


def _inert(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _inert(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_inert(each) for each in value]
    return spelling.inert(value)
