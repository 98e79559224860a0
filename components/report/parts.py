"""What sections are made of: plots with their legends, and tables."""

import dataclasses
from collections.abc import Iterable, Sequence

import markupsafe

from components.pages import spelling

ABSENT = "–"
MINUS = "\u2212"


@dataclasses.dataclass(frozen=True)
class Plot:
    """A drawing.

    Attributes:
        caption: What it shows.
        drawing: The SVG.
        legend: Names of the series, and the numbers of their colours; empty where the plot names
            them.
    """

    caption: str
    drawing: markupsafe.Markup
    legend: tuple[tuple[str, int], ...] = ()


@dataclasses.dataclass(frozen=True)
class Table:
    """Rows for people.

    Attributes:
        caption: What they are.
        heads: Of the columns; the first names the rows.
        rows: Cells, texts of anyone or markup.
        texts: Columns, from 0, that hold words, and are aligned to the left.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: tuple[int, ...] = (0,)


def legend(names: Sequence[str], shown: Iterable[str] | None = None) -> tuple[tuple[str, int], ...]:
    """Lists names with the numbers of their colours.

    Args:
        names: All names, in the order of their colours.
        shown: Those that a plot shows; None for all.
    """
    among = set(names if shown is None else shown)
    return tuple((name, i) for i, name in enumerate(names) if name in among)


def value(number: float | None) -> str:
    """Spells a metric: `0.7795`; what is undefined has a dash."""
    return ABSENT if number is None else _decimals(number)


def interval(low: float | None, high: float | None) -> str:
    """Spells an interval: `0.7626 to 0.7958`."""
    if low is None or high is None:
        return ABSENT
    return f"{_decimals(low)} to {_decimals(high)}"


def signed(number: float | None) -> str:
    """Spells a difference with its sign: `+0.0120`."""
    return ABSENT if number is None else f"{number:+.4f}".replace("-", MINUS)


def p_value(p: float | None) -> str:
    """Spells a p-value; one that rounds to 0 is not told as 0."""
    if p is None:
        return ABSENT
    return "<0.0001" if p < 0.0001 else f"{p:.4f}"


def milliseconds(seconds: float | None) -> str:
    """Spells a time of an answer: `7.5 ms`."""
    if seconds is None:
        return ABSENT
    return f"{1000 * seconds:,.{0 if seconds >= 0.1 else 1 if seconds >= 0.001 else 2}f} ms"


def megabytes(size: float) -> str:
    """Spells a size: `12.3 MB`."""
    return f"{size / 1e6:,.1f} MB"


def duration(seconds: float) -> str:
    """Spells a time: `7.5 s`, `3 min 5 s`, `2 h 5 min`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def thinned(count: int, limit: int) -> list[int]:
    """Chooses at most `limit` of `count` places, evenly, the first and the last among them."""
    if count <= limit:
        return list(range(count))
    return sorted({round(i * (count - 1) / (limit - 1)) for i in range(limit)})


def _decimals(number: float) -> str:
    """Spells with 4 decimals, or 4 digits where it is large."""
    spelled = spelling.number(number) if abs(number) >= 10 else f"{number:.4f}"
    return spelled.replace("-", MINUS)
