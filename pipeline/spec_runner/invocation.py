"""What one task is told, and what it has told when it has ended."""

import dataclasses
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf import json_format, struct_pb2
from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2

from pipeline.spec_runner import job as job_lib

Outputs = dict[str, list[spec_pb2.RuntimeArtifact]]
_OUTPUT_FILE = "executor_output.json"


@dataclasses.dataclass
class Invocation:
    """One task of one run.

    Attributes:
        task: What is run.
        directory: Where it puts what it makes.
        told: What it is told; a hook that runs before may add to it.
    """

    task: job_lib.Task
    directory: pathlib.Path
    told: spec_pb2.ExecutorInput

    @property
    def inputs(self) -> Outputs:
        """What it takes."""
        return {key: list(each.artifacts) for key, each in self.told.inputs.artifacts.items()}

    @property
    def parameters(self) -> dict[str, Any]:
        """Its parameters, by name."""
        values = self.told.inputs.parameter_values
        return {name: json_format.MessageToDict(value) for name, value in values.items()}

    def outputs(self) -> Outputs:
        """What it puts out, as far as is known."""
        return {key: list(each.artifacts) for key, each in self.told.outputs.artifacts.items()}

    def take_what_was_told(self) -> None:
        """Adds what the command has written: the output leaves out types, and what is unchanged."""
        path = pathlib.Path(self.told.outputs.output_file)
        if not path.exists():
            return
        written = spec_pb2.ExecutorOutput()
        json_format.Parse(path.read_text(encoding="utf-8"), written, ignore_unknown_fields=True)
        for name, value in written.parameter_values.items():
            self.told.inputs.parameter_values[name].CopyFrom(value)
        for key, of_key in written.artifacts.items():
            known = self.told.outputs.artifacts[key].artifacts
            for ours, theirs in zip(known, of_key.artifacts, strict=False):
                ours.uri = theirs.uri or ours.uri
                ours.metadata.MergeFrom(theirs.metadata)


def make(
    task: job_lib.Task,
    directory: pathlib.Path,
    run: str,
    made: Mapping[str, Outputs],
    values: Mapping[str, Any],
) -> Invocation:
    """Makes what a task is told.

    Args:
        task: The task.
        directory: Where it is to put what it makes.
        run: Names the run, and with the task whatever it puts out.
        made: Task to what it has put out, of all that came before.
        values: The runtime parameters.
    """
    told = spec_pb2.ExecutorInput()
    told.outputs.output_file = str(directory / _OUTPUT_FILE)
    for key, source in task.spec.inputs.artifacts.items():
        found = source.task_output_artifact
        known: Sequence = made[found.producer_task].get(found.output_artifact_key, ())
        told.inputs.artifacts[key].artifacts.extend(known)
    for name, parameter in task.spec.inputs.parameters.items():
        _set(told.inputs.parameter_values[name], parameter, values)
    for key, definition in task.component.output_definitions.artifacts.items():
        told.outputs.artifacts[key].artifacts.add(
            name=f"{run}/{task.name}/{key}",
            type=definition.artifact_type,
            uri=str(directory / key),
            metadata=definition.metadata,
        )
    return Invocation(task, directory, told)


def _set(
    value: struct_pb2.Value,
    parameter: spec_pb2.TaskInputsSpec.InputParameterSpec,
    values: Mapping[str, Any],
) -> None:
    if parameter.WhichOneof("kind") == "runtime_value":
        value.CopyFrom(parameter.runtime_value.constant)
    else:
        json_format.ParseDict(values[parameter.component_input_parameter], value)
