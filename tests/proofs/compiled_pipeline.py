"""The same config by LocalDagRunner and compiled, the latter run as a backend runs it.

`make proof-compiled` runs it: some three minutes, most of it importing TFX for each task.
"""

import json
import pathlib
import re
from typing import Any

import pytest
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2
from ml_metadata import proto

from components.evaluator import verdict
from pipeline import lineage, workspace
from pipeline.spec_runner import invocation, records, tasks
from pipeline.spec_runner import job as job_lib
from tests.end_to_end import user as user_lib
from tests.pipeline.spec_runner import recorded

_RUNNER = str(user_lib.SCRIPT)
_COMPILER = str(user_lib.SCRIPT.with_name("kubeflow_runner.py"))
_EPOCHS = 3
_SETTINGS = (*user_lib.SETTINGS[:-1], "evaluate.floor={auc: 0.0}", "train.batch_size=16")
# How this runner keeps types, what TFX alone notes, and ids, which are no numbers in a spec.
_ELSE = ("schema", "is_external", "current_model_id")
_PARAMETERS = {"epochs": _EPOCHS, "floor_auc": 0.01}


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> user_lib.User:
    return user_lib.User(tmp_path_factory.mktemp("user"))


@pytest.fixture(scope="module")
def local(user: user_lib.User) -> verdict.Verdict:
    """What the Evaluator says of LocalDagRunner's run."""
    run = user.run(*_SETTINGS, f"train.epochs={_EPOCHS}")
    assert run.status == 0, run.out + run.err
    return _verdict(user.root / "artifacts" / "Evaluator" / "evaluation")


@pytest.fixture(scope="module")
def job(user: user_lib.User) -> job_lib.Job:
    """The same config, but for what is told when it is run."""
    table = ("--data", "reviews.csv", "--text", "review", "--label", "stars")
    settings = [a for s in (*_SETTINGS, "train.epochs=1") for a in ("--set", s)]
    root = ("--pipeline-root", str(user.directory / "root"))
    run = user_lib.ended(user.python(_COMPILER, *table, *settings, *root))
    assert (run.status, run.err) == (0, "")
    assert run.out.startswith("Compiled   pipeline.json, to run on vertex in the image meritline\n")
    return job_lib.read(user.directory / "pipeline.json")


@pytest.fixture(scope="module")
def run(user: user_lib.User, job: job_lib.Job) -> user_lib.Run:
    """The compiled pipeline, run to its end."""
    assert job.values["epochs"] == 1
    told = [a for name, value in _PARAMETERS.items() for a in ("--parameter", f"{name}={value}")]
    return user_lib.ended(user.python(_RUNNER, "--compiled", "pipeline.json", *told))


def _verdict(directory: pathlib.Path) -> verdict.Verdict:
    [path] = directory.rglob(verdict.FILE_NAME)
    return verdict.Verdict.from_json(path.read_text(encoding="utf-8"))


def _directory(user: user_lib.User) -> pathlib.Path:
    [directory] = (user.directory / "root").glob("reviews-*")
    return directory


def test_every_node_runs_and_the_model_is_pushed(
    user: user_lib.User, job: job_lib.Job, run: user_lib.Run
) -> None:
    assert (run.status, run.err) == (0, ""), run.out
    assert set(re.findall(r"^✓ ([\w-]+) ", run.out, re.MULTILINE)) == set(job.tasks)
    assert "Blessed: all bounds hold (1 checked)\n" in run.out
    [version] = (user.directory / "root" / "serving" / "reviews").iterdir()
    assert f"Pushed  {version}\n" in run.out
    assert (version / "saved_model.pb").is_file()
    assert (version / "assets.extra" / "tf_serving_warmup_requests").is_file()


def test_metrics_are_those_of_the_local_run(
    user: user_lib.User, local: verdict.Verdict, run: user_lib.Run
) -> None:
    compiled = _verdict(_directory(user) / "Evaluator")
    assert len(compiled.values) == len(local.values) > 10
    for ours, theirs in zip(compiled.values, local.values, strict=True):
        assert (ours.slice, ours.metric) == (theirs.slice, theirs.metric)
        assert ours.value == pytest.approx(theirs.value, rel=1e-3)


