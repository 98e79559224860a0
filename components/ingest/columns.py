"""Which columns of a file become which raw features."""

import dataclasses
import json


@dataclasses.dataclass(frozen=True)
class Columns:
    """Feature name to the name of its column in the file; every one is required."""

    by_feature: dict[str, str]

    def to_json(self) -> str:
        """Renders the mapping for an execution property."""
        return json.dumps(self.by_feature, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Columns":
        """Reads the mapping back."""
        return cls(json.loads(text))
