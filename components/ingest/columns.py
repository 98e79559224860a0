"""Which columns of a file become which raw features."""

import dataclasses
import json
from typing import Literal

Kind = Literal["text", "number", "time"]


@dataclasses.dataclass(frozen=True)
class Column:
    """One wanted column.

    Attributes:
        name: Its name in the file.
        kind: `text` for any value that is not blank, as UTF-8; `number` for a finite number;
            `time` for a text that `times.parse` can read, handed on as it is written.
    """

    name: str
    kind: Kind = "text"


@dataclasses.dataclass(frozen=True)
class Columns:
    """Feature name to its column; every one is required in each row."""

    by_feature: dict[str, Column]

    def to_json(self) -> str:
        """Renders the mapping for an execution property."""
        return json.dumps(
            {name: dataclasses.asdict(column) for name, column in self.by_feature.items()},
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> "Columns":
        """Reads the mapping back."""
        return cls({name: Column(**column) for name, column in json.loads(text).items()})
