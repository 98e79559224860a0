"""Asks the serving process, and tells how it ended where it did."""

import base64
import contextlib
import dataclasses
import json
import logging
import os
import pathlib
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2

_SERVER = pathlib.Path(__file__).with_name("server.py")
# The rooms of this project, which no served model may need.
HIDDEN = (
    *("components", "kubeflow_runner", "local_runner"),
    *("pipeline", "schemas", "serving", "trainer"),
)
_READ_BYTES = 1 << 20
_GRACE_SECONDS = 10.0  # between the end of its replies and that of the process
_TOLD_ERROR = 300  # characters of the last line of standard error

Tensors = Mapping[str, np.ndarray]


class Ended(Exception):  # noqa: N818 - the process has ended, which is for callers to judge
    """The process ended, or had to be ended, before it answered; the message tells how."""


@dataclasses.dataclass(frozen=True)
class Spec:
    """What a signature says of an input or an output.

    Attributes:
        dtype: Name of its type, as TensorFlow has it.
        shape: Its axes, None where one is of any length; None where the rank is not told.
    """

    dtype: str
    shape: tuple[int | None, ...] | None


@dataclasses.dataclass(frozen=True)
class Signature:
    """What a signature takes and gives, by name."""

    inputs: Mapping[str, Spec]
    outputs: Mapping[str, Spec]


@dataclasses.dataclass(frozen=True)
class Reply:
    """What came of a call.

    Attributes:
        outputs: Name to value, the batch as first axis.
        seconds: Time that the call took, in the process.
        error: What it was refused with; empty if it was answered.
    """

    outputs: Tensors
    seconds: float
    error: str = ""


class Server:
    """A serving process that has loaded a model.

    Attributes:
        signatures: By name.
        load_seconds: Time that loading took, imports apart.
    """

    def __init__(
        self, process: subprocess.Popen[str], replies: IO[bytes], errors: IO[bytes], timeout: float
    ) -> None:
        self._process = process
        self._replies = replies
        self._errors = errors
        self._buffer = b""
        told = self._read(timeout, "load the model")
        self.load_seconds: float = told["seconds"]
        self.signatures = {name: _signature(fields) for name, fields in told["signatures"].items()}

    def ask(self, signature: str, inputs: Tensors, timeout: float) -> Reply:
        """Calls a signature.

        Args:
            signature: Its name.
            inputs: Name to value, the batch as first axis.
            timeout: In seconds.

        Raises:
            Ended: If the process ends or does not answer in time; nothing can be asked after that.
        """
        try:
            self._process.stdin.write(json.dumps(order(signature, inputs)) + "\n")  # type: ignore[union-attr]
            self._process.stdin.flush()  # type: ignore[union-attr]
        except BrokenPipeError:
            raise Ended(self._end()) from None
        return reply(self._read(timeout, "answer"))

    def _read(self, timeout: float, what: str) -> dict[str, Any]:
        deadline = time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            selector.register(self._replies, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                if not selector.select(max(deadline - time.monotonic(), 0.0)):
                    self._process.kill()
                    raise Ended(f"did not {what} within {timeout:g} s")
                read = os.read(self._replies.fileno(), _READ_BYTES)
                if not read:
                    raise Ended(self._end())
                self._buffer += read
        line, _, self._buffer = self._buffer.partition(b"\n")
        told: dict[str, Any] = json.loads(line)
        return told

    def _end(self) -> str:
        """Tells how the process ended, and logs what it has said."""
        try:
            status = self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace").strip()
        logging.getLogger(__name__).warning("The serving process ended: %s\n%s", status, said)
        if status < 0:
            told = f"was killed by signal {-status} ({_signal_name(-status)})"
            by_memory = ", as a system does that is out of memory"
            return told + (by_memory if -status == signal.SIGKILL else "")
        last = said.splitlines()[-1] if said else "nothing was said"
        return f"ended with status {status}: {last[:_TOLD_ERROR]}"


@contextlib.contextmanager
def serving(directory: str, timeout: float, hidden: Sequence[str] = HIDDEN) -> Iterator[Server]:
    """Runs a process that serves a model; it does not outlive the block.

    Args:
        directory: Of the SavedModel, on this machine.
        timeout: Time that it may take until it has loaded the model, in seconds.
        hidden: Modules that it cannot import.

    Raises:
        Ended: If it does not load the model.
    """
    read_fd, write_fd = os.pipe()
    # Isolated: neither the environment nor the current directory adds to what can be imported.
    command = [sys.executable, "-I", str(_SERVER), directory, str(write_fd), *hidden]
    with tempfile.TemporaryFile() as errors, os.fdopen(read_fd, "rb", buffering=0) as replies:
        process = subprocess.Popen(
            command,
            pass_fds=[write_fd],
            # What is timed is what any machine has; a GPU may be another process's whole.
            env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1"},
            stdin=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        )
        os.close(write_fd)
        try:
            yield Server(process, replies, errors, timeout)
        finally:
            process.kill()
            with contextlib.suppress(BrokenPipeError):  # an order that was not taken any more
                process.communicate()


def order(signature: str, inputs: Tensors) -> dict[str, Any]:
    """Spells a call as the process takes it."""
    spelled = {
        name: base64.b64encode(tf.make_tensor_proto(value).SerializeToString()).decode()
        for name, value in inputs.items()
    }
    return {"signature": signature, "inputs": spelled}


def reply(told: Mapping[str, Any]) -> Reply:
    """Reads what the process tells of a call."""
    if "error" in told:
        return Reply({}, 0.0, told["error"])
    outputs = {
        name: tf.make_ndarray(tensor_pb2.TensorProto.FromString(base64.b64decode(value)))
        for name, value in told["outputs"].items()
    }
    return Reply(outputs, told["seconds"])


def _signature(fields: Mapping[str, Any]) -> Signature:
    return Signature(_specs(fields["inputs"]), _specs(fields["outputs"]))


def _specs(fields: Mapping[str, Any]) -> dict[str, Spec]:
    return {
        name: Spec(spec["dtype"], None if spec["shape"] is None else tuple(spec["shape"]))
        for name, spec in fields.items()
    }


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time one
        return "unnamed"
