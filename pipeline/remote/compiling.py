"""From a config to the file that Vertex AI or Kubeflow Pipelines takes. Imports TFX."""

import json
import pathlib
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from tfx.dsl.components.base import base_node
from tfx.orchestration.kubeflow.v2 import kubeflow_v2_dag_runner
from tfx.types import standard_component_specs

from pipeline import config as config_lib
from pipeline import pipeline, target
from pipeline.remote import parameters, places, request, resources

# The image's working directory is the project's own.
_SCHEMA_FILE = standard_component_specs.SCHEMA_FILE_KEY
_EXECUTOR = "_executor"  # which TFX's compiler puts behind a node's id


def compile_pipeline(config: config_lib.Config, asked: request.Asked) -> dict[str, Any]:
    """Compiles, and writes the file.

    Returns:
        Name of each runtime parameter to its default.
    """
    where = places.Remote(asked.root.rstrip("/"), config.name)
    there = target.compiled(where, resolves=asked.target == request.VERTEX)
    created = pipeline.create_pipeline(config, there)
    nodes = created.components
    _take_project_files_from_the_image(nodes)
    told = parameters.attach(config, nodes)
    job = kubeflow_v2_dag_runner.KubeflowV2DagRunner(
        config=kubeflow_v2_dag_runner.KubeflowV2DagRunnerConfig(
            display_name=config.name, default_image=asked.image, use_pipeline_spec_2_1=True
        )
    ).run(created, parameter_values=told, write_out=False)
    spec = job["pipelineSpec"]
    _tell_defaults(spec, told)
    _ask_for_resources(config, spec["deploymentSpec"]["executors"])
    _write(job, asked.output)
    return told


def _tell_defaults(spec: dict[str, Any], told: Mapping[str, Any]) -> None:
    """Adds the defaults of the parameters, which TFX's compiler leaves out."""
    for name, definition in spec["root"]["inputDefinitions"]["parameters"].items():
        definition["defaultValue"] = told[name]


def _write(job: Mapping[str, Any], path: pathlib.Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix in request.YAML:
        text = yaml.safe_dump(job["pipelineSpec"], sort_keys=True)
    else:
        text = json.dumps(job, indent=1, sort_keys=True)
    path.write_text(text, encoding="utf-8")


def _take_project_files_from_the_image(nodes: Iterable[base_node.BaseNode]) -> None:
    """Names a curated schema of the project as the image has it, below its working directory."""
    for node in nodes:
        path = node.exec_properties.get(_SCHEMA_FILE)
        if path is not None and pathlib.PurePath(path).is_relative_to(config_lib.PROJECT):
            relative = pathlib.PurePath(path).relative_to(config_lib.PROJECT)
            node.exec_properties[_SCHEMA_FILE] = relative.as_posix()


def _ask_for_resources(config: config_lib.Config, executors: Mapping[str, Any]) -> None:
    """Adds what the machines of nodes have.

    Not by `with_platform_config`, which TFX's compiler heeds for some kinds of nodes and not for
    others.
    """
    for label, executor in executors.items():
        node_id = label.removesuffix(_EXECUTOR)
        asked = resources.of_node(config.resources, node_id)
        if asked is None or "container" not in executor:
            continue
        if asked.workers > 1:
            executor["customJob"] = asked.to_custom_job(executor.pop("container"))
        else:
            executor["container"]["resources"] = asked.to_spec()
