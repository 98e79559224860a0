"""What CrossValidation is told, as plain values that travel as JSON."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from schemas import tasks


@dataclasses.dataclass(frozen=True)
class Settings:
    """What is to be validated, and how.

    Attributes:
        task: The task, and what it is told of the data.
        folds: How many.
        metric: The one that decides.
        alpha: Intervals miss with about this chance.
        seed: Of the dealing.
        unit_by: Features whose values keep rows together: a group, or the texts.
        is_group: Whether it is a group, taken byte for byte; texts are folded.
        transform: `custom_config` of Transform.
        trainings: Candidate to `custom_config` of its Trainer, the transformer's first.
        backup_dir: Where unfinished validations of this pipeline are kept.
    """

    task: tasks.Settings
    folds: int
    metric: str
    alpha: float
    seed: int
    unit_by: tuple[str, ...]
    is_group: bool
    transform: Mapping[str, Any]
    trainings: Mapping[str, Mapping[str, Any]]
    backup_dir: str

    def to_json(self) -> str:
        """Renders the settings as JSON."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return json.dumps({**fields, "task": self.task.to_fields()})

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        """Reads settings back."""
        fields: dict[str, Any] = json.loads(text)
        fields["task"] = tasks.Settings.from_fields(fields["task"])
        fields["unit_by"] = tuple(fields["unit_by"])
        return cls(**fields)
