"""Runs, executions and artifacts as plain data, whoever has recorded them.

Imports no TFX: a question is answered in less time than that import takes.
"""

import dataclasses
import datetime
import enum
import functools
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from pipeline import errors
from pipeline.lineage import properties as properties_lib

# What an input or an output is called to the artifacts under it.
Artifacts = Mapping[str, tuple["Artifact", ...]]
LATEST = "latest"
_COUNTED = re.compile(rf"{LATEST}(?:~([0-9]{{1,9}}))?")  # as git counts commits back


class State(str, enum.Enum):
    """What became of an execution, or of a run."""

    DONE = "done"
    CACHED = "cached"
    REFUSED = "refused"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    UNFINISHED = "unfinished"


@dataclasses.dataclass(frozen=True)
class Artifact:
    """What an execution has put out.

    Attributes:
        id: Its id in ML Metadata.
        type: Such as `Model` or `components.TrialReport`.
        uri: Where it lies.
        properties: What was told of it.
        created: When it was recorded.
    """

    id: int
    type: str
    uri: str
    properties: Mapping[str, properties_lib.Value]
    created: datetime.datetime

    @property
    def kind(self) -> str:
        """Its type without what that is a part of, as people name it: `TrialReport`."""
        return self.type.rpartition(".")[2]


@dataclasses.dataclass(frozen=True)
class Execution:
    """What one node did in one run.

    Attributes:
        id: Its id in ML Metadata.
        node: Id of the node.
        run: Id of the run.
        type: What was executed.
        state: What became of it.
        started: When it started.
        ended: When it was last heard of.
        properties: The settings that it was given.
        inputs: What it took, by key.
        outputs: What it put out, by key; of a cached one, what the cache answered with.
        error: Why it failed, in one line, and more lines on it; empty where that is not recorded.
    """

    id: int
    node: str
    run: str
    type: str
    state: State
    started: datetime.datetime
    ended: datetime.datetime
    properties: Mapping[str, properties_lib.Value]
    inputs: Artifacts
    outputs: Artifacts
    error: str = ""

    @property
    def seconds(self) -> float:
        """Wall time."""
        return (self.ended - self.started).total_seconds()


@dataclasses.dataclass(frozen=True)
class Run:
    """One run of the pipeline.

    Attributes:
        id: Its id.
        executions: What its nodes did, in the order in which they started.
        planned: Ids of all its nodes; empty where that is not recorded.
    """

    id: str
    executions: tuple[Execution, ...]
    planned: tuple[str, ...] = ()

    @property
    def started(self) -> datetime.datetime:
        """When its first node started."""
        return min(execution.started for execution in self.executions)

    @property
    def ended(self) -> datetime.datetime:
        """When it was last heard of."""
        return max(execution.ended for execution in self.executions)

    @property
    def seconds(self) -> float:
        """Wall time of its nodes, from the first one's start to the last one's end."""
        return (self.ended - self.started).total_seconds()

    @property
    def state(self) -> State:
        """What became of it: what became of the node that ended it."""
        states = {execution.state for execution in self.executions}
        for state in (State.REFUSED, State.FAILED, State.INTERRUPTED, State.UNFINISHED):
            if state in states:
                return state
        return State.UNFINISHED if self.not_run else State.DONE

    @property
    def not_run(self) -> tuple[str, ...]:
        """Ids of the nodes that it did not come to."""
        came_to = {execution.node for execution in self.executions}
        # Compiled, a resolver becomes a task for each artifact that it looks for.
        came_to |= {node.rpartition("-model-")[0] for node in came_to if node.endswith("-resolver")}
        return tuple(node for node in self.planned if node not in came_to)

    @property
    def cached_share(self) -> float:
        """The share of its nodes that the cache has answered."""
        cached = [each for each in self.executions if each.state is State.CACHED]
        return len(cached) / len(self.executions)

    def execution(self, node: str) -> Execution | None:
        """Finds what a node did; the last time, should there be several."""
        return next((each for each in reversed(self.executions) if each.node == node), None)

    def output(self, node: str, key: str) -> Artifact | None:
        """Finds what a node has put out under a key; None where there is nothing."""
        found = self.execution(node)
        return next(iter(found.outputs.get(key, ())), None) if found else None


class Links(Protocol):
    """Reads what executions took and put out, and who made and took an artifact."""

    def load(self, executions: Collection[int]) -> None:
        """Reads it of many executions at once."""

    def users(self, artifact: int) -> tuple[Sequence[int], Sequence[int]]:
        """Tells which executions put an artifact out and which took it, the oldest first."""

    def load_users(self, artifacts: Collection[int]) -> None:
        """Reads that of many artifacts at once."""

    def of_kind(self, kind: str) -> Sequence[Artifact]:
        """Lists the artifacts of a type that the store has, whosever they are."""


