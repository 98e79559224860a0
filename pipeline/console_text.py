"""How the terminal spells things: signs, times, numbers, and text that comes from data."""

import dataclasses
import math
import textwrap
from collections.abc import Iterable


@dataclasses.dataclass(frozen=True)
class Symbols:
    """The signs in use, one set for each kind of encoding.

    Attributes:
        done: Before a component that has ended well.
        failed: Before one that has not.
        spinner: One character a frame.
        bar_done: The part of a bar that is behind.
        bar_left: The part ahead; told from the other without colour too.
        at_most: Less than or equal.
    """

    done: str
    failed: str
    spinner: str
    bar_done: str
    bar_left: str
    at_most: str


_UNICODE = Symbols("✓", "✗", "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "━", "─", "≤")
_ASCII = Symbols("+", "x", "|/-\\", "=", "-", "<=")


def symbols(encoding: str) -> Symbols:
    """Chooses the signs that an encoding can write."""
    try:
        "".join(dataclasses.astuple(_UNICODE)).encode(encoding)
    except UnicodeEncodeError:
        return _ASCII
    return _UNICODE


def printable(text: str, encoding: str = "utf-8") -> str:
    r"""Escapes what would move the cursor, change colours, or break the encoding.

    Labels and slices are values of somebody's file: `\x1b[2J` in one must not clear the screen.
    """
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown.encode(encoding, "backslashreplace").decode(encoding)


def duration(seconds: float) -> str:
    """Spells a time to three digits or so: `8.2 s`, `2 min 05 s`, `1 h 02 min`."""
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    return elapsed(round(seconds))


def elapsed(seconds: float) -> str:
    """Spells a time that is still running, in whole seconds: `8 s`, `2 min 05 s`."""
    whole = int(seconds)
    if whole < 100:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def at_most(seconds: float) -> str:
    """Spells an upper bound of a time, rounded up and calm to look at: `40 s`, `3 min`."""
    if seconds <= 55:
        return f"{max(5, math.ceil(seconds / 5) * 5)} s"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def number(value: float | None, apart_from: Iterable[float] = ()) -> str:
    """Spells a measured value with four decimals, or fewer where it is large.

    Args:
        value: The value; None where it is undefined.
        apart_from: Bounds that the text must not look equal to unless the value is: 0.73999 is
            not 0.74, and would have failed its floor by 0.0000.
    """
    if value is None:
        return "undefined"
    decimals = 4 if abs(value) < 100 else 1
    bounds = [bound for bound in apart_from if bound != value]
    while decimals < 9 and any(round(value - bound, decimals) == 0 for bound in bounds):
        decimals += 1
    return f"{value:,.{decimals}f}"


def size(number: float) -> str:
    """Spells a size: `12.3 MB`, or `12.3 kB` of what is small."""
    return f"{number / 1e6:,.1f} MB" if number >= 1e5 else f"{number / 1e3:,.1f} kB"


def count(amount: int, noun: str) -> str:
    """Spells an amount with its noun: `1 epoch`, `1,200 steps`."""
    return f"{amount:,} {noun}" if amount == 1 else f"{amount:,} {noun}s"


def wrapped(text: str, width: int | None, indent: str = "", hanging: str = "") -> list[str]:
    """Wraps text between words; a word that is too long, a path perhaps, stays whole.

    Args:
        text: One paragraph.
        width: In columns; None keeps one line.
        indent: What the first line begins with.
        hanging: What the others begin with.
    """
    if width is None:
        return [indent + text]
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