def test_what_is_told_at_submission_counts(user: user_lib.User, run: user_lib.Run) -> None:
    [path] = (user.directory / "root" / "serving").rglob("assets.extra/training.json")
    assert len(json.loads(path.read_text(encoding="utf-8"))["epochs"]) == _EPOCHS
    [bound] = _verdict(_directory(user) / "Evaluator").bounds
    assert (bound.metric, bound.kind, bound.bound) == ("auc", "floor", 0.01)


def _recorded(path: pathlib.Path) -> set[tuple[str, ...]]:
    """Lists the properties of each type of artifact, and what executions have to do with which."""
    store = recorded.store(path)
    artifacts = {artifact.id: artifact for artifact in store.get_artifacts()}
    found = {
        (each.type, section, name, _kind(each.type, value))
        for each in artifacts.values()
        for section in ("properties", "custom_properties")
        for name, value in getattr(each, section).items()
        if name not in _ELSE
    }
    events = store.get_events_by_artifact_ids(list(artifacts))
    return found | {
        (artifacts[each.artifact_id].type, proto.Event.Type.Name(each.type), step.key)
        for each in events
        for step in each.path.steps
        if step.key
    }


def _kind(type_: str, value: Any) -> str:
    """Tells the kind of a property; a metric of 1 is a number that a spec tells no kind of."""
    kind = str(value.WhichOneof("value"))
    numbers = ("int_value", "double_value")
    return "number" if type_ == "ModelEvaluation" and kind in numbers else kind


def test_what_is_recorded_is_what_tfx_records_of_a_local_run(
    user: user_lib.User, local: verdict.Verdict, run: user_lib.Run
) -> None:
    compiled = _recorded(user.directory / "root" / "metadata.db")
    assert len(compiled) > 60
    assert compiled == _recorded(user.root / "metadata.db")


def test_the_lineage_of_a_compiled_run_is_that_of_a_local_one(
    user: user_lib.User, local: verdict.Verdict, run: user_lib.Run
) -> None:
    compiled, here = (
        lineage.read(workspace.Workspace(root)) for root in (user.directory / "root", user.root)
    )
    ours, theirs = (lineage.facts.of(history.runs[-1]) for history in (compiled, here))
    assert (ours.state, ours.verdict, ours.metric) == (theirs.state, theirs.verdict, theirs.metric)
    assert ours.value == pytest.approx(theirs.value, rel=1e-3)
    assert ours.pushed is not None
    trace = lineage.trace.of(compiled, "latest")
    assert trace.state == "as pushed"
    [source] = trace.sources
    assert (source.origin.path, source.now) == (str(user.directory / "reviews.csv"), "unchanged")
    assert trace.rows == lineage.trace.of(here, "latest").rows
    assert trace.hyperparameters["train.epochs"] == _EPOCHS
    assert lineage.why.of(compiled, compiled.runs[-1]).bounds[0].bound == 0.01


def test_a_second_run_would_find_this_ones_model(
    user: user_lib.User, job: job_lib.Job, run: user_lib.Run
) -> None:
    kept = records.Records(user.directory / "root" / "metadata.db", job.name, "next")
    known = kept.artifacts()
    blessing = invocation.Invocation(
        job.tasks["latest_blessed-model-blessing-resolver"],
        pathlib.Path(),
        spec_pb2.ExecutorInput(),
    )
    found = tasks.resolve(blessing, known)
    model = spec_pb2.ExecutorInput()
    model.inputs.artifacts["input"].artifacts.extend(found["model_blessing"])
    task = job.tasks["latest_blessed-model-resolver"]
    [resolved] = tasks.resolve(invocation.Invocation(task, pathlib.Path(), model), known)["model"]
    assert resolved.uri == str(_directory(user) / "Trainer" / "model")
    assert json_format.MessageToDict(resolved.type)["instanceSchema"].startswith("title: tfx.Model")
