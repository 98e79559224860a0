"""`meritline compile`, with stand-ins for what compiles and submits."""

import pathlib
import sys
from typing import Any

import pytest
from click import testing

from pipeline import errors
from pipeline.remote import compile_command, compiling, request, submitting
from tests.pipeline.spec_runner import jobs as jobs_lib

_TABLE = ("--data", "r.csv", "--text", "review", "--label", "stars")


@pytest.fixture
def directory(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    (tmp_path / "r.csv").write_text("review,stars\nfine,5\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def compiles(directory: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_(_: Any, asked: request.Asked) -> dict[str, Any]:
        sys.stdout.write("noise")
        jobs = jobs_lib.Jobs(pathlib.Path(asked.root))
        jobs.parameters = {"epochs": {"parameterType": "NUMBER_INTEGER", "defaultValue": 4}}
        jobs.program("A", "")
        jobs.write(asked.output)
        return {"epochs": 4}

    monkeypatch.setattr(compiling, "compile_pipeline", compile_)


def _run(*arguments: str) -> testing.Result:
    return testing.CliRunner().invoke(compile_command.compile_, [*_TABLE, *arguments])


@pytest.mark.usefixtures("compiles")
def test_it_tells_what_it_made_and_leaves_no_log(directory: pathlib.Path) -> None:
    result = _run("--pipeline-root", "/p", "--image", "i:1")
    assert (result.exit_code, result.output) == (
        0,
        "Compiled   pipeline.json, to run on vertex in the image i:1\nParameters\n  epochs=4\n",
    )
    assert {path.name for path in directory.iterdir()} == {"r.csv", "pipeline.json"}


@pytest.mark.usefixtures("directory")
def test_what_is_wrong_is_told_before_anything_is_made() -> None:
    for arguments, told in (
        (("--pipeline-root", "gs://b"), "error: `data.path` must be a URI"),
        (("--pipeline-root", "/p", "--set", "data.text=revew"), "error: `data.text` must be"),
        (("--pipeline-root", "/p", "--parameter", "epochs=1"), "--parameter needs --submit"),
        (("--pipeline-root", "/p", "--output", "/proc/x/p.json"), "error: `--output` must be"),
    ):
        result = _run(*arguments)
        assert (result.exit_code, told in result.output) == (2, True), result.output


def test_a_crash_is_one_line_and_a_log(
    directory: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyError("it broke")

    monkeypatch.setattr(compiling, "compile_pipeline", crash)
    result = _run("--pipeline-root", "/p")
    assert result.exit_code == errors.ExitStatus.CRASHED
    assert result.output == "error: KeyError: 'it broke'\nlog: pipeline.log\n"
    assert "Traceback" in (directory / "pipeline.log").read_text()


@pytest.mark.usefixtures("compiles")
def test_what_is_compiled_is_submitted_with_its_parameters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[object] = []

    def submit(*arguments: object) -> str:
        told.extend(arguments)
        return "jobs/7"

    monkeypatch.setattr(submitting, "to_vertex", submit)
    to = ("--submit", "--project", "mine", "--region", "europe-west4")
    result = _run("--pipeline-root", "/p", *to, "--parameter", "epochs=2")
    assert result.output.splitlines()[-1] == "Submitted  jobs/7"
    path = pathlib.Path("pipeline.json")
    assert told == [path, "r", {"epochs": 2}, "mine", "europe-west4", None]


@pytest.mark.usefixtures("compiles")
def test_a_backend_that_refuses_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise submitting.SubmitError("Vertex AI did not take it: 403 not you")

    monkeypatch.setattr(submitting, "to_vertex", refuse)
    result = _run("--pipeline-root", "/p", "--submit")
    assert result.exit_code == errors.ExitStatus.CRASHED
    assert result.output.splitlines()[-1] == "error: Vertex AI did not take it: 403 not you"
