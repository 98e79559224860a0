"""Records become runs."""

import subprocess
import sys

import pytest
from ml_metadata import proto

from pipeline import config as config_lib
from pipeline import errors, lineage
from pipeline import workspace as workspace_lib
from tests.pipeline.lineage import stores

State = lineage.State


def test_runs_stand_in_the_order_in_which_they_started(store: stores.Store) -> None:
    store.run("zebra")
    store.run("ant")
    store.run("older", started=stores.STARTED - 60)
    assert [run.id for run in lineage.read(store.workspace).runs] == ["older", "zebra", "ant"]


def test_nodes_have_their_times_inputs_and_outputs(store: stores.Store) -> None:
    made = store.run("first", seconds=2.0)
    [run] = lineage.read(store.workspace).runs
    assert [each.node for each in run.executions] == list(made)
    trainer = run.execution("Trainer")
    assert trainer is not None
    assert trainer.seconds == 2.0
    assert set(trainer.inputs) == {
        *("transformed_examples", "transform_graph", "statistics", "text_statistics")
    }
    [graph] = trainer.inputs["transform_graph"]
    assert graph == run.output("Transform", "transform_graph")
    assert (graph.type, graph.properties["is_external"]) == ("TransformGraph", 0)
    assert run.seconds == 2.0 * len(made)


@pytest.mark.parametrize(
    ("code", "state"),
    [(errors.ExitStatus.CRASHED, State.FAILED), (errors.ExitStatus.REFUSED, State.REFUSED)],
)
def test_a_run_is_what_ended_it(
    store: stores.Store, code: errors.ExitStatus, state: lineage.State
) -> None:
    store.run("first", until="DataGate", error="min_rows\n  more", code=code)
    [run] = lineage.read(store.workspace).runs
    assert run.state is state
    gate = run.execution("DataGate")
    assert gate is not None
    assert (gate.state, gate.error) == (state, "min_rows\n  more")
    assert run.not_run == ("Transform", "Trainer", "Evaluator", "Probe", "Report", "Pusher")


def test_a_run_that_was_killed_is_unfinished(store: stores.Store) -> None:
    store.put("first", "Trainer", state=proto.Execution.RUNNING)
    store.put("second", "Trainer", state=proto.Execution.CANCELED, error="interrupted")
    first, second = lineage.read(store.workspace).runs
    assert (first.state, second.state) == (State.UNFINISHED, State.INTERRUPTED)


def test_a_run_that_was_killed_between_two_nodes_is_unfinished(store: stores.Store) -> None:
    store.run("whole")
    [whole] = lineage.read(store.workspace).runs
    assert whole.state is State.DONE
    config = whole.execution("Config")
    assert config is not None
    told = {"settings": str(config.properties["settings"])}
    store.put("cut", "Config", properties=told, started=stores.STARTED + 60)
    _, cut = lineage.read(store.workspace).runs
    assert cut.state is State.UNFINISHED
    assert cut.not_run[0] == "Ingest"


def test_what_the_cache_answers_with_is_of_the_run_that_made_it(store: stores.Store) -> None:
    first = store.run("first")
    cached = {node: first[node] for node in ("Ingest", "Schema", "StatisticsGen")}
    store.run("second", cached=cached)
    history = lineage.read(store.workspace)
    second = history.runs[1]
    examples = second.output("Ingest", "examples")
    assert examples is not None
    producer = history.producer(examples)
    assert producer is not None
    assert producer.run == "first"
    ingest = second.execution("Ingest")
    assert ingest is not None
    assert ingest.state is State.CACHED
    assert second.cached_share == pytest.approx(3 / len(second.executions))
    assert {each.run for each in history.consumers(examples)} == {"first", "second"}


def test_two_runs_side_by_side_are_told_apart(store: stores.Store) -> None:
    """Their executions alternate, as those of two processes do that share a store."""
    for node in ("Ingest", "Transform", "Trainer"):
        for run in ("left", "right"):
            model = store.artifact("Model", properties={"of": run})
            store.put(run, node, outputs={"model": [model]})
    left, right = lineage.read(store.workspace).runs
    for run in (left, right):
        assert [each.node for each in run.executions] == ["Ingest", "Transform", "Trainer"]
        for node in ("Ingest", "Transform", "Trainer"):
            model = run.output(node, "model")
            assert model is not None
            assert model.properties["of"] == run.id


