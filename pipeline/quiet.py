"""Keeps everybody else's noise off the terminal: it goes to a log file, ours to the screen.

TensorFlow and Beam write from C++ and from child processes, past `sys.stdout`. Only the file
descriptors themselves catch all of them.
"""

import contextlib
import ctypes
import io
import logging
import os
import pathlib
import select
import sys
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

_STDOUT, _STDERR = 1, 2
_RECORD_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@contextlib.contextmanager
def to_log(log_path: str | os.PathLike[str], secrets: Sequence[str] = ()) -> Iterator[TextIO]:
    """Sends all output of this process and its children to a file, and yields a way past it.

    Inside the context, `print`, logging and absl records, warnings, C++ code and child processes
    write to the end of `log_path`, whose parent directories are made. All is as before on leaving,
    after an exception too.

    Args:
        log_path: The file that takes the noise.
        secrets: What records must not say, such as passwords: TFX writes whole configs of
            databases.

    Yields:
        The stream to where `sys.stdout` led before. Writing to it never fails: what a closed pipe
        or a terminal that is gone cannot take is dropped, since a training outlives its watcher.

    Raises:
        OSError: If `log_path` cannot be written.
    """
    _fill_standard_descriptors()
    path = pathlib.Path(log_path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(
            path.open("a", encoding="utf-8", errors="backslashreplace", buffering=1)
        )
        terminal = stack.enter_context(_terminal())
        stack.enter_context(_python_streams_to(log))
        stack.enter_context(_descriptors_to(log))
        stack.enter_context(_records_to(log, secrets))
        yield terminal


class _Unbreakable(io.FileIO):
    """A file descriptor that drops what it cannot write."""

    def write(self, data: Any, /) -> int:
        """Writes `data`, or pretends to where its reader has gone."""
        try:
            while (written := super().write(data)) is None:  # non-blocking, and full
                select.select([], [self], [])
            return written
        except OSError:
            return len(data)


def _fill_standard_descriptors() -> None:
    """Opens the null device as 0, 1 and 2 where they are closed, so that no file takes their place.

    A file opened under number 1 would be overwritten by our own swap.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        pass
    os.close(descriptor)


@contextlib.contextmanager
def _terminal() -> Iterator[TextIO]:
    """Yields a stream of our own to where `sys.stdout` leads now."""
    stdout = sys.stdout
    if stdout is not None and not _is_standard(stdout):
        yield stdout  # a notebook or a test: not touched by the swap of descriptors
        return
    raw = _Unbreakable(os.dup(_STDOUT if stdout is None else stdout.fileno()), "w")
    encoding = "utf-8" if stdout is None else stdout.encoding
    with io.TextIOWrapper(
        io.BufferedWriter(raw), encoding=encoding, errors="backslashreplace", line_buffering=True
    ) as stream:
        yield stream


def _is_standard(stream: TextIO) -> bool:
    """Tells whether a Python stream writes to descriptor 1 or 2."""
    try:
        return stream.fileno() in (_STDOUT, _STDERR)
    except (AttributeError, OSError, ValueError):
        return False


@contextlib.contextmanager
def _python_streams_to(log: TextIO) -> Iterator[None]:
    """Makes `sys.stdout` and `sys.stderr` reach the log line by line, in order with the rest.

    Those that write to descriptors 1 and 2 stay, because loggers may hold on to them; others are
    replaced.
    """
    with contextlib.ExitStack() as stack:
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if isinstance(stream, io.TextIOWrapper) and _is_standard(stream):
                stack.callback(stream.reconfigure, line_buffering=stream.line_buffering)
                with contextlib.suppress(OSError):  # it flushes first, maybe into a closed pipe
                    stream.reconfigure(line_buffering=True)
            elif stream is None or not _is_standard(stream):
                stack.callback(setattr, sys, name, stream)
                setattr(sys, name, log)
        yield


@contextlib.contextmanager
def _descriptors_to(log: TextIO) -> Iterator[None]:
    """Points file descriptors 1 and 2 at the log."""
    _flush()
    saved = [(number, os.dup(number)) for number in (_STDOUT, _STDERR)]
    try:
        for number, _ in saved:
            os.dup2(log.fileno(), number)
        yield
    finally:
        _flush()
        for number, copy in saved:
            os.dup2(copy, number)
            os.close(copy)


def _flush() -> None:
    """Empties the buffers of Python's streams and of the C library to where they lead now."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):  # a closed pipe, a closed file
                stream.flush()
    ctypes.CDLL(None).fflush(None)


@contextlib.contextmanager
def _records_to(log: TextIO, secrets: Sequence[str]) -> Iterator[None]:
    """Writes log records of level INFO and up, absl's included, and warnings to the log."""
    from absl import logging as absl_logging

    root, level, handlers = logging.root, logging.root.level, logging.root.handlers[:]
    verbosity, showwarning = absl_logging.get_verbosity(), warnings.showwarning
    handler = logging.StreamHandler(log)
    handler.setFormatter(_Discreet(_RECORD_FORMAT, secrets))
    try:
        root.handlers[:] = [handler]
        root.setLevel(logging.INFO)
        absl_logging.set_verbosity(absl_logging.INFO)
        warnings.showwarning = _log_warning
        yield
    finally:
        warnings.showwarning = showwarning
        absl_logging.set_verbosity(verbosity)
        root.setLevel(level)
        root.handlers[:] = handlers
        handler.close()


class _Discreet(logging.Formatter):
    """Formats records, and writes `***` in the place of secrets."""

    def __init__(self, form: str, secrets: Sequence[str]) -> None:
        super().__init__(form)
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        """Formats one."""
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def _log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Logs a warning where Python would write it to `sys.stderr`."""
    text = f"{filename}:{lineno}: {category.__name__}: {message}"
    logging.getLogger("py.warnings").warning("%s", text)
