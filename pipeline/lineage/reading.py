"""Reads the records of a pipeline out of ML Metadata, as a whole and in few calls.

It walks contexts and events, as `filter_query` and `get_lineage_subgraph` are gone from ML Metadata
1.21. What executions took and put out is read later, when it is asked for.
"""

from collections.abc import Iterator

import ml_metadata
from ml_metadata import proto

from pipeline import errors, stores
from pipeline import workspace as workspace_lib
from pipeline.lineage import links as links_lib
from pipeline.lineage import properties, records, store, times

_RESULT = "__execution_result__"
_REFUSED = int(errors.ExitStatus.REFUSED)
_CONFIG = "Config"
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
        return _history(opened, context, stores.spell(workspace))


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


def _history(
    opened: ml_metadata.MetadataStore, context: "proto.Context", shown: str
) -> records.History:
    # One call a context is a hundred times fewer than one an execution; that of the pipeline itself
    # would come in pages, each slower than the one before.
    nodes = {
        execution.id: (execution, node)
        for id_, node in _nodes(opened, context.name)
        for execution in opened.get_executions_by_context(id_)
    }
    by_run = {
        run.name: [each.id for each in opened.get_executions_by_context(run.id) if each.id in nodes]
        for run in opened.get_contexts_by_type("pipeline_run")
    }
    links = links_lib.Links(opened, shown, by_run.values())
    made = [
        _run(name, [_execution(*nodes[id_], name, links) for id_ in ids])
        for name, ids in by_run.items()
        if ids
    ]
    runs = tuple(sorted(made, key=lambda run: (run.started, run.id)))
    return records.History(context.name, shown, runs, links)


def _nodes(opened: ml_metadata.MetadataStore, pipeline: str) -> Iterator[tuple[int, str]]:
    """Yields the contexts of a pipeline's nodes, which are named `PIPELINE.NODE`: id and node.

    A name may begin with another pipeline's, and a dot.
    """
    names = [of.name for of in opened.get_contexts_by_type("pipeline")]
    for of in opened.get_contexts_by_type("node"):
        owner = max((name for name in names if of.name.startswith(f"{name}.")), key=len, default="")
        if owner == pipeline:
            yield of.id, of.name.removeprefix(f"{pipeline}.")


def _run(id_: str, executions: list[records.Execution]) -> records.Run:
    ordered = tuple(sorted(executions, key=lambda each: (each.started, each.id)))
    config = next((each for each in ordered if each.node == _CONFIG), None)
    nodes = records.told(config.properties, "settings").get("nodes", []) if config else []
    return records.Run(id_, ordered, tuple(nodes) if isinstance(nodes, list) else ())


def _execution(
    told: "proto.Execution",
    node: str,
    run: str,
    links: links_lib.Links,
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
        started=times.of(told.create_time_since_epoch),
        ended=times.of(told.last_update_time_since_epoch),
        properties=properties.Properties(told),
        inputs=links_lib.Given(links, told.id, is_input=True),
        outputs=links_lib.Given(links, told.id, is_input=False),
        error=str(result.get("resultMessage", "")),
    )
