"""What the Probe is told, as plain values that travel as JSON."""

import dataclasses
import json
from typing import Any

from components.probe import config as config_lib
from schemas import tasks


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a probe is to do.

    Attributes:
        name: The name that the model is served by.
        probe: The section of the config.
        task: The task, and what it is told of the data.
    """

    name: str
    probe: config_lib.ProbeConfig
    task: tasks.Settings

    def to_json(self) -> str:
        """Renders the settings as JSON."""
        fields = {
            "name": self.name,
            "probe": self.probe.model_dump(),
            "task": self.task.to_fields(),
        }
        return json.dumps(fields, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        """Reads settings back."""
        fields: dict[str, Any] = json.loads(text)
        probe = config_lib.ProbeConfig(**fields["probe"])
        return cls(fields["name"], probe, tasks.Settings.from_fields(fields["task"]))
