"""Reads the records of a pipeline out of ML Metadata, as a whole and in few calls.

It walks contexts and events, as `filter_query` and `get_lineage_subgraph` are gone from ML Metadata
1.21. A store of 500 runs is read in about a second.
"""

import collections
import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence

import ml_metadata
from ml_metadata import proto

from pipeline import errors, stores
from pipeline import workspace as workspace_lib
from pipeline.lineage import properties, records, store

_RESULT = "__execution_result__"
_REFUSED = int(errors.ExitStatus.REFUSED)
_CONFIG = "Config"
_INPUTS = (proto.Event.INPUT, proto.Event.DECLARED_INPUT, proto.Event.INTERNAL_INPUT)
_OUTPUTS = (proto.Event.OUTPUT, proto.Event.DECLARED_OUTPUT, proto.Event.INTERNAL_OUTPUT)
_STATES = {
    proto.Execution.COMPLETE: records.State.DONE,
    proto.Execution.CACHED: records.State.CACHED,
    proto.Execution.FAILED: records.State.FAILED,
    proto.Execution.CANCELED: records.State.INTERRUPTED,
}


def read(workspace: workspace_lib.Workspace, pipeline: str | None = None) -> records.History:
    """Reads all that is recorded of a pipeline.

    Args:
        workspace: Where it ran.
        pipeline: Its name; may be left out where only one is recorded.

    Raises:
        ConfigError: If the database cannot be read, or has no such pipeline.
    """
    with store.opened(workspace) as opened:
        context = _pipeline(opened, pipeline, stores.spell(workspace))
        return records.History(
            pipeline=context.name, store=stores.spell(workspace), runs=_runs(opened, context)
        )


def pipelines(workspace: workspace_lib.Workspace) -> list[str]:
    """Lists the pipelines that a database knows.

    Raises:
        ConfigError: If it cannot be read.
    """
    with store.opened(workspace) as opened:
        return sorted(context.name for context in opened.get_contexts_by_type("pipeline"))


def _pipeline(opened: ml_metadata.MetadataStore, name: str | None, shown: str) -> "proto.Context":
    contexts = {context.name: context for context in opened.get_contexts_by_type("pipeline")}
    if name is None and len(contexts) == 1:
        [name] = contexts
    if name in contexts:
        return contexts[name]
    known = ", ".join(sorted(contexts))
    raise errors.ConfigError(
        f"`--name` must be a pipeline of {shown}: {known or 'it has none'}. "
        f"Received: {name or 'none'}"
    )


def _runs(opened: ml_metadata.MetadataStore, context: "proto.Context") -> tuple[records.Run, ...]:
    # One call a context is a hundred times fewer than one an execution; that of the pipeline itself
    # would come in pages, each slower than the one before.
    nodes = {
        execution.id: (execution, node)
        for id_, node in _nodes(opened, context.name)
        for execution in opened.get_executions_by_context(id_)
    }
    inputs, outputs = _artifacts(opened, list(nodes))
    by_run: dict[str, list[records.Execution]] = collections.defaultdict(list)
    for run in opened.get_contexts_by_type("pipeline_run"):
        for id_ in {each.id for each in opened.get_executions_by_context(run.id)} & set(nodes):
            by_run[run.name].append(
                _execution(*nodes[id_], run.name, inputs.get(id_, {}), outputs.get(id_, {}))
            )
    made = [_run(id_, executions) for id_, executions in by_run.items()]
    return tuple(sorted(made, key=lambda run: (run.started, run.id)))


def _nodes(opened: ml_metadata.MetadataStore, pipeline: str) -> Iterator[tuple[int, str]]:
    """Yields the contexts of a pipeline's nodes, which are named `PIPELINE.NODE`: id and node.

    A name may begin with another pipeline's, and a dot.
    """
    names = [of.name for of in opened.get_contexts_by_type("pipeline")]
    for of in opened.get_contexts_by_type("node"):
        owner = max((name for name in names if of.name.startswith(f"{name}.")), key=len, default="")
        if owner == pipeline:
            yield of.id, of.name.removeprefix(f"{pipeline}.")


def _artifacts(
    opened: ml_metadata.MetadataStore, executions: Sequence[int]
) -> tuple[Mapping[int, records.Artifacts], Mapping[int, records.Artifacts]]:
    """Maps the id of each execution to what it took, and to what it put out."""
    events = opened.get_events_by_execution_ids(executions) if executions else []
    ids = list({event.artifact_id for event in events})
    known = {each.id: _artifact(each) for each in opened.get_artifacts_by_id(ids)}
    taken = [event for event in events if event.type in _INPUTS]
    put_out = [event for event in events if event.type in _OUTPUTS]
    return _by_key(taken, known), _by_key(put_out, known)


def _by_key(
    events: Iterable["proto.Event"], known: Mapping[int, records.Artifact]
) -> dict[int, records.Artifacts]:
    found: dict[int, dict[str, tuple[records.Artifact, ...]]] = collections.defaultdict(dict)
    placed = ((place, event) for event in events for place in _places(event))
    for (_, key), event in sorted(placed, key=lambda each: each[0]):
        of = found[event.execution_id]
        of[key] = (*of.get(key, ()), known[event.artifact_id])
    return dict(found)


def _places(event: "proto.Event") -> Iterator[tuple[int, str]]:
    """Yields under what an artifact was given: its index, and the key.

    There is one event for an artifact, though it be given twice, such as a model that is judged
    beside itself: its path has a key and an index for each.
    """
    steps = event.path.steps
    for key, index in zip(steps[::2], steps[1::2], strict=False):
        yield index.index, key.key


def _run(id_: str, executions: list[records.Execution]) -> records.Run:
    ordered = tuple(sorted(executions, key=lambda each: (each.started, each.id)))
    config = next((each for each in ordered if each.node == _CONFIG), None)
    nodes = records.told(config.properties, "settings").get("nodes", []) if config else []
    return records.Run(id_, ordered, tuple(nodes) if isinstance(nodes, list) else ())


def _execution(
    told: "proto.Execution",
    node: str,
    run: str,
    inputs: records.Artifacts,
    outputs: records.Artifacts,
) -> records.Execution:
    failed = _RESULT in told.custom_properties
    result = (
        records.told({_RESULT: told.custom_properties[_RESULT].string_value}, _RESULT)
        if failed
        else {}
    )
    state = _STATES.get(told.last_known_state, records.State.UNFINISHED)
    if state is records.State.FAILED and result.get("code") == _REFUSED:
        state = records.State.REFUSED
    return records.Execution(
        id=told.id,
        node=node,
        run=run,
        type=told.type,
        state=state,
        started=_time(told.create_time_since_epoch),
        ended=_time(told.last_update_time_since_epoch),
        properties=properties.Properties(told),
        inputs=inputs,
        outputs=outputs,
        error=str(result.get("resultMessage", "")),
    )


def _artifact(told: "proto.Artifact") -> records.Artifact:
    return records.Artifact(
        id=told.id,
        type=told.type,
        uri=told.uri,
        properties=properties.Properties(told),
        created=_time(told.create_time_since_epoch),
    )


def _time(milliseconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc)
