"""What the Trial is told, as plain values that travel as JSON."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from components.trial import config as config_lib
from schemas import tasks
from trainer import rivals

TRANSFORMER = rivals.TRANSFORMER


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a trial is to do.

    Attributes:
        trial: The section of the config.
        task: The task, and what it is told of the data.
        metric: The metric that decides.
        slices: Columns to slice by.
        max_length: Tokens of a text at most.
        trainers: Key of an input to the id of the node that trained that model; the keys are
            `model_key`'s.
    """

    trial: config_lib.TrialConfig
    task: tasks.Settings
    metric: str
    slices: tuple[str, ...]
    max_length: int
    trainers: Mapping[str, str]

    def to_json(self) -> str:
        """Renders the settings as JSON."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        fields["trial"] = self.trial.model_dump()
        fields["task"] = self.task.to_fields()
        return json.dumps(fields, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        """Reads settings back."""
        fields: dict[str, Any] = json.loads(text)
        fields["trial"] = config_lib.TrialConfig(**fields["trial"])
        fields["task"] = tasks.Settings.from_fields(fields["task"])
        fields["slices"] = tuple(fields["slices"])
        return cls(**fields)

    def candidates(self) -> dict[str, list[str]]:
        """Lists each candidate's inputs, by the seed; the transformer is the first candidate."""
        found: dict[str, list[tuple[int, str]]] = {TRANSFORMER: []}
        for key in self.trainers:
            name, _, seed = key.rpartition("_")
            found.setdefault(name, []).append((int(seed), key))
        return {name: [key for _, key in sorted(keys)] for name, keys in found.items()}


def model_key(candidate: str, seed: int) -> str:
    """Names the input with a candidate's model of a seed, the first of which is 1."""
    return f"{candidate}_{seed}"
