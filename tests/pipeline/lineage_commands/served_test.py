"""A version named by its directory, or by the server that answers with it."""

import pathlib
import shutil

import pytest

from pipeline import errors
from pipeline.lineage_commands import served
from tests.pipeline.lineage import world
from tests.serving import tiny


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("saved") / "model"
    tiny.save(path, 1.0)
    return path


@pytest.fixture
def answering(made: world.World, saved: pathlib.Path) -> world.World:
    """The version is one that a server can load."""
    beside = made.version / "assets.extra"
    kept = beside.rename(made.version.parent / "kept")
    shutil.rmtree(made.version)
    shutil.copytree(saved, made.version)
    kept.rename(beside)
    return made


def test_a_running_server_names_its_versions_lineage(answering: world.World, ask) -> None:
    settings = tiny.settings(answering.store.workspace.serving)
    with tiny.serving(settings) as server:
        url = f"http://127.0.0.1:{server.port}/v1/models/{tiny.NAME}"
        told = ask("trace", url)
        by_version = ask("trace", f"{url}/versions/17")
        missing = ask("trace", f"{url}/versions/18")
    assert told.stdout.startswith("Version 17 of reviews, pushed ")
    assert str(answering.table) in told.stdout
    assert by_version.stdout == told.stdout
    assert (missing.exit_code, missing.stderr[:6]) == (2, "error:")


def test_a_model_of_somebody_else_has_no_lineage(saved: pathlib.Path, tmp_path, ask) -> None:
    tiny.put(saved, tmp_path, 3)
    with tiny.serving(tiny.settings(tmp_path)) as server:
        told = ask("trace", f"http://127.0.0.1:{server.port}/v1/models/{tiny.NAME}")
    assert told.exit_code == 2
    assert told.stderr.startswith("error: `URL` must be of a model whose server tells its lineage")


def test_a_server_that_is_not_there_is_one_line(ask) -> None:
    told = ask("trace", "http://127.0.0.1:9/v1/models/reviews")
    assert told.exit_code == 2
    assert told.stderr == (
        "error: `URL` must be a model of a running server, such as "
        "http://localhost:8501/v1/models/NAME. Received: http://127.0.0.1:9/v1/models/reviews "
        "([Errno 111] Connection refused)\n"
    )


def test_files_on_another_machine_want_a_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"pipeline": "reviews", "file": "/far/away/17/assets.extra/lineage.json"}
    answer = {"metadata": {"lineage": named}, "model_spec": {"version": "17"}}
    monkeypatch.setattr(served, "_ask", lambda url: answer)
    with pytest.raises(
        errors.ConfigError, match=r"`--workspace` must say .* Received: /far/away/17"
    ):
        served.find("http://far", is_told=False, directory="workspace", name=None)
    found = served.find("http://far", is_told=True, directory="here", name=None)
    assert found == served.Asked("17", "here", "reviews")


def test_a_directory_is_recorded_beside_itself(made: world.World, ask, tmp_path) -> None:
    told = ask("trace", str(made.version))
    assert told.stdout.startswith("Version 17 of reviews, pushed ")
    copy = tmp_path / "copied" / "17"
    shutil.copytree(made.version, copy)
    assert "there are none beside the version" in ask("trace", str(copy)).stderr
    assert ask("trace", str(copy), "--workspace", ".").stdout == told.stdout
