"""Runs the pipeline on this machine with LocalDagRunner, watching each node. Imports TFX."""

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator

import tensorflow as tf
from ml_metadata import proto
from tfx.orchestration import metadata
from tfx.orchestration import pipeline as tfx_pipeline
from tfx.orchestration.local import local_dag_runner
from tfx.orchestration.portable import data_types, launcher

from pipeline import outcomes

HIT, MISS, FAILED = "HIT", "MISS", "failed"


@dataclasses.dataclass(frozen=True)
class NodeRun:
    """What one node of the pipeline did.

    Attributes:
        node_id: Its id in the pipeline.
        seconds: Wall time.
        state: `HIT` when the cache answered, `MISS` when it ran, `failed`.
        execution_id: Its execution in ML Metadata; None if it failed.
    """

    node_id: str
    seconds: float
    state: str
    execution_id: int | None


class NodeError(Exception):
    """A node raised an error, which is the cause.

    Attributes:
        node_id: Its id in the pipeline.
    """

    def __init__(self, node_id: str):
        super().__init__(f"{node_id} failed")
        self.node_id = node_id


Starts = Callable[[str], None]
Ends = Callable[[NodeRun], None]


def run(pipeline: tfx_pipeline.Pipeline, starts: Starts, ends: Ends) -> None:
    """Runs every node in order.

    Args:
        pipeline: The pipeline.
        starts: Called with a node's id before it runs.
        ends: Called after it has run or failed.

    Raises:
        NodeError: If a node failed; those after it have not run.
    """
    # GPUs are left to the training process: TensorFlow takes all the memory of those that it sees.
    tf.config.set_visible_devices([], "GPU")
    with _observed(starts, ends):
        local_dag_runner.LocalDagRunner().run(pipeline)


@contextlib.contextmanager
def _observed(starts: Starts, ends: Ends) -> Iterator[None]:
    """Makes the runner launch nodes through a launcher that tells of them.

    LocalDagRunner has no hook of its own; it looks the class up in this module for each node.
    """
    original = launcher.Launcher

    class Observed(launcher.Launcher):
        """A launcher that tells when it starts and ends."""

        def launch(self) -> data_types.ExecutionInfo | None:
            node_id = self._pipeline_node.node_info.id
            starts(node_id)
            started = time.monotonic()
            try:
                info = super().launch()
            except Exception as error:
                ends(NodeRun(node_id, time.monotonic() - started, FAILED, None))
                outcomes.note(self, error)
                raise NodeError(node_id) from error
            except KeyboardInterrupt as interrupt:
                outcomes.note(self, interrupt)
                raise
            seconds = time.monotonic() - started
            state = _state(self._mlmd_connection, info.execution_id)
            ends(NodeRun(node_id, seconds, state, info.execution_id))
            return info

    launcher.Launcher = Observed
    try:
        yield
    finally:
        launcher.Launcher = original


def _state(connection: metadata.Metadata, execution_id: int) -> str:
    with connection as handle:
        [execution] = handle.store.get_executions_by_id([execution_id])
    return HIT if execution.last_known_state == proto.Execution.CACHED else MISS
