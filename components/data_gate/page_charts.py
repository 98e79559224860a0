"""Plots as inline SVG: no script, no library, sizes in per cent so that they fit any width.

Colours and fonts are the style sheet's: a shape carries only the class of its split.
"""

import dataclasses
import itertools
import math
import typing
from collections.abc import Sequence

import markupsafe

from components.pages import spelling

_MIN_WIDTH = 0.006  # of the axis; what is narrower could not be seen
_MIN_HEIGHT = 2.0  # per cent of the strip: no bucket with a value looks empty
_UNEVEN = 3  # buckets whose widths differ by more are drawn on a logarithmic axis
_MAX_TICKS = 5
_MIN_GAP = 0.17  # of the axis, between the numbers below it

_RECTANGLE = markupsafe.Markup(
    '<rect x="{:.2f}%" y="{:.2f}%" width="{:.2f}%" height="{:.2f}%"><title>{}</title></rect>'
)
_MEDIAN = markupsafe.Markup('<line class="median" x1="{0:.2f}%" x2="{0:.2f}%" y1="0" y2="100%"/>')
_STRIP = markupsafe.Markup(
    '<svg class="strip" width="100%" height="48" role="img"><title>{}</title>{}{}</svg>'
)
_TICK = markupsafe.Markup(
    '<line class="tick" x1="{0:.2f}%" x2="{0:.2f}%" y1="0" y2="4"/>'
    '<text x="{0:.2f}%" y="16" text-anchor="{1}">{2}</text>'
)
_AXIS = markupsafe.Markup('<svg class="axis" width="100%" height="20" aria-hidden="true">{}</svg>')
_BAR = markupsafe.Markup(
    '<svg class="bar" width="100%" height="6" aria-hidden="true">'
    '<rect x="0" y="0" width="{:.2f}%" height="100%"/></svg>'
)
_SEGMENT = markupsafe.Markup(
    '<rect class="{}" x="{:.2f}%" y="0" width="{:.2f}%" height="100%"><title>{}</title></rect>'
)
_STACK = markupsafe.Markup(
    '<svg class="stack" width="100%" height="18" role="img"><title>{}</title>{}</svg>'
)


@dataclasses.dataclass(frozen=True)
class Distribution:
    """How the values of one split are spread.

    Attributes:
        split: Its name.
        edges: Left edges of the buckets, rising, and the right edge of the last.
        counts: One fewer than edges.
        median: Drawn as a line.
    """

    split: str
    edges: Sequence[float]
    counts: Sequence[float]
    median: float


@dataclasses.dataclass(frozen=True)
class Histogram:
    """One strip a split, one axis for all.

    Attributes:
        strips: Split and its strip; those without values have none.
        axis: The numbers below the last strip.
        logarithmic: Whether the axis is.
    """

    strips: tuple[tuple[str, markupsafe.Markup], ...]
    axis: markupsafe.Markup
    logarithmic: bool


class _Bar(typing.NamedTuple):
    """A bucket as drawn: place and width in parts of the axis, share over width, its words."""

    place: float
    width: float
    density: float
    words: str


class Axis:
    """Places values between 0 and 1."""

    def __init__(self, edges: Sequence[Sequence[float]]) -> None:
        """Spans the buckets of all splits.

        Args:
            edges: Those of each split. Where their widths are very uneven and no edge is negative,
                the axis is logarithmic from the least positive edge on and nearly linear before
                it (the inverse hyperbolic sine), so that the short buckets can be seen.
        """
        low, high = min(map(min, edges)), max(map(max, edges))
        self.logarithmic = low >= 0 and any(map(_uneven, edges))
        self._unit = min((edge for each in edges for edge in each if edge > 0), default=1.0)
        self._low, self._high = (low, high) if high > low else (low - 0.5, high + 0.5)

    def place(self, value: float) -> float:
        """Where a value lies, 0 at the left and 1 at the right end."""
        low, high, value = (self._scale(each) for each in (self._low, self._high, value))
        return min(1.0, max(0.0, (value - low) / (high - low)))

    def ticks(self) -> list[float]:
        """Round numbers, some `_MAX_TICKS` of them, none too near another."""
        chosen: list[float] = []
        for value in self._candidates():
            inside = self._low <= value <= self._high
            place = self.place(value)
            if inside and all(abs(place - self.place(other)) >= _MIN_GAP for other in chosen):
                chosen.append(value)
        return sorted(chosen)

    def _scale(self, value: float) -> float:
        return math.asinh(value / self._unit) if self.logarithmic else value

    def _candidates(self) -> list[float]:
        """Round numbers, those that shall stand first first."""
        if self.logarithmic:
            powers = [10.0**power for power in range(math.ceil(math.log10(self._high + 1)) + 1)]
            return [0.0, *powers, *(factor * power for factor in (3, 2, 5) for power in powers)]
        least = (self._high - self._low) / _MAX_TICKS
        power = 10.0 ** math.floor(math.log10(least))
        step = power * next(factor for factor in (1, 2, 5, 10) if factor * power >= least * 0.999)
        first = math.ceil(self._low / step)
        return [step * (first + index) for index in range(2 * _MAX_TICKS + 1)]


