"""How a run of a compiled pipeline is told of, and its exit status."""

import json
import pathlib
import re

import pytest
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2

from components.evaluator import verdict
from pipeline import errors, failure, lock, workspace
from pipeline.spec_runner import command, running
from tests.pipeline.spec_runner import jobs as jobs_lib


def _done(name: str, key: str, uri: str = "/none", **metadata: object) -> running.TaskRun:
    artifact = json_format.ParseDict({"uri": uri, "metadata": metadata}, spec_pb2.RuntimeArtifact())
    return running.TaskRun(name, running.DONE, 1.0, {key: [artifact]})


def _ended(
    tmp_path: pathlib.Path, blessed: bool, *more: running.TaskRun
) -> dict[str, running.TaskRun]:
    values = [verdict.Value(verdict.ALL_ROWS, "example_count", 9.0, None)]
    judged = verdict.judge(blessed, values, [], has_baseline=False)
    (tmp_path / verdict.FILE_NAME).write_text(judged.to_json())
    evaluator = _done("Evaluator", "evaluation", str(tmp_path))
    return {task.name: task for task in (evaluator, *more)}


def test_a_model_that_was_pushed(tmp_path: pathlib.Path) -> None:
    pusher = _done("Pusher", "pushed_model", pushed=1, pushed_destination="/serving/7")
    status, lines = command.outcome(_ended(tmp_path, True, pusher))
    assert status == errors.ExitStatus.PUSHED
    assert lines[-1] == "Pushed  /serving/7"
    assert all(line.startswith("Blessed: ") for line in lines[:-1])


def test_a_model_that_was_not_blessed(tmp_path: pathlib.Path) -> None:
    status, lines = command.outcome(
        _ended(tmp_path, False, _done("Pusher", "pushed_model", pushed=0))
    )
    assert status == errors.ExitStatus.NOT_BLESSED
    assert lines[-1] == "Pushed  nothing"
    assert all(line.startswith("Not blessed: ") for line in lines[:-1])


def test_a_blessed_model_that_nothing_pushes(tmp_path: pathlib.Path) -> None:
    assert command.outcome(_ended(tmp_path, True))[0] == errors.ExitStatus.PUSHED


def test_failures_are_told_with_why_and_what_was_not_run_for_them() -> None:
    refused = errors.ExitStatus.REFUSED
    why = failure.Failure(refused, "`data.label` must have 2 labels", ("It has: a", "Line 3"))
    crash = failure.Failure(errors.ExitStatus.CRASHED, "OSError: no space")
    ended = {
        "DataGate": running.TaskRun("DataGate", running.FAILED, 1.0, why=why),
        "Schema": running.TaskRun("Schema", running.FAILED, 1.0, why=crash),
        "Trainer": running.TaskRun("Trainer", running.NOT_RUN),
    }
    assert command.outcome(ended) == (
        refused,
        [
            "error: DataGate: `data.label` must have 2 labels",
            "  It has: a",
            "  Line 3",
            "error: Schema: OSError: no space",
            "not run, since it needs what failed: Trainer",
        ],
    )


def test_a_pipeline_for_another_place_is_not_run_here(tmp_path: pathlib.Path) -> None:
    made = jobs_lib.Jobs(tmp_path)
    made.program("A", "")
    document = made.document()
    document["runtimeConfig"]["gcsOutputDirectory"] = "gs://bucket/pipelines"
    path = tmp_path / "job.json"
    path.write_text(json.dumps(document))
    with pytest.raises(errors.ConfigError, match=r"root on this machine .* gs://bucket/pipelines"):
        command.run(path, [], 1)


def test_a_run_tells_of_each_task_and_where_their_logs_are(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = jobs_lib.Jobs(tmp_path / "root")
    made.program("A", "")
    made.program("B-with-a-name-that-is-long", "sys.exit('Error: no')", after=("A",))
    made.program("C", "", after=("B-with-a-name-that-is-long",))
    assert command.run(made.write(tmp_path / "job.json"), [], 2) == errors.ExitStatus.CRASHED
    lines = capsys.readouterr().out.splitlines()
    seconds = r" +[\d.]+ s"
    assert re.fullmatch(f"✓ A{' ' * 25}{seconds}", lines[0])  # there is no cache
    assert re.fullmatch(f"✗ B-with-a-name-that-is-long{seconds}  FAILED", lines[1])
    assert lines[0].index(" s") == lines[1].index(" s")
    assert lines[2:4] == [
        "error: B-with-a-name-that-is-long: Error: no",
        "not run, since it needs what failed: C",
    ]
    [directory] = (tmp_path / "root").glob("reviews-*")
    assert lines[4] == f"logs: {directory}/*/log.txt"
    assert (directory / "B-with-a-name-that-is-long" / "log.txt").read_text() == "Error: no\n"


def test_two_runs_of_one_second_have_names_of_their_own(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command.time, "strftime", lambda form: "20260102030405")
    made = [command._make(tmp_path, "reviews") for _ in range(3)]
    names = ["20260102030405", "20260102030405-2", "20260102030405-3"]
    assert made == [(name, tmp_path / f"reviews-{name}") for name in names]
    assert all(directory.is_dir() for _, directory in made)


def test_no_run_starts_while_artifacts_are_taken_away(tmp_path: pathlib.Path) -> None:
    made = jobs_lib.Jobs(tmp_path / "root")
    made.program("A", "sys.exit('it ran')")
    path = made.write(tmp_path / "job.json")
    place = workspace.Workspace(tmp_path / "root")
    place.make()
    with lock.alone(place), pytest.raises(errors.ConfigError, match="must not be in use by"):
        command.run(path, [], 1)
    with lock.together(place):  # as another run holds it
        assert command.run(path, [], 1) == errors.ExitStatus.CRASHED
    [log] = (tmp_path / "root").glob("reviews-*/A/log.txt")
    assert log.read_text() == "it ran\n"


def test_a_root_that_cannot_be_written_is_told(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.ConfigError, match="pipeline root must be a directory"):
        command._make(tmp_path / "file", "reviews")
