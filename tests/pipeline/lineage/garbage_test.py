"""What may go from the disk, and how it goes."""

import pathlib
import shutil
from typing import Any

import pytest

from pipeline import lineage
from pipeline import workspace as workspace_lib
from pipeline.lineage import garbage
from tests.pipeline.lineage import stores

_BYTES = 100


def _fill(store: stores.Store) -> None:
    """Gives each artifact on this machine a directory with a file."""
    for artifact in store.opened.get_artifacts():
        if artifact.uri.startswith("/"):
            pathlib.Path(artifact.uri).mkdir(parents=True, exist_ok=True)
            pathlib.Path(artifact.uri, "data").write_bytes(b"0" * _BYTES)


def _plan(store: stores.Store, keep: int = 1) -> garbage.Plan:
    return garbage.of(store.workspace, lineage.read(store.workspace, store.pipeline), keep)


def _goes(store: stores.Store, keep: int = 1) -> set[str]:
    """Names what may go, below the artifacts' root."""
    found = _plan(store, keep)
    return {str(pathlib.Path(each.path).relative_to(found.root)) for each in found.goes}


def _models(
    store: stores.Store, first: str = "", second: str = ""
) -> tuple[pathlib.Path, pathlib.Path]:
    """Writes two models that nobody has blessed; the second one's run is the newest."""
    made = [
        store.put(run, "Trainer", outputs={"model": [store.artifact("Model", uri)]}, started=index)
        for index, (run, uri) in enumerate((("first", first), ("second", second)))
    ]
    _fill(store)
    return tuple(pathlib.Path(each["model"][0].uri) for each in made)


def test_what_nothing_needs_may_go_with_its_size_and_the_reason(store: stores.Store) -> None:
    model, kept = _models(store)
    plan = _plan(store)
    assert plan.root == str(store.workspace.artifacts)
    assert plan.goes == (
        garbage.Directory(
            path=str(model),
            artifact=1,
            type="Model",
            run="first",
            node="Trainer",
            bytes=_BYTES,
            why="the newest run does not use it; it is not blessed and no version of it stands",
        ),
    )
    [of_newest] = plan.kept
    assert of_newest.path == str(kept)
    assert of_newest.why == "run second is one of the newest 1"
    assert plan.bytes == _BYTES
    assert (plan.unknown, plan.elsewhere) == ((), 0)


def test_a_version_that_stands_keeps_its_model(store: stores.Store) -> None:
    store.run("first", blessed=False, pushed="17")
    store.run("second", blessed=False)
    _fill(store)
    assert any(path.startswith("Pusher/") for path in _goes(store))
    (store.workspace.serving / "17").mkdir(parents=True)
    assert _goes(store) == set()


def test_a_version_that_cannot_be_looked_at_keeps_its_model(store: stores.Store) -> None:
    told = {"pushed": 1, "pushed_version": "1", "pushed_destination": "gs://bucket/serving/1"}
    pushed = store.artifact("PushedModel", properties=told)
    store.put("first", "Pusher", outputs={"pushed_model": [pushed]})
    _models(store)
    assert not any(path.startswith("Pusher/") for path in _goes(store))


def test_what_has_gone_already_is_not_told_again(store: stores.Store) -> None:
    model, _ = _models(store)
    [directory] = _plan(store).goes
    garbage.delete(directory)
    assert not model.exists()
    assert _plan(store).goes == ()
    assert store.opened.get_artifacts()[0].uri == str(model)  # the record stays


def test_what_is_elsewhere_is_never_touched(store: stores.Store, tmp_path: pathlib.Path) -> None:
    outside = tmp_path / "elsewhere" / "model"
    _models(store, first=str(outside))
    plan = _plan(store)
    assert plan.goes == ()
    assert plan.elsewhere == 1


@pytest.mark.parametrize(
    "uri",
    ["gs://bucket/artifacts/model", "artifacts/model", "file://host/a", "{root}/../../x", "{root}"],
)
def test_a_uri_that_is_no_path_below_the_root_is_elsewhere(store: stores.Store, uri: str) -> None:
    _models(store, first=uri.format(root=store.workspace.artifacts))
    plan = _plan(store)
    assert plan.goes == ()
    assert plan.elsewhere == 1


def test_a_moved_workspace_loses_nothing(store: stores.Store, tmp_path: pathlib.Path) -> None:
    _models(store)
    moved = tmp_path / "copy"
    shutil.copytree(store.workspace.root, moved)
    workspace = workspace_lib.Workspace(moved)
    plan = garbage.of(workspace, lineage.read(workspace), 1)
    assert (plan.goes, plan.kept, plan.unknown, plan.elsewhere) == ((), (), (), 2)


def test_a_file_uri_is_a_path(store: stores.Store) -> None:
    path = store.workspace.artifacts / "Trainer" / "model" / "9"
    path.mkdir(parents=True)
    _models(store, first=f"file://{path}")
    assert _goes(store) == {"Trainer/model/9"}


