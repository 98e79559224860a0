"""The graph of a run: what its nodes gave each other, and what was still to come where it ended."""

import dataclasses
import functools
from collections.abc import Iterator, Mapping, Sequence

import pydantic
import yaml

from pipeline import config as config_lib
from pipeline import graph as graph_lib
from pipeline.lineage import records
from pipeline.lineage.site import layout

# One in C is ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER, _BASELINE = "Resolver", "baseline"


@dataclasses.dataclass(frozen=True)
class Output:
    """What a node has put out under a key.

    Attributes:
        label: The key; with a number where there are several under it.
        artifact: None where the run did not get that far.
    """

    label: str
    artifact: records.Artifact | None


@dataclasses.dataclass(frozen=True)
class Graph:
    """What was run.

    Attributes:
        outputs: Id of each node, in order, to what it has put out.
        edges: Which node took which output of which.
        planned: Those of the edges whose target was not run.
    """

    outputs: Mapping[str, Sequence[Output]]
    edges: Sequence[layout.Edge]
    planned: frozenset[layout.Edge]

    def laid_out(self) -> layout.Layout:
        """Lays it out."""
        nodes = tuple(
            layout.Node(id_, tuple(output.label for output in outputs))
            for id_, outputs in self.outputs.items()
        )
        return layout.place(nodes, tuple(self.edges))


def of(run: records.Run) -> Graph:
    """Finds the graph of a run.

    What nodes gave each other is recorded; what those would take that were not run follows from the
    run's config, where that can still be read.
    """
    ran = {each.node: each for each in run.executions}
    outputs = {node: list(_outputs(execution)) for node, execution in ran.items()}
    edges = list(dict.fromkeys(_edges(ran)))
    planned = []
    for node in _to_come(run):
        outputs[node.id] = []
        for source, key in node.inputs:
            if source not in outputs or source == node.id:
                continue
            if not any(output.label == key for output in outputs[source]):
                outputs[source].append(Output(key, None))
            planned.append(layout.Edge(source, key, node.id))
    return Graph(outputs, [*edges, *dict.fromkeys(planned)], frozenset(planned))


def settings(run: records.Run) -> Mapping[str, object]:
    """Reads what the run has noted of itself; nothing where it has noted nothing."""
    noted = run.execution("Config")
    return records.told(noted.properties, "settings") if noted else {}


def config(run: records.Run) -> Mapping[str, object]:
    """Reads the values of the config of a run; none where it has noted none."""
    return _values(str(settings(run).get("config", "")))


@functools.lru_cache(maxsize=64)  # many runs have the same
def _values(text: str) -> Mapping[str, object]:
    try:
        values = yaml.load(text, Loader=_LOADER)  # noqa: S506 - safe
    except (yaml.YAMLError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def _to_come(run: records.Run) -> list[graph_lib.Node]:
    """Lists the nodes that a run did not come to, in their order."""
    if not run.not_run:
        return []
    try:
        known = graph_lib.nodes(config_lib.Config.model_validate(config(run)))
    except pydantic.ValidationError:  # a config of another time
        known = []
    by_id = {node.id: node for node in known}
    return [by_id.get(id_, graph_lib.Node(id_, "")) for id_ in run.not_run]


def _outputs(execution: records.Execution) -> Iterator[Output]:
    for key, artifacts in sorted(execution.outputs.items()):
        for number, artifact in enumerate(artifacts, 1):
            yield Output(_label(key, number, artifacts), artifact)


def _label(key: str, number: int, artifacts: Sequence[records.Artifact]) -> str:
    return key if len(artifacts) == 1 else f"{key} {number}"


def _edges(ran: Mapping[str, records.Execution]) -> Iterator[layout.Edge]:
    """Yields who took what from whom."""
    makers: dict[int, list[tuple[str, str]]] = {}
    for node, execution in ran.items():
        for key, artifacts in execution.inputs.items():
            for artifact in artifacts:
                found = _maker(makers.get(artifact.id, ()), key, ran)
                if found:
                    yield layout.Edge(*found, node)
        for output in _outputs(execution):
            if output.artifact:
                makers.setdefault(output.artifact.id, []).append((node, output.label))


def _maker(
    makers: Sequence[tuple[str, str]], key: str, ran: Mapping[str, records.Execution]
) -> tuple[str, str] | None:
    """Tells who gave an artifact that several have put out, and under which label.

    A model may be what the cache has answered a Trainer with, and the one to beat as well: the
    resolver gives what the key calls a baseline, and others give the rest.
    """
    wanted = [
        maker
        for maker in makers
        if ran[maker[0]].type.endswith(_RESOLVER) == key.startswith(_BASELINE)
    ]
    return next(iter(wanted or makers), None)
