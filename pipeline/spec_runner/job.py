"""A compiled pipeline, read and held against what this runner can do."""

import dataclasses
import json
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2

from pipeline import errors

_KINDS = ("container", "importer", "resolver")


@dataclasses.dataclass(frozen=True)
class Task:
    """One task of the graph.

    Attributes:
        name: Its name in the graph.
        spec: Where its inputs come from.
        component: What it takes and puts out.
        executor: What runs it.
        needs: Names of the tasks that have to end well before it.
    """

    name: str
    spec: spec_pb2.PipelineTaskSpec
    component: spec_pb2.ComponentSpec
    executor: spec_pb2.PipelineDeploymentConfig.ExecutorSpec
    needs: frozenset[str]

    @property
    def kind(self) -> str:
        """How it runs: `container`, `importer` or `resolver`."""
        return str(self.executor.WhichOneof("spec"))


@dataclasses.dataclass(frozen=True)
class Job:
    """A pipeline and how it is run.

    Attributes:
        name: The pipeline's.
        root: Where its runs put what they make; empty where the file does not say.
        tasks: By name, each after all that it needs.
        parameters: Name of each runtime parameter to its definition.
        values: What the file says of them.
    """

    name: str
    root: str
    tasks: Mapping[str, Task]
    parameters: Mapping[str, spec_pb2.ComponentInputsSpec.ParameterSpec]
    values: Mapping[str, Any]


def read(path: pathlib.Path) -> Job:
    """Reads a PipelineJob (JSON), or the spec alone (YAML or JSON).

    Raises:
        ConfigError: If it is none, or has what this runner does not know; a line for each problem.
    """
    document = _document(path)
    told = document.get("pipelineSpec", document)
    runtime = document.get("runtimeConfig", {})
    try:
        spec = json_format.ParseDict(told, spec_pb2.PipelineSpec())
        deployment = json_format.ParseDict(
            told.get("deploymentSpec", {}), spec_pb2.PipelineDeploymentConfig()
        )
    except json_format.ParseError as error:
        reason = str(error).partition("\n")[0]
        raise _no_pipeline(path, reason) from None
    if not spec.root.dag.tasks:
        raise _no_pipeline(path, "it has no tasks")
    problems: list[str] = list(_problems(spec, deployment))
    if problems:
        raise errors.ConfigError([f"{path}: {problem}" for problem in problems])
    tasks = {name: _task(name, spec, deployment) for name in spec.root.dag.tasks}
    return Job(
        name=spec.pipeline_info.name,
        root=runtime.get("gcsOutputDirectory", spec.default_pipeline_root),
        tasks={name: tasks[name] for name in _in_order(path, tasks)},
        parameters=dict(spec.root.input_definitions.parameters),
        values=dict(runtime.get("parameterValues", {})),
    )


def _document(path: pathlib.Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        loaded = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except OSError as error:
        raise errors.ConfigError(
            f"`--compiled` must be a file that can be read. Received: {path} ({error.strerror})"
        ) from None
    except (ValueError, yaml.YAMLError) as error:
        raise _no_pipeline(path, " ".join(str(error).split())) from None
    if not isinstance(loaded, dict):
        raise _no_pipeline(path, "it holds no mapping")
    return loaded


def _no_pipeline(path: pathlib.Path, reason: str) -> errors.ConfigError:
    return errors.ConfigError(
        "`--compiled` must be a file that `meritline compile` has made. "
        f"Received: {path} ({reason})"
    )


def _problems(
    spec: spec_pb2.PipelineSpec, deployment: spec_pb2.PipelineDeploymentConfig
) -> Iterator[str]:
    """Yields what the file has that is not known here, rather than leave it out silently."""
    tasks = spec.root.dag.tasks
    for name, task in tasks.items():
        component = spec.components.get(task.component_ref.name)
        executor = deployment.executors.get(component.executor_label) if component else None
        if executor is None or executor.WhichOneof("spec") not in _KINDS:
            yield f"{name} must be run by a {' or '.join(_KINDS)}"
        if task.trigger_policy.condition or task.WhichOneof("iterator"):
            yield f"{name} must run once and without a condition"
        for key, artifact in task.inputs.artifacts.items():
            if artifact.task_output_artifact.producer_task not in tasks:
                yield f"the input {key} of {name} must come from a task"
        for key, parameter in task.inputs.parameters.items():
            if parameter.WhichOneof("kind") not in ("runtime_value", "component_input_parameter"):
                yield f"the parameter {key} of {name} must be a value or a runtime parameter"


def _task(
    name: str, spec: spec_pb2.PipelineSpec, deployment: spec_pb2.PipelineDeploymentConfig
) -> Task:
    task = spec.root.dag.tasks[name]
    component = spec.components[task.component_ref.name]
    inputs = task.inputs.artifacts.values()
    producers = (artifact.task_output_artifact.producer_task for artifact in inputs)
    return Task(
        name=name,
        spec=task,
        component=component,
        executor=deployment.executors[component.executor_label],
        needs=frozenset({*task.dependent_tasks, *producers}),
    )


def _in_order(path: pathlib.Path, tasks: Mapping[str, Task]) -> list[str]:
    """Orders tasks so that each comes after what it needs; those that may, by name."""
    ordered: list[str] = []
    left = sorted(tasks)
    while left:
        ready = [name for name in left if tasks[name].needs <= set(ordered)]
        if not ready:
            raise _no_pipeline(path, f"{', '.join(left)} wait for each other")
        ordered += ready
        left = [name for name in left if name not in ready]
    return ordered
