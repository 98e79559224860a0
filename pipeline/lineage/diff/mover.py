"""The interval of a difference, of two values that have an interval each: MOVER, square and add.

It recovers the variances of both values from their intervals (Method Of Variance Estimates
Recovery), and so keeps what is lopsided about them. It takes them to be independent. Where two
models were judged on the same rows, what is hard for one is mostly hard for the other, too: their
difference varies less than that, and this interval is wide, on the careful side. Only what has both
models' answers to each row, as a trial has, can tell a narrower one.

References:
    Zou and Donner 2008, "Construction of confidence limits about effect measures: a general
    approach", Statistics in Medicine 27, for any two values; Newcombe 1998, "Interval estimation
    for the difference between independent proportions", Statistics in Medicine 17, method 10, for
    shares by Wilson's intervals
"""

import dataclasses
import math


@dataclasses.dataclass(frozen=True)
class Measured:
    """A value with its interval.

    Attributes:
        value: None where it is undefined.
        low: Lower end; None where there is no interval.
        high: Upper end.
    """

    value: float | None
    low: float | None = None
    high: float | None = None


def difference(old: Measured, new: Measured) -> Measured:
    """Computes how much more the new value is, with its interval at the level of both intervals.

    With a and b the old and the new value, l and u the ends of their intervals:
    L = b - a - sqrt((b - l_b)^2 + (u_a - a)^2) and U = b - a + sqrt((u_b - b)^2 + (a - l_a)^2).

    Args:
        old: The one value.
        new: The other, of other rows; of the same rows the interval is wide.
    """
    if old.value is None or new.value is None:
        return Measured(None)
    more = new.value - old.value
    if old.low is None or old.high is None or new.low is None or new.high is None:
        return Measured(more)
    down = math.hypot(new.value - new.low, old.high - old.value)
    up = math.hypot(new.high - new.value, old.value - old.low)
    return Measured(more, more - down, more + up)
