"""The server as a process of its own, for what loads it from without."""

import contextlib
import pathlib
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

_PORT = re.compile(r"REST on http://[^ ]*:(\d+)")


@contextlib.contextmanager
def served(
    directory: pathlib.Path, *arguments: str
) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """Runs the server of a model called `model`; ends it when the context ends.

    Yields:
        The process and the port of REST, once the model is available.
    """
    command = [sys.executable, "-m", "serving", str(directory), "--model-name", "model"]
    # To a file: a pipe that nobody reads would be full one day, and the server would wait.
    with (
        tempfile.NamedTemporaryFile() as log,
        subprocess.Popen(
            [*command, "--port", "0", "--grpc-port", "0", *arguments], stderr=log
        ) as process,
    ):
        try:
            yield process, _wait(process, pathlib.Path(log.name))
        finally:
            process.terminate()


def _wait(process: "subprocess.Popen[bytes]", log: pathlib.Path) -> int:
    while True:
        told = log.read_text()
        if process.poll() is not None:
            raise ChildProcessError(told)
        if "is available" in told and (port := _PORT.search(told)):
            return int(port[1])
        time.sleep(0.1)
