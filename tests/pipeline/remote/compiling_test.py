"""What TFX's compiler makes of the pipeline, and what is added to it."""

import json
import pathlib
from typing import Any

import pytest
import yaml
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2

from pipeline import graph
from pipeline.remote import compiling, request
from tests.pipeline import reviews

_SETTINGS = (
    "rivals=[linear, cnn]",
    "evaluate={floor: {accuracy: 0.8}, ceiling: {cross_entropy: 1.5}, max_drop: 0.02}",
    "data.path=gs://bucket/data/r.csv",
    "resources={Trainer: {cpu: 8, gpu: NVIDIA_L4}, Ingest: {memory_gb: 64}}",
)
_DEFAULTS = {
    "data_root": "gs://bucket/data",
    "epochs": 4,
    "floor_accuracy": 0.8,
    "ceiling_cross_entropy": 1.5,
    "max_drop": 0.02,
}


def _compile(directory: pathlib.Path, target: str, name: str) -> tuple[dict, dict[str, Any]]:
    asked = request.Asked(target, "registry/meritline:1", "gs://bucket/runs/", directory / name)
    told = compiling.compile_pipeline(reviews.config(*_SETTINGS, "train.epochs=4"), asked)
    return told, yaml.safe_load((directory / name).read_text())


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    directory = tmp_path_factory.mktemp("vertex") / "made"
    told, job = _compile(directory, request.VERTEX, "pipeline.json")
    assert told == _DEFAULTS
    return job


@pytest.fixture(scope="module")
def spec(job: dict[str, Any]) -> dict[str, Any]:
    return job["pipelineSpec"]


def _executors(spec: dict[str, Any]) -> dict[str, Any]:
    executors = spec["deploymentSpec"]["executors"]
    return {label.removesuffix("_executor"): executor for label, executor in executors.items()}


def test_it_is_a_job_that_has_every_node(job: dict[str, Any], spec: dict[str, Any]) -> None:
    json_format.ParseDict(job, spec_pb2.PipelineJob())  # raises where it is none
    ids = {node.id for node in graph.nodes(reviews.config(*_SETTINGS))} - {"latest_blessed"}
    resolvers = {f"latest_blessed-model-{kind}resolver" for kind in ("", "blessing-")}
    assert set(spec["root"]["dag"]["tasks"]) == ids | resolvers
    assert spec["pipelineInfo"]["name"] == "reviews"
    assert job["runtimeConfig"]["gcsOutputDirectory"] == "gs://bucket/runs"


def test_what_runs_is_the_image(spec: dict[str, Any]) -> None:
    images = {e["container"]["image"] for e in _executors(spec).values() if "container" in e}
    assert images == {"registry/meritline:1"}


def test_nodes_that_need_nothing_of_each_other_may_run_side_by_side(spec: dict[str, Any]) -> None:
    tasks = spec["root"]["dag"]["tasks"]
    for trainer in ("Trainer", "Trainer_linear", "Trainer_cnn"):
        assert set(tasks[trainer]["dependentTasks"]) == {"StatisticsGen", "Transform"}


def test_parameters_have_types_and_the_configs_values(
    job: dict[str, Any], spec: dict[str, Any]
) -> None:
    found = spec["root"]["inputDefinitions"]["parameters"]
    assert {name: each["defaultValue"] for name, each in found.items()} == _DEFAULTS
    assert job["runtimeConfig"]["parameterValues"] == _DEFAULTS
    types = {name: each["parameterType"] for name, each in found.items()}
    assert (types["data_root"], types["epochs"]) == ("STRING", "NUMBER_INTEGER")
    assert types["max_drop"] == "NUMBER_DOUBLE"


@pytest.mark.parametrize(
    ("task", "key", "parameter"),
    [
        ("Ingest", "input_base", "data_root"),
        ("Trainer", "epochs", "epochs"),
        ("Trainer_cnn", "epochs", "epochs"),
        ("Evaluator", "floor_accuracy", "floor_accuracy"),
        ("Evaluator", "ceiling_cross_entropy", "ceiling_cross_entropy"),
        ("Evaluator", "max_drop", "max_drop"),
    ],
)
def test_nodes_are_told_parameters(
    spec: dict[str, Any], task: str, key: str, parameter: str
) -> None:
    told = spec["root"]["dag"]["tasks"][task]["inputs"]["parameters"][key]
    assert told == {"componentInputParameter": parameter}


def test_machines_are_those_of_the_config(spec: dict[str, Any]) -> None:
    executors = _executors(spec)
    found = {
        name: executor["container"]["resources"]
        for name, executor in executors.items()
        if "resources" in executor.get("container", {})
    }
    of_trainers = {"cpuLimit": 8.0, "accelerator": {"type": "NVIDIA_L4", "count": "1"}}
    assert found == {
        **dict.fromkeys(("Trainer", "Trainer_linear", "Trainer_cnn"), of_trainers),
        "Ingest": {"memoryLimit": 64.0},
    }


def test_no_path_of_this_machine_is_in_it(spec: dict[str, Any]) -> None:
    text = json.dumps(spec)
    assert str(pathlib.Path.cwd()) not in text
    assert "/gcs/bucket/runs/reviews/backups" in text
    assert "gs://bucket/runs/serving/reviews" in text


def test_what_kubeflow_takes_is_the_spec_alone_and_looks_nothing_up(
    tmp_path: pathlib.Path,
) -> None:
    told, spec = _compile(tmp_path, request.KUBEFLOW, "pipeline.yaml")
    json_format.ParseDict(spec, spec_pb2.PipelineSpec())
    assert told == _DEFAULTS
    assert {kind for executor in _executors(spec).values() for kind in executor} == {"container"}