def histogram(distributions: Sequence[Distribution], unit: str) -> Histogram | None:
    """Draws the distributions below each other.

    The area of a bar is its bucket's share of the split's values, on one scale for all strips, so
    that buckets of any widths and splits of any sizes compare.

    Args:
        distributions: One a split.
        unit: What the values count, `characters`; may be empty.

    Returns:
        The drawing; None if no split has a value.
    """
    filled = [_trim(each) for each in distributions if sum(each.counts) > 0]
    if not filled:
        return None
    axis = Axis([each.edges for each in filled])
    bars = [_bars(each, axis) for each in filled]
    highest = max(bar.density for strip in bars for bar in strip)
    strips = [
        (each.split, _strip(each, strip, highest, axis, unit))
        for each, strip in zip(filled, bars, strict=True)
    ]
    marks = markupsafe.Markup().join(_tick(axis, value) for value in axis.ticks())
    return Histogram(tuple(strips), _AXIS.format(marks), axis.logarithmic)


def bar(fraction: float) -> markupsafe.Markup:
    """Draws a share of the longest bar as a bar; the number stands beside it."""
    return _BAR.format(100 * fraction)


def stack(parts: Sequence[tuple[str, str, int]], title: str) -> markupsafe.Markup:
    """Draws parts of a whole side by side; each is a class, a name and a count."""
    whole = sum(size for _, _, size in parts) or 1
    starts = itertools.accumulate((size for *_, size in parts), initial=0)
    segments = [
        _SEGMENT.format(
            *(kind, 100 * start / whole, 100 * size / whole),
            f"{spelling.inert(name)}: {_counted(size, size / whole)}",
        )
        for (kind, name, size), start in zip(parts, starts, strict=False)
        if size
    ]
    return _STACK.format(spelling.inert(title), markupsafe.Markup().join(segments))


def _uneven(edges: Sequence[float]) -> bool:
    widths = [right - left for left, right in itertools.pairwise(edges) if right > left]
    return bool(widths) and max(widths) > _UNEVEN * min(widths)


def _trim(distribution: Distribution) -> Distribution:
    """Leaves out the empty buckets at both ends."""
    full = [index for index, size in enumerate(distribution.counts) if size]
    first, last = full[0], full[-1] + 1
    return dataclasses.replace(
        distribution,
        edges=distribution.edges[first : last + 1],
        counts=distribution.counts[first:last],
    )


def _bars(distribution: Distribution, axis: Axis) -> list[_Bar]:
    total = sum(distribution.counts)
    bars = []
    buckets = zip(itertools.pairwise(distribution.edges), distribution.counts, strict=True)
    for (left, right), size in buckets:
        place = axis.place(left)
        width = max(axis.place(right) - place, _MIN_WIDTH)
        span = " to ".join(map(spelling.number, (left, right) if right > left else (left,)))
        share = size / total
        bars.append(
            _Bar(min(place, 1 - width), width, share / width, f"{span}: {_counted(size, share)}")
        )
    return bars


def _strip(
    distribution: Distribution, bars: Sequence[_Bar], highest: float, axis: Axis, unit: str
) -> markupsafe.Markup:
    rectangles = [
        _RECTANGLE.format(100 * bar.place, 100 - height, 100 * bar.width, height, bar.words)
        for bar in bars
        if (height := max(100 * bar.density / highest, _MIN_HEIGHT if bar.density else 0.0))
    ]
    ends = (spelling.number(value) for value in (distribution.edges[0], distribution.edges[-1]))
    title = f"{spelling.inert(distribution.split)}: {' to '.join(ends)} {unit}".rstrip()
    title += f", median {spelling.number(distribution.median)}"
    drawn = markupsafe.Markup().join(rectangles)
    return _STRIP.format(title, drawn, _MEDIAN.format(100 * axis.place(distribution.median)))


def _counted(size: float, share: float) -> str:
    return f"{spelling.count(size)} ({spelling.percent(share)})"


def _tick(axis: Axis, value: float) -> markupsafe.Markup:
    place = axis.place(value)
    anchor = "start" if place < 0.05 else "end" if place > 0.95 else "middle"
    return _TICK.format(100 * place, anchor, spelling.number(value))
