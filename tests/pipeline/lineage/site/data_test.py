"""What the pages show of runs."""

import json
import pathlib
from typing import Any

import pytest
from ml_metadata import proto

from pipeline import config as config_lib
from pipeline import errors, lineage
from pipeline.lineage.site import data
from tests.pipeline.lineage import stores


def _all(store: stores.Store, last: int = -1) -> dict[str, Any]:
    history = lineage.read(store.workspace)
    return data.of_run(history.runs[last], history, store.workspace.root / "lineage")


def _row(store: stores.Store) -> dict[str, Any]:
    history = lineage.read(store.workspace)
    return data.row(history.runs[-1], history)


def _artifact(found: dict[str, Any], type_: str) -> dict[str, Any]:
    [artifact] = [each for each in found["artifacts"].values() if each["type"] == type_]
    return artifact


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({}, "blessed"),
        ({"blessed": False}, "not blessed"),
        ({"until": "Trainer", "error": "x"}, "failed"),
        ({"until": "DataGate", "error": "x", "code": errors.ExitStatus.REFUSED}, "refused"),
        ({"until": "Pusher", "error": "x"}, "failed"),
    ],
)
def test_a_kind_is_the_verdict_unless_the_run_ended_early(
    store: stores.Store, settings: dict[str, Any], kind: str
) -> None:
    store.run("first", **settings)
    assert _row(store)["kind"] == kind


def test_a_run_without_a_judge_is_done(store: stores.Store) -> None:
    store.put("first", "Ingest")
    assert (_row(store)["kind"], _row(store)["value"]) == ("done", None)


def test_a_row_tells_what_other_runs_made(store: stores.Store) -> None:
    first = store.run("first")
    assert _row(store)["shared"] == []
    store.run("second", cached={"Schema": first["Schema"]})
    assert _row(store)["shared"] == [first["Schema"]["schema"][0].id]


@pytest.mark.parametrize(
    "run", ["../../etc", "a/b", "a\x00", "é", "x" * 300, "2026-11-24T09:25:00"]
)
def test_a_file_is_called_as_files_may_be(run: str) -> None:
    name = data.file_name(run)
    assert len(name) < 60
    assert name.isascii()
    assert not set(name) & set("/\\:\x00 ")
    assert name != data.file_name(f"{run}.")


def test_nodes_tell_state_time_and_why_they_ended(store: stores.Store) -> None:
    first = store.run("first")
    store.run("again", cached=first, until="Trainer", error="no memory\nless is more", seconds=2)
    nodes = {node["id"]: node for node in _all(store)["nodes"]}
    assert (nodes["Ingest"]["state"], nodes["Ingest"]["seconds"]) == ("cached", 2)
    assert nodes["Trainer"]["error"] == ["no memory", "less is more"]
    assert nodes["Pusher"] == {
        **{key: nodes["Pusher"][key] for key in ("x", "y", "width", "height")},
        "id": "Pusher",
        "state": "not run",
        "outputs": [],
    }
    assert nodes["Ingest"]["why"] == "as in first"


def test_an_artifact_tells_what_it_is_and_who_made_it(store: stores.Store) -> None:
    first = store.run("first", pushed="17")
    store.run("again", cached=first)
    found = _artifact(_all(store), "PushedModel")
    assert found["maker"] == {"run": "first", "node": "Pusher"}
    destination = str(store.workspace.serving / "17")
    assert found["properties"] == {
        "pushed": 1,
        "pushed_destination": destination,
        "pushed_version": "17",
    }
    assert (found["page"], found["gone"]) == (None, True)


def test_a_long_property_is_cut(store: stores.Store) -> None:
    store.put("first", "A", outputs={"a": [store.artifact("T", properties={"p": "x" * 5000})]})
    [text] = _artifact(_all(store), "T")["properties"].values()
    assert len(text) == 2001


def _page(store: stores.Store, uri: str) -> tuple[str | None, bool]:
    store.put("first", "A", outputs={"a": [store.artifact("T", uri)]})
    found = _artifact(_all(store), "T")
    return found["page"], found["gone"]


def test_a_page_in_the_workspace_has_a_relative_link(store: stores.Store) -> None:
    directory = store.workspace.artifacts / "a #b"
    directory.mkdir(parents=True)
    (directory / "index.html").touch()
    assert _page(store, str(directory)) == ("../artifacts/a%20%23b/index.html", False)


def test_a_file_elsewhere_is_linked_as_it_is(store: stores.Store, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a.csv"
    path.touch()
    assert _page(store, str(path)) == (path.as_uri(), False)


def test_a_directory_without_a_page_has_no_link(
    store: stores.Store, tmp_path: pathlib.Path
) -> None:
    assert _page(store, str(tmp_path)) == (None, False)


@pytest.mark.parametrize(
    "uri", ["gs://bucket/a", "javascript:alert(1)", "/a\x00b", "/" + "a" * 5000]
)
def test_what_is_no_path_here_has_no_link(store: stores.Store, uri: str) -> None:
    assert _page(store, uri)[0] is None


def test_what_differs_between_runs_is_there(store: stores.Store) -> None:
    settings = ["train.epochs=7", "rivals=[linear]"]
    store.run("first", config_lib.from_columns("reviews.csv", "review", "stars", settings))
    found = _all(store)
    assert found["settings"]["train.epochs"] == "7"
    assert found["settings"]["rivals"] == '["linear"]'
    assert found["code"] == stores.CODE
    assert found["versions"] == stores.VERSIONS
    assert found["metrics"] == {"accuracy": 0.8}
    assert found["trial"] == "warranted"


def test_a_run_that_noted_nothing_has_none_of_it(store: stores.Store) -> None:
    store.put("first", "Trainer", outputs={"model": [store.artifact("Model")]})
    found = _all(store)
    assert (found["settings"], found["code"], found["versions"], found["metrics"]) == ({},) * 4


def test_versions_are_gone_with_their_file(store: stores.Store) -> None:
    first = store.run("first")
    (pathlib.Path(first["Config"]["config"][0].uri) / "environment.json").unlink()
    assert _all(store)["versions"] == {}
    assert _all(store)["settings"]


def test_reasons_are_the_evaluators(store: stores.Store) -> None:
    told = {"reasons": "accuracy is low\n\nauc is low"}
    judged = [store.artifact("ModelEvaluation", properties=told)]
    store.put("first", "Evaluator", outputs={"evaluation": judged})
    assert _all(store)["reasons"] == ["accuracy is low", "auc is low"]


def test_all_of_it_is_json(store: stores.Store) -> None:
    store.run("first", until="Trainer", error="x")
    store.put("first", "More", state=proto.Execution.CANCELED)
    assert json.loads(json.dumps(_all(store)))["state"] == "failed"