def test_a_symbolic_link_is_not_followed(store: stores.Store, tmp_path: pathlib.Path) -> None:
    model, _ = _models(store)
    shutil.rmtree(model)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "dear").write_text("")
    model.symlink_to(outside)
    plan = _plan(store)
    assert plan.goes == ()
    assert "a symbolic link leads to it" in {each.why for each in plan.kept}


def test_nor_is_one_on_the_way(store: stores.Store, tmp_path: pathlib.Path) -> None:
    root = store.workspace.artifacts
    _models(store, first=str(root / "Old" / "model" / "1"))
    (root / "Old").rename(tmp_path / "outside")
    (root / "Old").symlink_to(tmp_path / "outside")
    assert _plan(store).goes == ()


def test_a_link_in_an_artifact_goes_and_not_what_it_leads_to(
    store: stores.Store, tmp_path: pathlib.Path
) -> None:
    model, _ = _models(store)
    (tmp_path / "dear").write_bytes(b"0" * 999)
    (model / "link").symlink_to(tmp_path / "dear")
    [directory] = _plan(store).goes
    assert directory.bytes < 999
    garbage.delete(directory)
    assert not model.exists()
    assert (tmp_path / "dear").exists()


@pytest.mark.parametrize("place", ["Trainer/model/7", "Trainer/model/7/part", "Trainer/model"])
def test_what_shares_its_place_with_what_is_needed_is_left(store: stores.Store, place: str) -> None:
    root = store.workspace.artifacts
    _models(store, first=str(root / place), second=str(root / "Trainer" / "model" / "7"))
    assert _plan(store).goes == ()


def test_what_was_imported_is_left(store: stores.Store) -> None:
    external = store.artifact("Schema", properties={"is_external": 1})
    store.put("first", "Importer", outputs={"result": [external]})
    _models(store)
    assert _goes(store) == {"Trainer/model/2"}


def test_another_pipeline_of_the_same_store_keeps_what_is_its(store: stores.Store) -> None:
    other = stores.Store(store.workspace, "other")
    of_other = str(store.workspace.artifacts / "Trainer" / "model" / "99")
    other.put("others", "Trainer", outputs={"model": [other.artifact("Model", of_other)]})
    model, _ = _models(store)
    plan = _plan(store)
    assert [each.path for each in plan.goes] == [str(model)]
    assert plan.unknown == ()


def test_what_another_pipeline_has_taken_is_left(store: stores.Store) -> None:
    [model] = store.put("first", "Trainer", outputs={"model": [store.artifact("Model")]})["model"]
    _models(store, first="gs://bucket/model")
    assert _goes(store) == {"Trainer/model/1"}
    stores.Store(store.workspace, "other").put("others", "Probe", inputs={"model": [model]})
    assert _goes(store) == set()


def test_what_no_record_knows_is_listed_and_left(store: stores.Store) -> None:
    _models(store)
    root = store.workspace.artifacts
    for name in ("Trainer/model/99", "Mine", "Trainer/.system/executor_execution/3"):
        (root / name).mkdir(parents=True)
        (root / name / "file").write_bytes(b"00")
    (root / "Empty" / "model").mkdir(parents=True)
    plan = _plan(store)
    assert set(plan.unknown) == {
        garbage.Unknown(str(root / "Trainer" / "model" / "99"), 2),
        garbage.Unknown(str(root / "Mine"), 2),
    }


def test_the_artifacts_of_a_compiled_pipeline_lie_right_below_its_root(
    store: stores.Store,
) -> None:
    root = store.workspace.root
    _models(
        store,
        first=str(root / "reviews-1" / "Trainer" / "model"),
        second=str(root / "reviews-2" / "Trainer" / "model"),
    )
    for name in ("serving/reviews/1", "reviews/backups", "reviews-1/Trainer/mine"):
        (root / name).mkdir(parents=True)
        (root / name / "file").write_text("0")
    assert _goes(store) == {"reviews-1/Trainer/model"}
    assert [each.path for each in _plan(store).unknown] == [str(root / "reviews-1/Trainer/mine")]


def test_a_record_cannot_make_the_serving_directory_an_artifact(store: stores.Store) -> None:
    root = store.workspace.root
    _models(store, first=str(store.workspace.serving / "17"), second=str(root / "reviews-2" / "m"))
    assert _plan(store).goes == ()


def test_what_was_stopped_half_way_is_no_artifact_and_is_found_again(
    store: stores.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, _ = _models(store)
    [directory] = _plan(store).goes

    def stops(path: Any) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patched, pytest.raises(PermissionError):
        patched.setattr(shutil, "rmtree", stops)
        garbage.delete(directory)
    assert not model.exists()  # so that the cache does not answer with a half
    [again] = _plan(store).goes
    assert again == directory
    assert _plan(store).unknown == ()
    garbage.delete(again)
    assert list(model.parent.iterdir()) == [model.parent / "2"]
