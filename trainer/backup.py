"""The state of an unfinished training on disk, so that a killed one goes on where it stopped."""

import dataclasses
import hashlib
import json
from typing import Any

import tensorflow as tf

from trainer import request as request_lib


@dataclasses.dataclass(frozen=True)
class State:
    """Where a training stands, beside its variables.

    Attributes:
        epoch: The epoch under way, from 1.
        step: Batches of it that are done.
        loss_sum: Training loss summed over the examples of those batches.
        weight_sum: The weight of those examples; their mean loss is the quotient.
        best_loss: Lowest eval loss so far.
        best_epoch: The epoch that had it; 0 before any has ended.
        seconds: Wall time that the training had taken when this was saved.
        ended: The epochs that have ended, as `trainer/training_record.py` tells them.
    """

    epoch: int = 1
    step: int = 0
    loss_sum: float = 0.0
    weight_sum: float = 0.0
    best_loss: float = float("inf")
    best_epoch: int = 0
    seconds: float = 0.0
    ended: list[dict[str, Any]] = dataclasses.field(default_factory=list)


class Backup:
    """Keeps the newest state of one training in a directory of its own."""

    def __init__(self, directory: str, variables: list[tf.Variable], best: list[tf.Variable]):
        """Opens the directory.

        Args:
            directory: Where the backup lies; may not exist yet.
            variables: Everything that a step changes: weights, seeds, the optimizer's moments.
            best: The weights of the best epoch.
        """
        self._directory = directory
        self._state = tf.Variable("", dtype=tf.string, trainable=False)
        self._checkpoint = tf.train.Checkpoint(variables=variables, best=best, state=self._state)
        self._manager = tf.train.CheckpointManager(self._checkpoint, directory, max_to_keep=1)

    def restore(self, directory: str | None = None) -> State | None:
        """Brings the variables back and returns the state, or None where there is no backup.

        Args:
            directory: Where it lies, if not in this backup's own directory.
        """
        newest = tf.train.latest_checkpoint(directory or self._directory)
        if newest is None:
            return None
        self._checkpoint.restore(newest).assert_consumed()
        return State(**json.loads(self._state.numpy()))

    def save(self, state: State) -> None:
        """Writes the variables and the state; the one before is only then removed."""
        self._state.assign(json.dumps(dataclasses.asdict(state)))
        self._manager.save()

    def discard(self) -> None:
        """Removes the directory: the training is done and its model exported."""
        if tf.io.gfile.exists(self._directory):
            tf.io.gfile.rmtree(self._directory)


def key(request: request_lib.Request) -> str:
    """Names what may be gone on with: by what is asked, and by the examples themselves.

    The same paths may hold others, where artifacts were deleted.
    """
    digest = hashlib.sha256()
    for pattern in (*request.train_files, *request.eval_files):
        for path in sorted(tf.io.gfile.glob(pattern)):
            with tf.io.gfile.GFile(path, "rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
    return f"{request.key()}-{digest.hexdigest()[:16]}"
