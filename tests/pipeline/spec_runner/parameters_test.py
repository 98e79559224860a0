"""Runtime parameters on a command line."""

import json
import pathlib

import pytest

from pipeline import errors
from pipeline.spec_runner import job as job_lib
from pipeline.spec_runner import parameters
from tests.pipeline.spec_runner import jobs as jobs_lib


@pytest.fixture
def job(tmp_path: pathlib.Path) -> job_lib.Job:
    made = jobs_lib.Jobs(tmp_path)
    made.program("A", "")
    made.parameters = {
        "epochs": {"parameterType": "NUMBER_INTEGER", "defaultValue": 4},
        "floor": {"parameterType": "NUMBER_DOUBLE", "defaultValue": 0.7},
        "root": {"parameterType": "STRING"},
    }
    document = made.document()
    document["runtimeConfig"]["parameterValues"] = {"root": "/data"}
    path = tmp_path / "job.json"
    path.write_text(json.dumps(document))
    return job_lib.read(path)


def test_what_is_not_told_is_what_the_file_says_or_a_default(job: job_lib.Job) -> None:
    assert parameters.read(job, []) == {"epochs": 4, "floor": 0.7, "root": "/data"}


def test_what_is_told_has_the_type_of_the_parameter(job: job_lib.Job) -> None:
    told = parameters.read(job, ["epochs=2", "floor=1", "root=/a=b"])
    assert told == {"epochs": 2, "floor": 1.0, "root": "/a=b"}
    assert isinstance(told["epochs"], int)


def test_all_that_is_wrong_is_told_at_once(job: job_lib.Job) -> None:
    with pytest.raises(errors.ConfigError) as caught:
        parameters.read(job, ["epoch=2", "epochs=2.5", "floor="])
    assert caught.value.problems == (
        "`--parameter` must be one of epochs, floor, root. Received: epoch=2",
        "`--parameter epochs` must be a whole number. Received: 2.5",
        "`--parameter floor` must be a number. Received: ",
    )


def test_a_parameter_without_a_value_must_be_told(job: job_lib.Job, tmp_path: pathlib.Path) -> None:
    document = json.loads((tmp_path / "job.json").read_text())
    del document["runtimeConfig"]["parameterValues"]
    (tmp_path / "job.json").write_text(json.dumps(document))
    with pytest.raises(errors.ConfigError, match=r"`--parameter root=VALUE` must be given"):
        parameters.read(job_lib.read(tmp_path / "job.json"), [])
