"""Starts a training in a process of its own and listens to it."""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from schemas import errors
from trainer import cluster, config, listeners, progress
from trainer import request as request_lib


def run(request: request_lib.Request, listener: listeners.Listener) -> None:
    """Runs the request in a new process and hands its events to the listener.

    What the process prints goes where this process prints. Where `train.cpu_workers` asks for more
    of them, the first tells the events.

    Raises:
        DataError: If the data broke a rule.
        RuntimeError: If the training failed or was killed; says how.
    """
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory, "request.json")
        path.write_text(request.to_json())
        read_fd, write_fd = os.pipe()
        command = [sys.executable, "-m", "trainer.process", str(path), str(write_fd)]
        with os.fdopen(read_fd) as events, contextlib.ExitStack() as stack:
            with os.fdopen(write_fd):  # the end is seen once the processes' copies are closed, too
                processes = [
                    stack.enter_context(_process(command, write_fd, own))
                    for own in _environments(request.train)
                ]
            failed = _listen(events, listener)
            statuses = [process.wait() for process in processes]
    if failed and failed.kind == errors.DataError.__name__:
        raise errors.DataError(failed.message)
    if any(statuses):
        raise RuntimeError(_reason(failed, statuses))


def _environments(train: config.TrainConfig) -> list[dict[str, str]]:
    """Lists what each process has in its environment beside what this one has."""
    if train.cpu_workers == 1 or os.environ.get(cluster.VARIABLE):
        return [{}]
    return [
        # They would all take the same GPUs.
        {cluster.VARIABLE: worker.to_text(), "CUDA_VISIBLE_DEVICES": "-1"}
        for worker in cluster.on_this_machine(train.cpu_workers)
    ]


@contextlib.contextmanager
def _process(command: list[str], events_fd: int, own: dict[str, str]) -> Iterator[subprocess.Popen]:
    """Runs the command; it does not outlive the block."""
    path = os.pathsep.join(p for p in sys.path if p)
    environment = {**os.environ, "PYTHONPATH": path, **own}
    process = subprocess.Popen(command, pass_fds=[events_fd], env=environment)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def _listen(events: Iterator[str], listener: listeners.Listener) -> progress.Failed | None:
    """Hands events on until there are no more; returns the failure if there was one."""
    for line in events:
        event = progress.decode(line)
        if isinstance(event, progress.Failed):
            return event
        listener(event)
    return None


def _reason(failed: progress.Failed | None, statuses: list[int]) -> str:
    # Where one worker ends, the others lose it: that is no reason.
    lost = {0, cluster.LOST_STATUS}
    status = next((status for status in statuses if status not in lost), max(statuses))
    if failed and (failed.kind != cluster.WorkerLostError.__name__ or status in lost):
        return f"{failed.kind}: {failed.message}"
    if status < 0:
        name = signal.Signals(-status).name
        hint = " (out of memory?)" if -status == signal.SIGKILL else ""
        return (
            f"The training process was killed by {name}{hint}. A new run goes on from its backup."
        )
    return f"The training process ended with status {status}."
