"""What a run notes of itself, as one JSON text in an execution property."""

import dataclasses
import json
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a run was told.

    Attributes:
        config: The resolved config, YAML.
        config_digest: Of its values, so that people see at a glance whether two runs had the same.
        task: The task's name.
        metric: The metric that decides.
        code: Room to the digest of its code.
        nodes: Ids of all nodes of the run, in the order of the pipeline.
    """

    config: str
    config_digest: str
    task: str
    metric: str
    code: Mapping[str, str]
    nodes: tuple[str, ...]

    def to_json(self) -> str:
        """Renders the settings; equal ones give the same text."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        """Reads the settings back."""
        values = json.loads(text)
        return cls(**{**values, "nodes": tuple(values["nodes"])})
