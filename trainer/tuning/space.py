"""What each key of a search may be. Imports no TensorFlow."""

import dataclasses
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Values = dict[str, Any]

_ALMOST = 1e-9  # of a number, by which one on a grid of floats may be off


@dataclasses.dataclass(frozen=True)
class Choice:
    """One of several values.

    Attributes:
        values: In the order in which a grid goes through them.
    """

    values: tuple[Any, ...]

    def points(self) -> tuple[Any, ...]:
        """Lists the values."""
        return self.values

    def holds(self, value: Any) -> bool:
        """Tells whether a value is among them."""
        return value in self.values


@dataclasses.dataclass(frozen=True)
class Range:
    """Numbers from one to another, whole ones where its ends are.

    Attributes:
        low: The smallest.
        high: The largest.
        step: Between two values, from `low` on, or the factor between them if `log`; None where
            any number is meant.
        log: Whether the logarithm is evenly spread rather than the number.
    """

    low: float
    high: float
    step: float | None = None
    log: bool = False

    @property
    def whole(self) -> bool:
        """Whether all of it are whole numbers."""
        return isinstance(self.low, int)

    def points(self) -> tuple[float, ...] | None:
        """Lists the values; None where there are too many to be listed."""
        if self.step is None:
            return tuple(range(int(self.low), int(self.high) + 1)) if self._is_listed else None
        span = math.log(self.high / self.low, self.step) if self.log else self._steps
        return tuple(self._point(i) for i in range(int(span + _ALMOST) + 1))

    def holds(self, value: Any) -> bool:
        """Tells whether a number lies between the ends, whether or not a step leads to it."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        slack = _ALMOST * max(abs(self.low), abs(self.high))
        return is_number and self.low - slack <= value <= self.high + slack

    @property
    def _is_listed(self) -> bool:
        return self.whole and not self.log

    @property
    def _steps(self) -> float:
        return (self.high - self.low) / (self.step or 1.0)

    def _point(self, i: int) -> float:
        step = self.step or 1.0
        point = self.low * step**i if self.log else self.low + i * step
        return round(point) if self.whole else point


Domain = Choice | Range
Space = Mapping[str, Domain]


def read(fields: Mapping[str, Any]) -> dict[str, Domain]:
    """Reads a space back from what a resolved config has of it.

    Args:
        fields: Key to a list of values, or to the fields of a range.
    """
    return {key: _domain(domain) for key, domain in fields.items()}


def size(space: Space) -> int | None:
    """Counts the combinations; None where they cannot be counted."""
    counts = [domain.points() for domain in space.values()]
    return None if None in counts else math.prod(len(points or ()) for points in counts)


def grid(space: Space) -> Iterator[Values]:
    """Yields every combination, the last key's values changing first.

    Raises:
        ValueError: If a range has no step.
    """
    lists: list[Sequence[Any]] = []
    for key, domain in space.items():
        points = domain.points()
        if points is None:
            raise ValueError(f"`{key}` must be a list or have a step in a grid")
        lists.append(points)
    for combination in itertools.product(*lists):
        yield dict(zip(space, combination, strict=True))


def _domain(fields: Any) -> Domain:
    if not isinstance(fields, Mapping):
        return Choice(tuple(fields))
    low, high = fields["min"], fields["max"]
    return Range(low, high, fields.get("step"), fields.get("scale") == "log")
