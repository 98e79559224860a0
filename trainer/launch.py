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
from trainer import listeners, progress
from trainer import request as request_lib


def run(request: request_lib.Request, listener: listeners.Listener) -> None:
    """Runs the request in a new process and hands its events to the listener.

    What the process prints goes where this process prints.

    Raises:
        DataError: If the data broke a rule.
        RuntimeError: If the training failed or was killed; says how.
    """
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory, "request.json")
        path.write_text(request.to_json())
        read_fd, write_fd = os.pipe()
        command = [sys.executable, "-m", "trainer.process", str(path), str(write_fd)]
        with (
            os.fdopen(read_fd) as events,
            _process(command, write_fd) as process,
        ):
            failed = _listen(events, listener)
            status = process.wait()
    if failed and failed.kind == errors.DataError.__name__:
        raise errors.DataError(failed.message)
    if status:
        raise RuntimeError(_reason(failed, status))


@contextlib.contextmanager
def _process(command: list[str], events_fd: int) -> Iterator[subprocess.Popen]:
    """Runs the command; it does not outlive the block."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    process = subprocess.Popen(command, pass_fds=[events_fd], env=environment)
    os.close(events_fd)  # the reader sees the end once the child's copy is closed as well
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


def _reason(failed: progress.Failed | None, status: int) -> str:
    if failed:
        return f"{failed.kind}: {failed.message}"
    if status < 0:
        name = signal.Signals(-status).name
        hint = " (out of memory?)" if -status == signal.SIGKILL else ""
        return (
            f"The training process was killed by {name}{hint}. A new run goes on from its backup."
        )
    return f"The training process ended with status {status}."