@dataclasses.dataclass(frozen=True)
class History:
    """All that is recorded of one pipeline.

    Attributes:
        pipeline: Its name.
        store: Where that is recorded, for people.
        runs: The oldest first.
        links: Reads what executions took and put out; None where they hold it already.
    """

    pipeline: str
    store: str
    runs: tuple[Run, ...]
    links: Links | None = dataclasses.field(default=None, repr=False, compare=False)

    def load(self, nodes: Collection[str] | None = None) -> None:
        """Reads what executions took and put out at once, rather than run by run.

        Args:
            nodes: Of these nodes alone; None for all.
        """
        if self.links is not None:
            self.links.load(
                [each.id for each in self.executions() if nodes is None or each.node in nodes]
            )

    def load_users(self, artifacts: Iterable[Artifact]) -> None:
        """Reads what made artifacts and what took them at once, rather than one by one."""
        if self.links is not None:
            self.links.load_users([artifact.id for artifact in artifacts])

    def of_kind(self, kind: str) -> Sequence[Artifact]:
        """Lists the artifacts of a type, the oldest first, without reading any others.

        Args:
            kind: With or without what the type is a part of, in any case.
        """
        if self.links is None:
            found = [each for each in self.artifacts.values() if is_kind(each.type, kind)]
        else:
            known = self.links.of_kind(kind)
            self.load_users(known)
            found = [each for each in known if any(self._users(each))]
        return sorted(found, key=lambda each: each.id)

    @functools.cached_property
    def artifacts(self) -> Mapping[int, Artifact]:
        """Id to artifact, of all that an execution has taken or put out."""
        self.load()
        return {
            artifact.id: artifact
            for execution in self.executions()
            for artifacts in (*execution.inputs.values(), *execution.outputs.values())
            for artifact in artifacts
        }

    @functools.cached_property
    def _by_run(self) -> Mapping[str, Run]:
        return {run.id: run for run in self.runs}

    @functools.cached_property
    def _by_id(self) -> Mapping[int, Execution]:
        return {execution.id: execution for execution in self.executions()}

    @functools.cached_property
    def _by_node(self) -> Mapping[str, Sequence[Execution]]:
        found: dict[str, list[Execution]] = {}
        for execution in self.executions():
            found.setdefault(execution.node, []).append(execution)
        return found

    def of_node(self, node: str) -> Sequence[Execution]:
        """Lists what a node did in all runs, run by run."""
        return self._by_node.get(node, ())

    def executions(self) -> Iterator[Execution]:
        """Yields all executions, run by run."""
        for run in self.runs:
            yield from run.executions

    def producer(self, artifact: Artifact) -> Execution | None:
        """Finds what made an artifact, not what the cache answered with it later on."""
        made, _ = self._users(artifact)
        return next(iter(made), None)

    def consumers(self, artifact: Artifact) -> Sequence[Execution]:
        """Lists what has taken an artifact, the oldest first."""
        _, took = self._users(artifact)
        return took

    def _users(self, artifact: Artifact) -> tuple[Sequence[Execution], Sequence[Execution]]:
        """Lists what put an artifact out, and what took it, of this pipeline."""
        made, took = self.links.users(artifact.id) if self.links else ((), ())
        return (
            [self._by_id[id_] for id_ in made if id_ in self._by_id],
            [self._by_id[id_] for id_ in took if id_ in self._by_id],
        )

    def run_of(self, execution: Execution) -> Run:
        """Finds the run of an execution."""
        return self._by_run[execution.run]

    def run(self, name: str) -> Run:
        """Finds a run by its id, the beginning of it, `latest`, or `latest~1`, the one before it.

        Raises:
            ConfigError: If there is none, or several begin so.
        """
        counted = _COUNTED.fullmatch(name)
        back = int(counted[1] or 0) if counted else 0
        if counted and back < len(self.runs):
            return self.runs[-1 - back]
        if name in self._by_run:
            return self._by_run[name]
        found = [run for run in self.runs if name and run.id.startswith(name)]
        if len(found) == 1:
            return found[0]
        known = ", ".join(run.id for run in reversed((found or self.runs)[-3:]))
        rule = (
            "must name one run"
            if found
            else f"must be a run, the beginning of its id, {LATEST} or {LATEST}~1"
        )
        raise errors.ConfigError(
            f"`RUN` {rule}. Received: {name}; "
            f"{'it fits' if found else 'the newest are'} {known or 'none'}"
        )


def is_kind(type_: str, kind: str) -> bool:
    """Tells whether a type is meant, such as `components.TrialReport` by `trialreport`."""
    return kind.casefold() in (type_.casefold(), type_.rpartition(".")[2].casefold())


def told(properties: Mapping[str, properties_lib.Value], key: str) -> Mapping[str, object]:
    """Reads a property that holds JSON; an empty mapping where there is none."""
    value = properties.get(key)
    try:
        found = json.loads(value) if isinstance(value, str) else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
