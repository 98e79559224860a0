"""The metrics of a report as a file for programs, intervals with them. Imports no TFX."""

import dataclasses
import json
import typing
from typing import Any

if typing.TYPE_CHECKING:
    from components.report import contents

FILE = "metrics.json"


@dataclasses.dataclass(frozen=True)
class Metric:
    """A metric of a candidate on a slice.

    Attributes:
        candidate: Its name.
        slice: `all rows`, or column=value.
        metric: Name of the metric.
        value: None where the slice leaves it undefined.
        low: Lower end of its interval; None where there is none.
        high: Upper end.
        rows: Rows of the slice.
    """

    candidate: str
    slice: str
    metric: str
    value: float | None
    low: float | None
    high: float | None
    rows: int


@dataclasses.dataclass(frozen=True)
class Metrics:
    """All metrics that a report shows.

    Attributes:
        judged: Name of the candidate that was judged.
        confidence: Chance that an interval has the value, 0 to 1.
        values: Every candidate's, on all rows and on each slice.
    """

    judged: str
    confidence: float
    values: tuple[Metric, ...]

    def to_json(self) -> str:
        """Renders the metrics."""
        return json.dumps(dataclasses.asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Metrics":
        """Reads metrics back."""
        fields: dict[str, Any] = json.loads(text)
        return cls(**{**fields, "values": tuple(Metric(**each) for each in fields["values"])})


def of(found: "contents.Contents") -> Metrics:
    """Takes the metrics out of what a report shows, with the intervals that it shows."""
    return Metrics(
        judged=found.judged,
        confidence=1 - found.alpha,
        values=tuple(
            Metric(**dataclasses.asdict(value), rows=found.slices[each.slice][1])
            for each in found.values
            if (value := found.value(each.candidate, each.metric, each.slice))
        ),
    )
