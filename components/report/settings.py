"""What the Report is told, as plain values that travel as JSON."""

import dataclasses
import json
from typing import Any

from schemas import tasks


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a report is of.

    Attributes:
        name: The pipeline's.
        task: The task, and what it is told of the data.
        metric: The metric that decides.
        slices: Columns to slice by.
        alpha: Intervals hold with a chance of 1 - alpha.
        resamples: Draws of the rows, where no trial has drawn them.
        config: The resolved config, YAML.
        report_dir: Where the newest run's page is copied to, for people.
    """

    name: str
    task: tasks.Settings
    metric: str
    slices: tuple[str, ...]
    alpha: float
    resamples: int
    config: str
    report_dir: str

    def to_json(self) -> str:
        """Renders the settings as JSON."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return json.dumps({**fields, "task": self.task.to_fields()}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        """Reads settings back."""
        fields: dict[str, Any] = json.loads(text)
        fields["task"] = tasks.Settings.from_fields(fields["task"])
        fields["slices"] = tuple(fields["slices"])
        return cls(**fields)
