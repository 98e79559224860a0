"""What a pipeline that leaves this machine has to keep to."""

import pathlib

import pytest

from pipeline import config as config_lib
from pipeline import errors
from pipeline.remote import request
from tests.pipeline import reviews


def _asked(root: str, target: str = request.VERTEX, output: str = "p.json") -> request.Asked:
    return request.Asked(target, "image", root, pathlib.Path(output))


def _problems(config: config_lib.Config, asked: request.Asked) -> tuple[str, ...]:
    with pytest.raises(errors.ConfigError) as caught:
        request.check(config, asked)
    return caught.value.problems


def test_files_of_this_machine_may_go_with_a_root_on_it() -> None:
    request.check(reviews.config(), _asked("/pipelines"))


def test_data_and_schema_are_uris_where_the_root_is_one() -> None:
    config = reviews.config("data.schema=mine.pbtxt")
    asked = _asked("gs://bucket/pipelines")
    assert [problem.partition(" must ")[0] for problem in _problems(config, asked)] == [
        "`data.path`",
        "`data.schema`",
    ]
    remote = ("data.path=gs://bucket/r.csv", "data.schema=gs://bucket/s.pbtxt")
    request.check(reviews.config(*remote), asked)


def test_a_schema_of_the_project_is_in_the_image() -> None:
    schema = config_lib.PROJECT / "schemas" / "sentiment" / "schema.pbtxt"
    config = reviews.config("data.path=gs://bucket/r.csv", f"data.schema={schema}")
    request.check(config, _asked("gs://bucket/pipelines"))


@pytest.mark.parametrize(
    ("override", "asked", "told"),
    [
        ("name=x", _asked("pipelines"), "`--pipeline-root` must be a URI or an absolute path"),
        ("model.init_from=other", _asked("/p"), "`model.init_from` must be null"),
        ("resources={Tuner: {cpu: 1}}", _asked("/p"), "`resources` must name nodes"),
        ("resources={latest_blessed: {cpu: 1}}", _asked("/p"), "`resources` must name nodes"),
        (
            "resources={Trainer: {workers: 2, machine: m}}",
            _asked("/p"),
            "`resources.Trainer.workers` is of a Trainer with `train.strategy` multi_worker",
        ),
        ("name=x", _asked("/p", request.KUBEFLOW), "`--output` must be a .yaml file"),
    ],
)
def test_what_breaks_a_rule_is_told(override: str, asked: request.Asked, told: str) -> None:
    [problem] = _problems(reviews.config(override), asked)
    assert problem.startswith(told)
