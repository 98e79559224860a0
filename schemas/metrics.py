"""What one needs to know of a metric to set a bound on it."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Metric:
    """A number that a verdict may rest on.

    Attributes:
        higher_is_better: A floor bounds it; otherwise a ceiling does.
        maximum: The largest value it can take; None where there is none.
        meaning: One line for people.
        minimum: The smallest value it can take; None where there is none.
        mean_of_rows: Whether it is the mean of what each row has by itself.
    """

    higher_is_better: bool
    maximum: float | None
    meaning: str
    minimum: float | None = 0.0
    mean_of_rows: bool = False
