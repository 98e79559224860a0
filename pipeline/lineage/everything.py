"""All that is recorded of a pipeline, as plain data for other programs."""

import dataclasses
import datetime
from collections.abc import Mapping

from pipeline.lineage import facts, finding, properties, records


@dataclasses.dataclass(frozen=True)
class Execution:
    """What one node did in one run.

    Attributes:
        id: Its id in ML Metadata.
        node: Id of the node.
        type: What was executed.
        state: What became of it.
        started: When it started.
        ended: When it was last heard of.
        properties: The settings that it was given.
        inputs: Ids of the artifacts that it took, by key.
        outputs: Ids of those that it put out, or that the cache answered with.
        error: Why it failed; empty where that is not recorded.
    """

    id: int
    node: str
    type: str
    state: records.State
    started: datetime.datetime
    ended: datetime.datetime
    properties: Mapping[str, properties.Value]
    inputs: Mapping[str, tuple[int, ...]]
    outputs: Mapping[str, tuple[int, ...]]
    error: str


@dataclasses.dataclass(frozen=True)
class Run:
    """One run of the pipeline.

    Attributes:
        id: Its id.
        state: What became of it.
        started: When its first node started.
        ended: When it was last heard of.
        planned: Ids of all its nodes; empty where that is not recorded.
        facts: What came of it.
        executions: What its nodes did, in the order in which they started.
    """

    id: str
    state: records.State
    started: datetime.datetime
    ended: datetime.datetime
    planned: tuple[str, ...]
    facts: facts.Facts
    executions: tuple[Execution, ...]


@dataclasses.dataclass(frozen=True)
class Everything:
    """All that is recorded of a pipeline.

    Attributes:
        pipeline: Its name.
        store: Where that is recorded, for people.
        runs: The oldest first.
        artifacts: All that an execution has taken or put out, the oldest first.
    """

    pipeline: str
    store: str
    runs: tuple[Run, ...]
    artifacts: tuple[finding.Found, ...]


def of(history: records.History) -> Everything:
    """Gathers all that is recorded."""
    return Everything(
        pipeline=history.pipeline,
        store=history.store,
        runs=tuple(map(_run, history.runs)),
        artifacts=tuple(finding.described(history, history.artifacts.values())),
    )


def _run(run: records.Run) -> Run:
    return Run(
        id=run.id,
        state=run.state,
        started=run.started,
        ended=run.ended,
        planned=run.planned,
        facts=facts.of(run),
        executions=tuple(map(_execution, run.executions)),
    )


def _execution(execution: records.Execution) -> Execution:
    return Execution(
        id=execution.id,
        node=execution.node,
        type=execution.type,
        state=execution.state,
        started=execution.started,
        ended=execution.ended,
        properties=execution.properties,
        inputs=_ids(execution.inputs),
        outputs=_ids(execution.outputs),
        error=execution.error,
    )


def _ids(artifacts: records.Artifacts) -> dict[str, tuple[int, ...]]:
    return {key: tuple(each.id for each in of_key) for key, of_key in artifacts.items()}
