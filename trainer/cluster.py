"""The workers that train one model together, as TF_CONFIG names them. Imports no TensorFlow.

Every worker is started with the same arguments, and its environment tells it who it is:

    TF_CONFIG='{"cluster": {"worker": ["host-0:2222", "host-1:2222"]},
                "task": {"type": "worker", "index": 0}}'

Vertex AI, Kubeflow's TFJob and others set it so; a job `chief` of one address may stand beside the
workers.
"""

import contextlib
import dataclasses
import json
import os
import re
import socket
from collections.abc import Mapping
from typing import Any

from trainer import config

VARIABLE = "TF_CONFIG"
_JOBS = ("chief", "worker")  # in the order in which their processes are counted
_ADDRESS = re.compile(r"\S+:\d{1,5}")
# Of a worker that the others have left: all are to be started again. `EX_TEMPFAIL` of sysexits.h.
LOST_STATUS = 75


class ClusterError(Exception):
    """TF_CONFIG broke a rule; a line that says which."""


class WorkerLostError(Exception):
    """Another worker is gone, and with it the training; it goes on from the backup."""


@dataclasses.dataclass(frozen=True)
class Cluster:
    """The processes of a training, and which of them this one is.

    Attributes:
        addresses: `host:port` of each worker, the chief's first.
        index: Of this process among them, from 0.
    """

    addresses: tuple[str, ...] = ("",)
    index: int = 0

    @property
    def workers(self) -> int:
        """Processes that train together."""
        return len(self.addresses)

    @property
    def is_chief(self) -> bool:
        """Whether this process is the one that writes the model and tells how it goes."""
        return self.index == 0

    def to_text(self) -> str:
        """Spells it as TF_CONFIG."""
        task = {"type": "worker", "index": self.index}
        return json.dumps({"cluster": {"worker": self.addresses}, "task": task})


# A training that knows of no others.
ALONE = Cluster()


def of(train: config.TrainConfig, environment: Mapping[str, str] = os.environ) -> Cluster:
    """Tells who trains together, and which of them this process is.

    Without TF_CONFIG, with one that names nobody, or by another strategy, a worker is alone.

    Args:
        train: Whether there may be others; each must have a row at least of every whole batch.
        environment: Where TF_CONFIG stands.

    Raises:
        ClusterError: If it is not what TensorFlow would understand, or there are too many workers.
    """
    if train.strategy != "multi_worker":
        return ALONE
    text = environment.get(VARIABLE, "")
    fields = _parsed(text) if text.strip() else {}
    jobs = fields.get("cluster") or {}
    if not jobs:
        return ALONE
    found = Cluster(_addresses(jobs), _index(jobs, fields.get("task")))
    if found.workers > train.batch_size:
        raise ClusterError(
            f"{VARIABLE} must not name more workers than a batch has rows (`train.batch_size`: "
            f"{train.batch_size}). Received: {found.workers} workers"
        )
    return found


def _parsed(text: str) -> dict[str, Any]:
    try:
        fields = json.loads(text)
    except json.JSONDecodeError as error:
        raise ClusterError(f"{VARIABLE} must be JSON. Received: {text} ({error})") from error
    if not isinstance(fields, dict):
        raise ClusterError(f"{VARIABLE} must be an object of JSON. Received: {text}")
    return fields


def _addresses(jobs: Any) -> tuple[str, ...]:
    """Lists the address of every worker, the chief's first."""
    if not isinstance(jobs, dict) or not set(jobs) <= set(_JOBS):
        raise _broken("cluster", f"jobs {' and '.join(map(repr, _JOBS))} alone", jobs)
    for addresses in jobs.values():
        if not isinstance(addresses, list) or not addresses:
            raise _broken("cluster", "a list of addresses for each job", jobs)
        for address in addresses:
            if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
                raise _broken("cluster", "addresses host:port", address)
    if len(jobs.get("chief", ())) > 1:
        raise _broken("cluster", "one `chief` at most", jobs["chief"])
    found = [address for job in _JOBS for address in jobs.get(job, ())]
    if len(set(found)) < len(found):
        raise _broken("cluster", "each address once", found)
    return tuple(found)


def _index(jobs: dict[str, list[str]], task: Any) -> int:
    """Finds out which of all processes this one is."""
    job = task.get("type") if isinstance(task, dict) else None
    if job not in jobs:
        raise _broken("task", f"a `type` that is a job of `cluster` ({', '.join(jobs)})", task)
    index = task.get("index")
    # Some write numbers as text, and TensorFlow takes both.
    if not re.fullmatch(r"\d+", str(index)) or int(index) >= len(jobs[job]):
        raise _broken("task", f"an `index` from 0 to {len(jobs[job]) - 1}", index)
    before = _JOBS[: _JOBS.index(job)]
    return sum(len(jobs.get(earlier, ())) for earlier in before) + int(index)


def _broken(part: str, rule: str, received: Any) -> ClusterError:
    return ClusterError(
        f"`{part}` of {VARIABLE} must have {rule}. Received: {json.dumps(received)}"
    )


def on_this_machine(workers: int) -> list[Cluster]:
    """Makes a cluster of processes of this machine, one member for each of them."""
    with contextlib.ExitStack() as stack:
        listeners = [stack.enter_context(socket.socket()) for _ in range(workers)]
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))  # a port that nobody has; held till all are known
        addresses = tuple(f"127.0.0.1:{listener.getsockname()[1]}" for listener in listeners)
    return [Cluster(addresses, index) for index in range(workers)]
