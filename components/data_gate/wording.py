"""How the checks spell numbers, limits and the settings that would accept them."""

import json
import math
from collections.abc import Iterable

_MAX_DECIMALS = 8
_MAX_SHOWN = 80  # characters of a value
_REMEDY_DIGITS = 2  # significant ones


def percent(share: float, unlike: float | None = None) -> str:
    """Spells a share: 3.4 %, or with as many decimals as keep it apart from 0 and another one."""
    others = [other for other in (0.0, unlike) if other is not None and other != share]
    for decimals in range(1, _MAX_DECIMALS):
        text = _trimmed(100.0 * share, decimals)
        if all(text != _trimmed(100.0 * other, decimals) for other in others):
            break
    return f"{text} %"


def at_most(limit: float, allowance: float = 0.0) -> str:
    """Spells the largest share: at most 1 % (+ 0.6 % for chance)."""
    chance = _trimmed(100.0 * allowance, 1)
    return f"at most {percent(limit)}" + ("" if chance == "0" else f" (+ {chance} % for chance)")


def distance_at_most(limit: float, allowance: float) -> str:
    """Spells the largest distance: at most 0.1 (+ 0.04 for chance)."""
    chance = _trimmed(allowance, 3)
    return f"at most {limit:g}" + ("" if chance == "0" else f" (+ {chance} for chance)")


def rows(count: int) -> str:
    """Spells a number of rows."""
    return "1 row" if count == 1 else f"{count:,} rows"


def listed(parts: Iterable[str]) -> str:
    """Joins parts: a, b and c."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def shown(value: bytes | str | float) -> str:
    """Renders a value of the data in a line, so that a terminal is not moved by it."""
    text = value.decode(errors="backslashreplace") if isinstance(value, bytes) else f"{value}"
    text = text if text and text == text.strip() and text.isprintable() else json.dumps(text)
    return f"`{text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + '…'}`"


def line(text: str) -> str:
    """Makes one line of a text, with all that a terminal would obey spelled out."""
    spaced = " ".join(text.split())
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in spaced)


def set_limit(check: str, value: float) -> str:
    """Names the setting that accepts a value: its limit, rounded up."""
    return f"--set validate.{check}.limit={_round_up(value)}"


def _round_up(value: float) -> str:
    """Rounds up to a short number that is at least the value, whatever float makes of it."""
    if value <= 0.0:
        return "0"
    decimals = _REMEDY_DIGITS - 1 - math.floor(math.log10(value))
    scaled = math.floor(value * 10.0**decimals)
    while float(text := _trimmed(scaled / 10.0**decimals, max(decimals, 0))) < value:
        scaled += 1
    return text


def _trimmed(number: float, decimals: int) -> str:
    text = f"{number:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
