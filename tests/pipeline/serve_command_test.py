"""What `meritline serve` hands to the server; the server itself is another program."""

import os
import pathlib
import sys

import pytest
from click.testing import CliRunner

from pipeline import cli


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Keeps the commands that would have been run."""
    commands: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda path, command: commands.append(command))
    return commands


@pytest.fixture
def workspace(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A workspace with two runs that pushed, and one that did not; its parent is where we are."""
    root = tmp_path / "workspace"
    for name in ("a", "b"):
        version = root / name / "serving" / name / "1795512292"
        version.mkdir(parents=True)
        (version / "saved_model.pb").touch()
    (root / "c" / "logs").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return root


def _serve(*arguments: str) -> str:
    result = CliRunner().invoke(cli.main, ["serve", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_workspace_serves_all_that_was_pushed(
    started: list[list[str]], workspace: pathlib.Path
) -> None:
    a, b = (f"{name}={workspace}/{name}/serving/{name}" for name in "ab")
    _serve()
    _serve("workspace", "--port", "9000")
    _serve("--port", "9000")
    program = [sys.executable, "-m", "serving", "--model", a, "--model", b]
    assert started == [program, [*program, "--port", "9000"], [*program, "--port", "9000"]]


def test_a_run_serves_its_model(started: list[list[str]], workspace: pathlib.Path) -> None:
    _serve("workspace/b")
    assert started[0][3:] == ["--model", f"b={workspace}/b/serving/b"]


@pytest.mark.parametrize("directory", ["a/serving/a", "a/serving/a/1795512292"])
def test_a_serving_directory_or_a_version_is_served_as_it_is(
    started: list[list[str]], workspace: pathlib.Path, directory: str
) -> None:
    _serve(f"workspace/{directory}", "--no-batching")
    assert started[0][3:] == [str(workspace / directory), "--no-batching"]


def test_a_file_of_settings_needs_no_directory(started: list[list[str]]) -> None:
    _serve("--config", "models.yaml")
    assert started[0][3:] == ["--config", "models.yaml"]


def test_without_a_pushed_model_it_says_so(
    started: list[list[str]], workspace: pathlib.Path
) -> None:
    for directory in ("workspace/c", "nope"):
        result = CliRunner().invoke(cli.main, ["serve", directory])
        assert result.exit_code == 2
        assert result.output.startswith("error: There must be a pushed model: ")
        assert result.output.endswith(f"Received: {directory}\n")
    assert started == []


def test_help_has_the_servers_options(started: list[list[str]]) -> None:
    assert "meritline serve workspace/sentiment --port 9000" in _serve("--help")
    assert started[0][3:] == ["--help"]
