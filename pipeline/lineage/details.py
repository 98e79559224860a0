"""One run: what each node did and why it ran, and what it put out."""

import dataclasses
from collections.abc import Iterator

from pipeline.lineage import facts, files, reasons, records


@dataclasses.dataclass(frozen=True)
class Shown:
    """An artifact.

    Attributes:
        id: Its id in ML Metadata.
        node: Id of the node that put it out.
        key: What it is called among the node's outputs.
        type: Its type.
        uri: Where it lies.
        made_in: Id of the run that made it; an earlier one's where the cache answered with it.
        size: How large it is; None where it is gone, or on no disk of this machine.
    """

    id: int
    node: str
    key: str
    type: str
    uri: str
    made_in: str | None
    size: files.Size | None


@dataclasses.dataclass(frozen=True)
class Node:
    """What a node did.

    Attributes:
        node: Its id.
        execution: Id of the execution in ML Metadata.
        state: What became of it.
        seconds: Wall time.
        why: Why it ran, or why the cache could answer.
        error: Why it failed; empty where it did not.
    """

    node: str
    execution: int
    state: records.State
    seconds: float
    why: str
    error: str


@dataclasses.dataclass(frozen=True)
class Details:
    """A run.

    Attributes:
        facts: What came of it.
        nodes: In the order in which they started.
        not_run: Ids of the nodes that it did not come to.
        artifacts: What was put out, in the order of the nodes.
    """

    facts: facts.Facts
    nodes: tuple[Node, ...]
    not_run: tuple[str, ...]
    artifacts: tuple[Shown, ...]


def of(history: records.History, run: records.Run, digest: bool = True) -> Details:
    """Tells all of a run.

    Args:
        history: Of its pipeline.
        run: The run.
        digest: Whether the content of artifacts is digested, which reads all of it.
    """
    return Details(
        facts=facts.of(run),
        nodes=tuple(
            Node(
                node=each.node,
                execution=each.id,
                state=each.state,
                seconds=each.seconds,
                why=reasons.why(history, each),
                error=each.error,
            )
            for each in run.executions
        ),
        not_run=run.not_run,
        artifacts=tuple(_artifacts(history, run, digest)),
    )


def _artifacts(history: records.History, run: records.Run, digest: bool) -> Iterator[Shown]:
    for execution in run.executions:
        for key, artifacts in execution.outputs.items():
            for artifact in artifacts:
                made = history.producer(artifact)
                yield Shown(
                    id=artifact.id,
                    node=execution.node,
                    key=key,
                    type=artifact.type,
                    uri=artifact.uri,
                    made_in=made.run if made else None,
                    size=files.measure(artifact, digest),
                )
