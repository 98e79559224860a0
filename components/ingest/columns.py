"""Which columns of a file become which raw features."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Literal

from schemas import tasks

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
    """Which columns are wanted; every one is required in each row.

    Attributes:
        by_feature: Feature name to its column.
        task: The task that judges rows as a whole; None where none does.
    """

    by_feature: dict[str, Column]
    task: tasks.Settings | None = None

    def fault(self, values: Mapping[str, bytes | float]) -> str | None:
        """Tells what keeps the task from using a row, by its values; None for a row of use."""
        if self.task is None:
            return None
        names = {feature: column.name for feature, column in self.by_feature.items()}
        return tasks.contract(self.task.name).fault(self.task, values, names)

    def to_json(self) -> str:
        """Renders the mapping for an execution property."""
        return json.dumps(
            {
                "by_feature": {
                    name: dataclasses.asdict(column) for name, column in self.by_feature.items()
                },
                "task": None if self.task is None else self.task.to_fields(),
            },
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> "Columns":
        """Reads the mapping back."""
        values = json.loads(text)
        return cls(
            {name: Column(**column) for name, column in values["by_feature"].items()},
            None if values["task"] is None else tasks.Settings.from_fields(values["task"]),
        )
