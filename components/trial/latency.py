"""Measures exported models in turn, each in a process of its own.

Rounds go through all models, and each round through all that is asked of one, so that what else the
machine does meanwhile hits all of them alike.
"""

import base64
import contextlib
import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Any

import numpy as np

_ROUNDS = 3
# In a round; more tell nothing more of a 95th percentile.
_MAX_CALLS = 200


@dataclasses.dataclass(frozen=True)
class Probe:
    """Something to ask of every model.

    Attributes:
        name: Names it in the result.
        examples: Serialized examples, asked in turn.
        batch_size: How many of them a call asks at once.
    """

    name: str
    examples: Sequence[bytes]
    batch_size: int


@dataclasses.dataclass(frozen=True)
class Timing:
    """What a model did with a probe.

    Attributes:
        calls: How many calls were timed.
        p50_seconds: Half of the calls took no longer.
        p95_seconds: 95 in 100 calls took no longer.
        rows_per_second: Rows over the time that their calls took.
        cpu_seconds_per_row: Time of all cores together, threads that wait for work included.
    """

    calls: int
    p50_seconds: float
    p95_seconds: float
    rows_per_second: float
    cpu_seconds_per_row: float


@dataclasses.dataclass(frozen=True)
class Measured:
    """What was measured of a model.

    Attributes:
        parameters: Numbers that it has learned.
        load_seconds: Time that loading it took.
        peak_memory_bytes: The most memory of a process that serves it, TensorFlow's own included.
        timings: Probe to what came of it.
    """

    parameters: int
    load_seconds: float
    peak_memory_bytes: int
    timings: Mapping[str, Timing]


def measure(
    models: Mapping[str, str],
    signature: str,
    probes: Sequence[Probe],
    seconds: float,
    progress: Callable[[str], None] = lambda what: None,
) -> dict[str, Measured]:
    """Measures models.

    Args:
        models: Name to the directory of a SavedModel.
        signature: What is asked of them; takes serialized examples.
        probes: What is asked.
        seconds: Time that all calls together take at most, but for the few that each probe of each
            model opens with; loading the models comes on top.
        progress: Told what is measured.

    Raises:
        RuntimeError: If a measuring process ends before it has answered.
    """
    each = seconds / max(_ROUNDS * len(probes) * len(models), 1)
    replies: dict[str, dict[str, list[dict[str, Any]]]] = {name: {} for name in models}
    with contextlib.ExitStack() as stack:
        workers = {
            name: stack.enter_context(_worker(directory, signature))
            for name, directory in models.items()
        }
        loaded = {name: worker.answer() for name, worker in workers.items()}
        for number in range(1, _ROUNDS + 1):
            for probe in probes:
                progress(f"{probe.name}, round {number} of {_ROUNDS}")
                for name, worker in workers.items():
                    found = worker.ask(probe, each)
                    replies[name].setdefault(probe.name, []).append(found)
    sizes = {probe.name: probe.batch_size for probe in probes}
    return {name: _measured(loaded[name], replies[name], sizes) for name in models}


class _Worker:
    """A measuring process."""

    def __init__(self, orders: IO[str], replies: IO[str]) -> None:
        self._orders = orders
        self._replies = replies

    def ask(self, probe: Probe, seconds: float) -> dict[str, Any]:
        order = {
            "examples": [base64.b64encode(each).decode() for each in probe.examples],
            "batch_size": probe.batch_size,
            "calls": _MAX_CALLS,
            "seconds": seconds,
        }
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()
        return self.answer()

    def answer(self) -> dict[str, Any]:
        line = self._replies.readline()
        if not line:
            raise RuntimeError("A measuring process ended before it had answered; see the log.")
        reply: dict[str, Any] = json.loads(line)
        return reply


@contextlib.contextmanager
def _worker(directory: str, signature: str) -> Iterator[_Worker]:
    """Runs a measuring process; it does not outlive the block."""
    read_fd, write_fd = os.pipe()
    command = [sys.executable, "-m", "components.trial.measure", directory, signature]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
        "CUDA_VISIBLE_DEVICES": "-1",  # what is measured is the cores' time
    }
    process = subprocess.Popen(
        [*command, str(write_fd)],
        pass_fds=[write_fd],
        env=environment,
        stdin=subprocess.PIPE,
        encoding="utf-8",
    )
    os.close(write_fd)
    with os.fdopen(read_fd, encoding="utf-8") as replies, process:
        try:
            yield _Worker(process.stdin, replies)  # type: ignore[arg-type]
        finally:
            process.terminate()


def _measured(
    loaded: Mapping[str, Any],
    replies: Mapping[str, Sequence[Mapping[str, Any]]],
    batch_sizes: Mapping[str, int],
) -> Measured:
    peaks = [reply["peak_memory_bytes"] for found in replies.values() for reply in found]
    return Measured(
        parameters=loaded["parameters"],
        load_seconds=loaded["load_seconds"],
        peak_memory_bytes=max(peaks, default=0),
        timings={name: _timing(found, batch_sizes[name]) for name, found in replies.items()},
    )


def _timing(replies: Sequence[Mapping[str, Any]], batch_size: int) -> Timing:
    latencies = np.concatenate([reply["latencies"] for reply in replies])
    rows = len(latencies) * batch_size
    p50, p95 = np.quantile(latencies, [0.5, 0.95])
    return Timing(
        calls=len(latencies),
        p50_seconds=float(p50),
        p95_seconds=float(p95),
        rows_per_second=rows / float(latencies.sum()),
        cpu_seconds_per_row=sum(reply["cpu_seconds"] for reply in replies) / rows,
    )
