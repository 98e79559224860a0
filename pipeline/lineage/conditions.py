"""What is asked of artifacts: `accuracy>=0.9`, `created=2026-11-24`, `run=latest`."""

import dataclasses
import datetime
import json
import math
import operator
import re
from collections.abc import Callable, Mapping

from pipeline import errors
from pipeline.lineage import properties, records

_SPELT = re.compile(r"\s*([^=!<>]*[^=!<>\s])\s*(!=|<=|>=|==?|<|>)\s*(.*?)\s*", re.DOTALL)
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
# Keys that every artifact has beside its properties.
ID, URI, RUN, NODE, CREATED = "id", "uri", "run", "node", "created"
OWN = (ID, URI, RUN, NODE, CREATED)
# How exact a time is, by the number of characters that spell it; more of them are exact.
_EXACT = {
    10: datetime.timedelta(days=1),
    16: datetime.timedelta(minutes=1),
    19: datetime.timedelta(seconds=1),
}


@dataclasses.dataclass(frozen=True)
class Condition:
    """One `--where`.

    Attributes:
        key: A property, or one of `OWN`.
        compare: One of `=`, `!=`, `<`, `<=`, `>`, `>=`.
        value: What it is compared with, as it was spelt.
    """

    key: str
    compare: str
    value: str

    def holds(self, value: properties.Value | datetime.datetime, newest_run: str) -> bool:
        """Tells whether an artifact's value is as it was asked for; one without a value never is.

        Args:
            value: What the artifact has under the key.
            newest_run: What `latest` means.
        """
        if value is None:
            return False
        if isinstance(value, datetime.datetime):
            return self._holds_of_time(value)
        if self.key == RUN:
            asked = newest_run if self.value == records.LATEST else self.value
            return spell(value).startswith(asked) is (self.compare == "=")
        of_number = _number(self.value)
        if self.compare in ("=", "!=") and (of_number is None or isinstance(value, str)):
            return (spell(value) == self.value) is (self.compare == "=")
        number = _number(value)
        return (
            number is not None
            and of_number is not None
            and (_COMPARE[self.compare](number, of_number))
        )

    def _holds_of_time(self, value: datetime.datetime) -> bool:
        """Compares with a span: a day is before another when it is over before that begins."""
        start, end = _span(self.value) or (value, value)
        within = start <= value < end or value == start
        if self.compare in ("=", "!="):
            return within is (self.compare == "=")
        if within:
            return self.compare in ("<=", ">=")
        return (value < start) is (self.compare in ("<", "<="))


def read(text: str) -> Condition:
    """Reads one `--where`.

    Raises:
        ConfigError: If it is none.
    """
    found = _SPELT.fullmatch(text)
    if found is None:
        raise errors.ConfigError(
            f"`--where` must be KEY=VALUE, or with one of != < <= > >=. Received: {text}"
        )
    key, compare, value = found.groups()
    made = Condition(key, "=" if compare == "==" else compare, value)
    if key == CREATED and _span(value) is None:
        raise errors.ConfigError(
            f"`--where created` must be compared with a time in ISO 8601, such as 2026-11-24 or "
            f"2026-11-24T18:30. Received: {text}"
        )
    if key != CREATED and compare not in ("=", "==", "!="):
        if key in (URI, RUN, NODE):
            raise errors.ConfigError(
                f"`--where {key}` must be compared by = or !=, as it is a text. Received: {text}"
            )
        if _number(value) is None:
            raise errors.ConfigError(
                f"`--where` must have a number after {compare}. Received: {text}"
            )
    return made


def spell(value: properties.Value) -> str:
    """Spells a value as `=` compares it: as JSON has it, a text bare."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _number(value: properties.Value) -> float | None:
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _span(text: str) -> tuple[datetime.datetime, datetime.datetime] | None:
    """Reads when a time begins and ends: that of people's clocks, where it names no zone."""
    try:
        parsed = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    start = parsed if parsed.tzinfo else parsed.astimezone()
    return start, start + _EXACT.get(len(text), datetime.timedelta())
