"""What the machines of nodes have."""

import pydantic
import pytest
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2

from pipeline.remote import resources
from tests.pipeline import reviews


def test_a_node_has_its_own_or_those_of_its_kind() -> None:
    small, large = resources.Resources(cpu=1), resources.Resources(cpu=8)
    told = {"Trainer": large, "Trainer_cnn": small}
    found = {name: resources.of_node(told, name) for name in ("Trainer", "Trainer_lstm", "Probe")}
    assert found == {"Trainer": large, "Trainer_lstm": large, "Probe": None}
    assert resources.of_node(told, "Trainer_cnn") == small


def test_what_is_null_is_left_out() -> None:
    assert resources.Resources().to_spec() == {}
    whole = resources.Resources(cpu=4, memory_gb=15.5, gpu="NVIDIA_L4", gpus=2)
    assert whole.to_spec() == {
        "cpuLimit": 4.0,
        "memoryLimit": 15.5,
        "accelerator": {"type": "NVIDIA_L4", "count": "2"},
    }


def test_several_machines_are_a_job_of_a_chief_and_workers() -> None:
    asked = resources.Resources(workers=3, machine="n1-standard-8", gpu="NVIDIA_L4", gpus=2)
    container = {"image": "i:1", "command": ["python"], "args": ["{{$}}"], "resources": {}}
    pool = {
        "machineSpec": {
            "machineType": "n1-standard-8",
            "acceleratorType": "NVIDIA_L4",
            "acceleratorCount": 2,
        },
        "containerSpec": {"imageUri": "i:1", "command": ["python"], "args": ["{{$}}"]},
    }
    pools = [{**pool, "replicaCount": 1}, {**pool, "replicaCount": 2}]
    made = asked.to_custom_job(container)
    assert made == {"customJob": {"jobSpec": {"workerPoolSpecs": pools}}}
    spec = {"executors": {"Trainer_executor": {"customJob": made}}}
    json_format.ParseDict(spec, spec_pb2.PipelineDeploymentConfig())  # raises where it is none


@pytest.mark.parametrize(
    "wrong", [{"cpu": 0}, {"memory_gb": -1}, {"gpus": 0}, {"ram": 1}, {"workers": 2}]
)
def test_a_value_out_of_range_is_refused(wrong: dict) -> None:
    with pytest.raises(pydantic.ValidationError):
        resources.Resources(**wrong)


def test_a_config_has_them_by_node() -> None:
    config = reviews.config("resources={Trainer: {gpu: NVIDIA_L4}}")
    assert config.resources == {"Trainer": resources.Resources(gpu="NVIDIA_L4")}


def test_a_name_that_no_node_has_is_told() -> None:
    told = {"Trainer": resources.Resources(), "Trainr": resources.Resources()}
    assert list(resources.problems(told, ["Ingest", "Trainer"])) == [
        "`resources` must name nodes of the pipeline (Ingest, Trainer). Received: Trainr"
    ]
