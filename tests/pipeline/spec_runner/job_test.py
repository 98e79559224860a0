"""Files of compiled pipelines, whole and broken."""

import json
import pathlib
from typing import Any

import pytest
import yaml

from pipeline import errors
from pipeline.spec_runner import job
from tests.pipeline.spec_runner import jobs as jobs_lib


@pytest.fixture
def jobs(tmp_path: pathlib.Path) -> jobs_lib.Jobs:
    made = jobs_lib.Jobs(tmp_path / "root")
    made.parameters = {"epochs": {"parameterType": "NUMBER_INTEGER", "defaultValue": 4}}
    made.program("B", "", inputs={"data": ("C", "out")}, parameters={"epochs": "$epochs"})
    made.program("C", "", outputs={"out": "tfx.Model"}, after=("D",))
    made.program("A", "")
    made.program("D", "")
    return made


def test_each_task_comes_after_what_it_needs(jobs: jobs_lib.Jobs, tmp_path: pathlib.Path) -> None:
    read = job.read(jobs.write(tmp_path / "job.json"))
    assert list(read.tasks) == ["A", "D", "C", "B"]
    assert (read.tasks["B"].needs, read.tasks["C"].needs) == ({"C"}, {"D"})
    assert (read.name, read.root) == ("reviews", str(tmp_path / "root"))


def test_a_spec_alone_is_read_from_yaml(jobs: jobs_lib.Jobs, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump(jobs.document()["pipelineSpec"]))
    read = job.read(path)
    assert list(read.tasks) == ["A", "D", "C", "B"]
    assert read.root == ""


def _refusal(path: pathlib.Path) -> tuple[str, ...]:
    with pytest.raises(errors.ConfigError) as caught:
        job.read(path)
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[]", "it holds no mapping"),
        ("{}", "it has no tasks"),
        (
            '{"pipelineSpec": {"route": 1}}',
            'Message type "ml_pipelines.PipelineSpec" has no field named "route" '
            'at "PipelineSpec".',
        ),
    ],
)
def test_what_is_no_pipeline_is_told_in_one_line(
    tmp_path: pathlib.Path, text: str, reason: str
) -> None:
    path = tmp_path / "job.json"
    path.write_text(text)
    [problem] = _refusal(path)
    assert problem == (
        "`--compiled` must be a file that `meritline compile` has made. "
        f"Received: {path} ({reason})"
    )


def test_a_file_that_is_not_there(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "job.json"
    assert _refusal(path) == (
        "`--compiled` must be a file that can be read. "
        f"Received: {path} (No such file or directory)",
    )


def test_a_circle_is_told(jobs: jobs_lib.Jobs, tmp_path: pathlib.Path) -> None:
    jobs.program("D", "", after=("B",))
    [problem] = _refusal(jobs.write(tmp_path / "job.json"))
    assert problem.endswith("(B, C, D wait for each other)")


def _condition(spec: dict[str, Any]) -> None:
    spec["root"]["dag"]["tasks"]["B"]["triggerPolicy"] = {"condition": "true"}


def _unknown_task(spec: dict[str, Any]) -> None:
    data = spec["root"]["dag"]["tasks"]["B"]["inputs"]["artifacts"]["data"]
    data["taskOutputArtifact"]["producerTask"] = "Z"


def _no_executor(spec: dict[str, Any]) -> None:
    del spec["deploymentSpec"]["executors"]["B_executor"]


def _status(spec: dict[str, Any]) -> None:
    told = {"taskFinalStatus": {"producerTask": "A"}}
    spec["root"]["dag"]["tasks"]["B"]["inputs"]["parameters"]["epochs"] = told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_condition, "B must run once and without a condition"),
        (_unknown_task, "the input data of B must come from a task"),
        (_no_executor, "B must be run by a container or importer or resolver"),
        (_status, "the parameter epochs of B must be a value or a runtime parameter"),
    ],
)
def test_what_is_not_known_here_is_refused(
    jobs: jobs_lib.Jobs, tmp_path: pathlib.Path, change: Any, told: str
) -> None:
    document = jobs.document()
    change(document["pipelineSpec"])
    path = tmp_path / "job.json"
    path.write_text(json.dumps(document))
    assert _refusal(path) == (f"{path}: {told}",)
