"""The graph of a run: from what is recorded, and from its config where it ended early."""

import json

from ml_metadata import proto

from pipeline import config as config_lib
from pipeline import graph, lineage
from pipeline.lineage.site import graphs, layout
from tests.pipeline.lineage import stores


def _of(store: stores.Store) -> graphs.Graph:
    return graphs.of(lineage.read(store.workspace).runs[-1])


def _edges(of: graphs.Graph) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.output, edge.target) for edge in of.edges}


def _planned() -> set[tuple[str, str, str]]:
    nodes = graph.nodes(config_lib.from_columns("reviews.csv", "review", "stars"))
    return {
        (source, key, node.id)
        for node in nodes
        for source, key in node.inputs
        if source != "latest_blessed"  # there is none to beat
    }


def test_a_run_has_the_graph_of_its_config(store: stores.Store) -> None:
    store.run("first")
    found = _of(store)
    assert _edges(found) == _planned()
    assert found.planned == frozenset()
    [made] = found.outputs["Trainer"]
    assert (made.label, made.artifact.type) == ("model", "Model")


def test_what_was_not_run_follows_from_the_config(store: stores.Store) -> None:
    store.run("first", until="Trainer", error="no memory")
    found = _of(store)
    assert {edge for edge in _edges(found) if edge[0] != "latest_blessed"} == _planned()
    assert {edge.target for edge in found.planned} == {"Evaluator", "Probe", "Report", "Pusher"}
    assert [(each.label, each.artifact) for each in found.outputs["Trainer"]] == [("model", None)]
    # Ingest has put out what the Evaluator would have taken.
    assert layout.Edge("Ingest", "examples", "Evaluator") in found.planned
    assert all(each.artifact for each in found.outputs["Ingest"])


def test_a_config_of_another_time_tells_no_edges(store: stores.Store) -> None:
    told = {"config": "model: {wings: 2}", "nodes": ["Config", "Ingest", "Flight"]}
    store.put("first", "Config", properties={"settings": json.dumps(told)})
    found = _of(store)
    assert list(found.outputs) == ["Config", "Ingest", "Flight"]
    assert found.edges == []


def test_settings_that_are_no_yaml_tell_nothing(store: stores.Store) -> None:
    told = {"config": "a: [", "nodes": ["Config", "Ingest"]}
    store.put("first", "Config", properties={"settings": json.dumps(told)})
    assert list(_of(store).outputs) == ["Config", "Ingest"]
    assert graphs.config(lineage.read(store.workspace).runs[0]) == {}


def _resolved(store: stores.Store, **taken: tuple[str, ...]) -> graphs.Graph:
    """A second run, whose Trainer the cache answers with the very model that is to be beaten.

    Args:
        store: Where it is written.
        taken: Node to the keys under which it takes that model.
    """
    model = store.artifact("Model")
    store.put("first", "Trainer", outputs={"model": [model]})
    store.put("second", "latest_blessed", outputs={"model": [model]})
    gate = taken.pop("DataGate", ())
    store.put("second", "DataGate", inputs={key: [model] for key in gate})
    store.put("second", "Trainer", outputs={"model": [model]}, state=proto.Execution.CACHED)
    for node, keys in taken.items():
        store.put("second", node, inputs={key: [model] for key in keys})
    return _of(store)


def test_a_model_that_two_gave_came_from_the_trainer(store: stores.Store) -> None:
    assert _edges(_resolved(store, Pusher=("model",))) == {("Trainer", "model", "Pusher")}


def test_a_model_that_two_gave_is_taken_from_both_where_it_is_a_baseline_too(
    store: stores.Store,
) -> None:
    assert _edges(_resolved(store, Evaluator=("model", "baseline_model"))) == {
        ("Trainer", "model", "Evaluator"),
        ("latest_blessed", "model", "Evaluator"),
    }


def test_what_runs_later_gave_nothing(store: stores.Store) -> None:
    found = _resolved(store, DataGate=("baseline_model",))
    assert _edges(found) == {("latest_blessed", "model", "DataGate")}


def test_several_artifacts_of_one_key_are_numbered(store: stores.Store) -> None:
    examples = [store.artifact("Examples", "/a"), store.artifact("Examples", "/b")]
    store.put("first", "Ingest", outputs={"examples": examples})
    store.put("first", "Merge", inputs={"all": examples})
    found = _of(store)
    assert [each.label for each in found.outputs["Ingest"]] == ["examples 1", "examples 2"]
    assert _edges(found) == {("Ingest", "examples 1", "Merge"), ("Ingest", "examples 2", "Merge")}


def test_what_came_from_elsewhere_has_no_edge(store: stores.Store) -> None:
    model = store.artifact("Model", "/elsewhere")
    store.put("first", "Trainer", outputs={"model": [model]})
    store.put("second", "Evaluator", inputs={"model": [model]})
    assert _edges(_of(store)) == set()
