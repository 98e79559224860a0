"""`meritline lineage gc` on stores of two runs."""

import json
import pathlib
import shutil
from typing import Any

import pytest
from click import testing

from pipeline import lock
from pipeline import workspace as workspace_lib
from pipeline.lineage_commands import group
from tests.pipeline.lineage import stores


@pytest.fixture
def models(tmp_path: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """Two models that nobody has blessed, of 1,500 bytes each; the second is of the newest run."""
    store = stores.Store(workspace_lib.Workspace.at(tmp_path, "reviews"))
    found = []
    for index, run in enumerate(("first", "second")):
        made = store.put(
            *(run, "Trainer"),
            outputs={"model": [store.artifact("Model")], "log": [store.artifact("ModelRun")]},
            started=index,
        )
        for [artifact] in made.values():
            path = pathlib.Path(artifact.uri)
            path.mkdir(parents=True)
            (path / "saved_model.pb").write_bytes(b"0" * (1500 if path.match("model/*") else 100))
        found.append(pathlib.Path(made["model"][0].uri))
    first, second = found
    return first, second


def _gc(tmp_path: pathlib.Path, *arguments: str) -> testing.Result:
    given = ["gc", "--workspace", str(tmp_path), *arguments]
    return testing.CliRunner().invoke(group.lineage, given)


def test_it_only_says_what_may_go(
    tmp_path: pathlib.Path, models: tuple[pathlib.Path, pathlib.Path]
) -> None:
    shown = _gc(tmp_path, "--keep", "1")
    assert shown.exit_code == 0
    assert shown.output.splitlines() == [
        "reviews: may go, since nothing needs it",
        "  type      directories    size",
        "  Model               1  1.5 kB",
        "  ModelRun            1  0.1 kB",
        "  in all              2  1.6 kB",
        "kept: 2 directories, 1.6 kB",
        "nothing was deleted; to delete: meritline lineage gc --workspace "
        f"{tmp_path} --keep 1 --delete",
    ]
    assert all(model.exists() for model in models)
    assert not (tmp_path / "reviews" / ".lock").exists()


def test_it_deletes_when_it_is_told_to(
    tmp_path: pathlib.Path, models: tuple[pathlib.Path, pathlib.Path]
) -> None:
    shown = _gc(tmp_path, "--keep", "1", "--delete")
    assert shown.exit_code == 0
    assert shown.output.splitlines() == [
        "Model: 1 directory deleted, 1.5 kB",
        "ModelRun: 1 directory deleted, 0.1 kB",
        "reviews: 2 directories deleted, 1.6 kB freed",
        "kept: 2 directories, 1.6 kB",
    ]
    assert [model.exists() for model in models] == [False, True]
    assert _gc(tmp_path, "--keep", "1").output.startswith("reviews: nothing may go\n")


def test_programs_are_told_each_directory(
    tmp_path: pathlib.Path, models: tuple[pathlib.Path, pathlib.Path]
) -> None:
    told = json.loads(_gc(tmp_path, "--keep", "1", "--json").stdout)
    assert (told["deleted"], told["freed"], told["failures"]) == (None, None, [])
    [model, _] = told["plan"]["goes"]
    assert (model["path"], model["bytes"]) == (str(models[0]), 1500)
    assert model["why"].startswith("the newest run does not use it")
    told = json.loads(_gc(tmp_path, "--keep", "1", "--json", "--delete").stdout)
    assert (told["deleted"], told["freed"]) == (2, 1600)


def test_what_cannot_be_deleted_is_told_and_the_rest_goes_on(
    tmp_path: pathlib.Path,
    models: tuple[pathlib.Path, pathlib.Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = shutil.rmtree

    def refuses(path: Any) -> None:
        if "/model/" in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        own(path)

    monkeypatch.setattr(shutil, "rmtree", refuses)
    shown = _gc(tmp_path, "--keep", "1", "--delete")
    assert shown.exit_code == 1
    assert shown.output.splitlines() == [
        "ModelRun: 1 directory deleted, 0.1 kB",
        f"not deleted: {models[0]} (Permission denied)",
        "reviews: 1 directory deleted, 0.1 kB freed",
        "kept: 2 directories, 1.6 kB",
    ]


def test_nothing_is_deleted_while_a_run_is_under_way(
    tmp_path: pathlib.Path, models: tuple[pathlib.Path, pathlib.Path]
) -> None:
    workspace = workspace_lib.Workspace.at(tmp_path, "reviews")
    with lock.alone(workspace):
        refused = _gc(tmp_path, "--keep", "1", "--delete")
        assert _gc(tmp_path, "--keep", "1").exit_code == 0
    assert refused.exit_code == 2
    assert refused.stderr == (
        "error: `--workspace` must not be in use by another run, nor by `meritline lineage gc`. "
        f"Received: {workspace.root}\n"
    )
    assert models[0].exists()


@pytest.mark.parametrize("arguments", [(), ("--keep", "0")])
def test_how_many_runs_are_kept_has_to_be_said(
    tmp_path: pathlib.Path, arguments: tuple[str, ...]
) -> None:
    refused = _gc(tmp_path, *arguments)
    assert refused.exit_code == 2
    assert "--keep" in refused.stderr


def test_what_no_record_knows_and_what_is_elsewhere_is_told(
    tmp_path: pathlib.Path, models: tuple[pathlib.Path, pathlib.Path]
) -> None:
    artifacts = models[0].parents[2]
    (artifacts / "Mine").mkdir()
    (artifacts / "Mine" / "file").write_bytes(b"0" * 2000)
    store = stores.Store(workspace_lib.Workspace.at(tmp_path, "reviews"))
    away = store.artifact("Examples", "gs://bucket/examples")
    store.put("first", "Ingest", outputs={"examples": [away]})
    lines = _gc(tmp_path, "--keep", "1").output.splitlines()
    assert f"left, since no record knows it: {artifacts / 'Mine'} (2.0 kB)" in lines
    assert f"left, since they are recorded outside of {artifacts}: 1 artifact" in lines
