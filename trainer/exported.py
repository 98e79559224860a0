"""What an exported model tells of itself, so that another training can start from it.

Imports no TensorFlow: a config is checked against it before anything runs.
"""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from trainer import rivals

# Beside the task's settings; servers leave that directory alone.
FILE = "assets.extra/model.json"


@dataclasses.dataclass(frozen=True)
class Exported:
    """How an exported model was made.

    Attributes:
        architecture: Name of its architecture.
        model: Its shape.
        tokenizer: The fields of its `TokenizerConfig`.
        variables: Name of each weight, such as `token_embedding/embeddings`, to the key under which
            the SavedModel's checkpoint has its value.
    """

    architecture: str
    model: rivals.Shape
    tokenizer: Mapping[str, Any]
    variables: Mapping[str, str]

    def to_json(self) -> str:
        """Renders it as JSON."""
        fields = {**dataclasses.asdict(self), "model": self.model.model_dump()}
        return json.dumps(fields, indent=2)

    @classmethod
    def from_json(cls, text: str) -> "Exported":
        """Reads it back."""
        fields: dict[str, Any] = json.loads(text)
        return cls(**{**fields, "model": rivals.shape(fields["architecture"], fields["model"])})
