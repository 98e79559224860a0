"""What a training is asked to do, as plain data that crosses to the training process."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from schemas import tasks
from trainer import config, rivals


@dataclasses.dataclass(frozen=True)
class Request:
    """Everything one training needs to know.

    Attributes:
        task: The task, and what it is told of the data.
        architecture: Name of the model's architecture.
        model: The shape of the model.
        train: How it is trained.
        max_length: Tokens of a text at most, marks included.
        transform_output: Directory of the transform graph.
        train_files: Patterns of the transformed train split.
        eval_files: Patterns of the transformed eval split.
        serving_model_dir: Where the SavedModel goes.
        logs_dir: Where TensorBoard logs go.
        backup_dir: Where unfinished trainings of this pipeline are kept, outside of what the
            orchestrator makes new for each execution.
        tokenizer: The fields of the tokenizer's config, which go with the exported model.
        base_model: Directory of the exported model to start from; empty for none.
        code: Digest of the code that trains: other code does not go on from this one's backup.
        exports: Whether there is to be a model; else only what the training took is told.
        pause_after: The epoch after which it stops and keeps its backup, to go on from when it is
            asked for more; None for none.
    """

    task: tasks.Settings
    architecture: str
    model: rivals.Shape
    train: config.TrainConfig
    max_length: int
    transform_output: str
    train_files: tuple[str, ...]
    eval_files: tuple[str, ...]
    serving_model_dir: str
    logs_dir: str
    backup_dir: str
    tokenizer: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    base_model: str = ""
    code: str = ""
    exports: bool = True
    pause_after: int | None = None

    def to_json(self) -> str:
        """Renders the request as JSON."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        fields["task"] = self.task.to_fields()
        fields["model"] = self.model.model_dump()
        fields["train"] = self.train.model_dump()
        return json.dumps(fields, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Request":
        """Reads a request back from JSON."""
        fields: dict[str, Any] = json.loads(text)
        fields["task"] = tasks.Settings.from_fields(fields["task"])
        fields["model"] = rivals.shape(fields["architecture"], fields["model"])
        fields["train"] = config.TrainConfig(**fields["train"])
        for name in ("train_files", "eval_files"):
            fields[name] = tuple(fields[name])
        return cls(**fields)

    def key(self) -> str:
        """Digests what decides the result: the inputs and the settings, not where it is written.

        Two requests with the same key may continue each other's backup.
        """
        fields = json.loads(self.to_json())
        for name in ("serving_model_dir", "logs_dir", "backup_dir", "exports", "pause_after"):
            del fields[name]
        # How often a backup is written changes nothing in what is computed.
        del fields["train"]["backup_seconds"]
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]
