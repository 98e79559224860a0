"""Several processes that train one model together, each with a part of every batch.

All do the same: read all examples, take each n-th row, sum gradients and losses over all. So all of
them reach the same weights and decide alike, and what one writes stands for all: the chief's model,
backup and logs. The others write to a place of their own, which goes when they end.
"""

import contextlib
import dataclasses
import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator

import tensorflow as tf

from trainer import cluster
from trainer import request as request_lib

# TensorFlow itself would wait an hour for workers that do not come.
_CONNECT_SECONDS = 600.0
# What collectives end with when a worker is gone, cut off, or has come again as another process.
LOST_ERRORS = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
)


class WorkersDifferError(Exception):
    """The workers do not train the same."""


def connect() -> tf.distribute.MultiWorkerMirroredStrategy:
    """Meets the other workers of TF_CONFIG, and makes what sums over all.

    Ends the process with `cluster.LOST_STATUS` if they do not come: a call that waits in C++ for
    them can be left in no other way.
    """
    timer = threading.Timer(_CONNECT_SECONDS, os._exit, args=[cluster.LOST_STATUS])
    timer.daemon = True
    timer.start()
    try:
        return tf.distribute.MultiWorkerMirroredStrategy()
    finally:
        timer.cancel()


@contextlib.contextmanager
def places(request: request_lib.Request, workers: cluster.Cluster) -> Iterator[request_lib.Request]:
    """Gives the request as this worker is to do it: but for the chief, it writes to be forgotten.

    The others export nothing: they would only take the chief's time where they share its machine.
    """
    if workers.is_chief:
        yield request
        return
    with tempfile.TemporaryDirectory(prefix=f"worker-{workers.index}-") as directory:
        yield dataclasses.replace(
            request,
            serving_model_dir=f"{directory}/model",
            logs_dir=f"{directory}/logs",
            backup_dir=f"{directory}/backup",
            exports=False,
        )


def lost(error: tf.errors.OpError) -> cluster.WorkerLostError:
    """Makes the error for a worker that is gone, of one of `LOST_ERRORS`."""
    lines = error.message.splitlines() or [type(error).__name__]
    reason = next((line for line in lines if "aborted" in line), lines[0])
    return cluster.WorkerLostError(
        f"Another worker is gone ({reason.strip()}). A new run of all goes on from the backup."
    )


def agree(strategy: tf.distribute.Strategy, what: str, value: object) -> None:
    """Waits for all workers, and makes sure that they have the same.

    Args:
        strategy: What deals a batch out.
        what: What is to be the same.
        value: What this worker has; its text is compared.

    Raises:
        WorkersDifferError: If another worker has another.
    """
    digest = int(hashlib.sha256(str(value).encode()).hexdigest()[:15], 16)

    @tf.function(autograph=False)
    def gather(own: tf.Tensor) -> tf.Tensor:
        def of_replica() -> tf.Tensor:
            return tf.distribute.get_replica_context().all_gather(own[None], axis=0)

        return strategy.experimental_local_results(strategy.run(of_replica))[0]

    if set(gather(tf.constant(digest, tf.int64)).numpy().tolist()) != {digest}:
        raise WorkersDifferError(
            f"All workers must have the same {what}. Received: {value} here, another elsewhere"
        )
