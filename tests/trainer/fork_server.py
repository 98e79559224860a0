"""Training processes that are forks of one that has imported all they need, and used none of it.

To import TensorFlow is half of the work of a small training. A fork does what a training process
does from there on, `main` of `trainer/process.py`, with devices, seeds and collectives of its own.
"""

import os
import random
import select
import signal
import socket
import subprocess
import sys


class Server:
    """Forks until it is closed."""

    def __init__(self) -> None:
        self._connection, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )

    def close(self) -> None:
        """Ends the server, once all that it has forked is over."""
        self._connection.close()
        self._process.wait()

    def popen(self, command: list[str], pass_fds: list[int], env: dict[str, str]) -> "Forked":
        """Does for `trainer/launch.py` what `subprocess.Popen` does."""
        del env  # it is the server's
        *_, request_path, events_fd = command
        assert pass_fds == [int(events_fd)]
        return Forked(self._connection, request_path, int(events_fd))


class Forked:
    """What there is to know of a process that was started, by the names of `subprocess.Popen`."""

    def __init__(self, connection: socket.socket, request_path: str, events_fd: int) -> None:
        told, theirs = os.pipe()
        socket.send_fds(connection, [request_path.encode()], [events_fd, theirs])
        os.close(theirs)
        self._told = os.fdopen(told)
        self.pid = int(self._told.readline())
        self.returncode: int | None = None

    def wait(self) -> int:
        """Waits for its end and tells how it ended."""
        if self.returncode is None:
            self.returncode = int(self._told.readline())
            self._told.close()
        return self.returncode

    def poll(self) -> int | None:
        """Tells how it ended, or nothing while it has not."""
        if self.returncode is not None or select.select([self._told], [], [], 0.0)[0]:
            return self.wait()
        return None

    def terminate(self) -> None:
        """Asks it to end."""
        os.kill(self.pid, signal.SIGTERM)


def _serve(connection: socket.socket) -> None:
    from trainer import process

    forks = []
    while (asked := socket.recv_fds(connection, 1 << 16, 2))[0]:
        request_path, descriptors, _, _ = asked
        forks.append(os.fork())
        if not forks[-1]:
            connection.close()
            _run(process.main, request_path.decode(), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
    for pid in forks:
        os.waitpid(pid, 0)


def _run(main, request_path: str, events_fd: int, told_fd: int) -> None:
    """Forks once more, and tells of that process its id and how it ended."""
    pid = os.fork()
    if pid == 0:
        os.close(told_fd)
        status = 1
        random.seed()  # or two that do not seed it would draw the same
        try:
            status = main(request_path, events_fd)
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(events_fd)
    os.write(told_fd, f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    os.write(told_fd, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as _connection:
        _serve(_connection)