def test_several_artifacts_of_a_key_keep_their_order(store: stores.Store) -> None:
    made = [store.artifact("Model", properties={"number": i}) for i in range(3)]
    store.put("first", "Trainer", outputs={"model": made})
    [run] = lineage.read(store.workspace).runs
    models = run.executions[0].outputs["model"]
    assert [each.properties["number"] for each in models] == [0, 1, 2]


def test_an_artifact_that_is_given_twice_is_there_under_both_keys(store: stores.Store) -> None:
    """ML Metadata keeps one event of it, with both keys in its path, as TFX's does."""
    model = store.artifact("Model")
    store.put("first", "Trainer", outputs={"model": [model]})
    store.put("second", "Evaluator", inputs={"model": [model], "baseline_model": [model]})
    given = lineage.read(store.workspace).runs[1].executions[0].inputs
    assert {key: [each.id for each in of] for key, of in given.items()} == {
        "model": [model.id],
        "baseline_model": [model.id],
    }


def test_pipelines_of_one_database_are_kept_apart(store: stores.Store) -> None:
    store.run("first")
    other = stores.Store(store.workspace, pipeline="reviews.more")
    other.run("second")
    assert lineage.pipelines(store.workspace) == ["reviews", "reviews.more"]
    assert [run.id for run in lineage.read(store.workspace, "reviews").runs] == ["first"]
    assert [run.id for run in lineage.read(store.workspace, "reviews.more").runs] == ["second"]
    with pytest.raises(
        errors.ConfigError, match=r"`--name` must be a pipeline of .*: reviews, rev"
    ):
        lineage.read(store.workspace)
    with pytest.raises(errors.ConfigError, match="Received: sentiment"):
        lineage.read(store.workspace, "sentiment")


def test_runs_are_found_by_the_beginning_of_their_id(store: stores.Store) -> None:
    for id_ in ("2026-11-24T10", "2026-11-24T11", "2026-11-25T09"):
        store.run(id_)
    history = lineage.read(store.workspace)
    assert history.run("latest").id == "2026-11-25T09"
    assert history.run("2026-11-25").id == "2026-11-25T09"
    assert history.run("2026-11-24T10").id == "2026-11-24T10"
    with pytest.raises(
        errors.ConfigError, match=r"must name one run\. Received: 2026-11-24; it fits"
    ):
        history.run("2026-11-24")
    with pytest.raises(errors.ConfigError, match="Received: 2025; the newest are 2026-11-25T09"):
        history.run("2025")


def test_an_input_that_no_node_has_made_is_read_too(store: stores.Store) -> None:
    brought = store.artifact("Model", uri="/elsewhere/model")
    [brought.id] = store.opened.put_artifacts([brought])
    store.put("first", "Evaluator", inputs={"model": [brought]})
    history = lineage.read(store.workspace)
    [given] = history.runs[0].executions[0].inputs["model"]
    assert given.uri == "/elsewhere/model"
    assert history.producer(given) is None


def test_no_question_imports_tfx_or_tensorflow(store: stores.Store) -> None:
    store.run("first", config_lib.from_columns("reviews.csv"))
    code = """
import sys, pathlib
from pipeline import lineage, workspace
from pipeline.lineage_commands import group
history = lineage.read(workspace.Workspace(pathlib.Path(sys.argv[1])))
run = history.run("latest")
lineage.details.of(history, run), lineage.why.of(history, run), lineage.diff.of(history, run, run)
print([name for name in ("tfx", "tensorflow", "apache_beam", "tfx_bsl") if name in sys.modules])
"""
    command = [sys.executable, "-c", code, str(store.workspace.root)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "[]\n"


def test_a_workspace_is_found_by_its_database(store: stores.Store) -> None:
    assert workspace_lib.Workspace.found(store.workspace.root) == store.workspace
    assert workspace_lib.Workspace.found(store.workspace.root.parent) is None
