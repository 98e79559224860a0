"""What runs Beam's pipelines."""

import pydantic
import pytest

from pipeline import beam_section, errors
from tests.pipeline import reviews

_DATAFLOW = {
    "project": "mine",
    "region": "europe-west4",
    "temp_location": "gs://b/tmp",
    "sdk_container_image": "image",
}


def test_one_process_is_the_nodes_own() -> None:
    assert beam_section.BeamConfig().arguments() == [
        "--direct_running_mode=in_memory",
        "--direct_num_workers=1",
        "--sdk_container_image=none",
    ]


def test_several_are_processes_of_this_machine() -> None:
    found = beam_section.BeamConfig(workers=2).arguments()
    assert found[:2] == ["--direct_running_mode=multi_processing", "--direct_num_workers=2"]


def test_options_are_written_as_beam_reads_them() -> None:
    options = {"a": 1, "b": "x=y", "on": True, "off": False, "each": ("p", "q")}
    found = beam_section.BeamConfig(runner="dataflow", options={**_DATAFLOW, **options})
    assert found.arguments() == [
        "--runner=DataflowRunner",
        *(f"--{name}={value}" for name, value in _DATAFLOW.items()),
        *("--a=1", "--b=x=y", "--on", "--each=p", "--each=q"),
    ]


@pytest.mark.parametrize("runner", ["dataflow", "flink", "spark"])
def test_what_a_runner_needs_is_told(runner: str) -> None:
    told = rf"`beam.options` must have .+ for the runner {runner}. Received: none"
    with pytest.raises(pydantic.ValidationError, match=told):
        beam_section.BeamConfig(runner=runner)


def test_workers_are_of_this_machine() -> None:
    with pytest.raises(pydantic.ValidationError, match=r"`beam\.workers` is of the runner direct"):
        beam_section.BeamConfig(runner="dataflow", options=_DATAFLOW, workers=2)


def test_a_node_may_have_its_own() -> None:
    nodes = reviews.nodes("beam={workers: 2, nodes: {Transform: {direct_num_workers: 4}}}")
    common = [
        "--direct_running_mode=multi_processing",
        "--direct_num_workers=2",
        "--sdk_container_image=none",
    ]
    found = {name: nodes[name].executor_spec.beam_pipeline_args for name in ("Ingest", "Transform")}
    assert found == {"Ingest": common, "Transform": [*common, "--direct_num_workers=4"]}


def test_a_node_without_beam_is_refused() -> None:
    with pytest.raises(errors.ConfigError, match=r"`beam\.nodes` must name nodes that use Beam"):
        reviews.config("beam={nodes: {Trainer: {x: 1}}}")
