"""Times as they are written in rows."""

import datetime
import math
import re
from typing import Literal, NamedTuple

Kind = Literal["date", "number"]

_DATE = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2})"
    r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?P<fraction>[.,]\d+)?)?"
    r" ?(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?)?)?",
    re.ASCII,
)
_EPOCH = datetime.date(1970, 1, 1).toordinal()


class Time(NamedTuple):
    """When a row was.

    Attributes:
        kind: How it was written.
        value: Seconds since 1970 in UTC, or the number itself.
    """

    kind: Kind
    value: float


def parse(value: bytes | float) -> Time | None:
    """Reads a time; None if it is none.

    Args:
        value: A finite number, or a date as of ISO 8601: `2024-05`, `2024-05-31`,
            `2024-05-31T12:00`, `2024-05-31 12:00:00.5+02:00`. Without a zone it is in UTC.
    """
    try:
        text = value.decode("ascii").strip() if isinstance(value, bytes) else repr(value)
        match = _DATE.fullmatch(text)
        if match:
            return Time("date", _seconds(match))
        number = math.nan if "_" in text else float(text)
    except ValueError:  # UnicodeDecodeError is one
        return None
    return Time("number", number) if math.isfinite(number) else None


def _seconds(match: re.Match[str]) -> float:
    """Counts the seconds since 1970; raises ValueError for a date that is on no calendar."""
    year, month, day = (int(match[part] or 1) for part in ("year", "month", "day"))
    days = datetime.date(year, month, day).toordinal() - _EPOCH
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    datetime.time(hour, minute, second)  # checks them
    fraction = float(match["fraction"].replace(",", ".")) if match["fraction"] else 0.0
    seconds = days * 86_400 + hour * 3_600 + minute * 60 + second
    return seconds - _offset(match["zone"]) + fraction


def _offset(zone: str | None) -> int:
    """Seconds that a zone is ahead of UTC."""
    if zone in (None, "Z"):
        return 0
    sign, digits = (-1 if zone[0] == "-" else 1), zone[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    datetime.time(hours, minutes)  # checks them
    return sign * (hours * 3_600 + minutes * 60)
