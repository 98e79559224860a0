"""What a training cost and how it went, told beside the exported model.

Imports no TensorFlow.
"""

import dataclasses
import json
import pathlib
import re
import resource
import sys
from collections.abc import Sequence
from typing import Any

# Beside the task's settings; servers leave that directory alone.
FILE = "assets.extra/training.json"


@dataclasses.dataclass(frozen=True)
class TrainingRecord:
    """What a training cost and how it went.

    Attributes:
        seconds: Wall time of the training process, its start and the export included; of a training
            that was interrupted, that of all its processes up to their last backups.
        peak_memory_bytes: The most memory that the process had; of one that was interrupted, that
            of the last process.
        parameters: Trainable weights.
        replicas: Devices that shared each batch.
        precision: The Keras dtype policy.
        resumed_step: Steps done by interrupted processes; 0 for a training in one piece.
        reason: In words, why it ended.
        best_epoch: The epoch whose weights were kept, from 1.
        epochs: Of each epoch its number `epoch`, `seconds`, `metrics` by name (`loss`, `eval_loss`
            and the task's own), and whether it was the `best` so far.
    """

    seconds: float
    peak_memory_bytes: int
    parameters: int
    replicas: int
    precision: str
    resumed_step: int
    reason: str
    best_epoch: int
    epochs: Sequence[dict[str, Any]]

    def to_json(self) -> str:
        """Renders it as JSON."""
        return json.dumps(dataclasses.asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> "TrainingRecord":
        """Reads it back."""
        return cls(**json.loads(text))


def read(directory: str) -> TrainingRecord:
    """Reads what lies beside the model in a directory."""
    return TrainingRecord.from_json(pathlib.Path(directory, FILE).read_text(encoding="utf-8"))


def peak_memory_bytes() -> int:
    """Tells the most memory that this process has had so far.

    Linux hands `ru_maxrss` on from a process to those that it starts, where the kernel's own high
    water mark is that of the program alone.
    """
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        [kibibytes] = re.findall(r"^VmHWM:\s*(\d+) kB$", status.read_text(), re.MULTILINE)
        return int(kibibytes) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # others count in KiB
