"""The training process: `python -m trainer.process REQUEST.json EVENTS_FD`.

One process for each training: devices can be divided, seeds set and collectives made as if nothing
else had ever used TensorFlow, and a second training in the same run cannot meet leftovers of the
first. Of a training on several workers it is one of them.
"""

import os
import pathlib
import sys
import threading
import time
from collections.abc import Callable

from trainer import cluster, multi_worker, progress, training
from trainer import request as request_lib


def train(request: request_lib.Request, report: Callable[[progress.Event], None]) -> None:
    """Trains and exports a model; the first thing in its process to use TensorFlow.

    Of several workers each is to be asked for the same; the chief alone reports.

    Raises:
        ClusterError: If TF_CONFIG broke a rule.
        DataError: If the train or the eval split has no examples, or not those that the task's
            objective needs.
        DeviceError: If the devices asked for are not there.
        WorkerLostError: If another worker is gone.
        WorkersDifferError: If the workers are asked for different things.
    """
    workers = cluster.of(request.train)
    told = report if workers.is_chief else lambda event: None
    with multi_worker.places(request, workers) as own:
        try:
            training.run(own, request.backup_dir, workers, told)
        except multi_worker.LOST_ERRORS as error:
            if workers.workers == 1:
                raise
            raise multi_worker.lost(error) from error


def main(request_path: str, events_fd: int) -> int:
    """Runs the request in the file, telling events as lines to the file descriptor."""
    threading.Thread(target=_end_with, args=[os.getppid()], daemon=True).start()
    with os.fdopen(events_fd, "w", buffering=1) as events:

        def report(event: progress.Event) -> None:
            events.write(progress.encode(event) + "\n")

        try:
            train(request_lib.Request.from_json(pathlib.Path(request_path).read_text()), report)
        except Exception as error:
            report(progress.Failed(type(error).__name__, str(error)))
            if isinstance(error, cluster.WorkerLostError):
                events.flush()
                # At once: TensorFlow would try to take leave of those that are gone.
                os._exit(cluster.LOST_STATUS)
            raise
    return 0


def _end_with(parent: int) -> None:
    """Ends this process when the run that started it is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)  # another run may be using the backup by now


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
