"""Runtime parameters of a compiled pipeline, as they are told on a command line."""

from collections.abc import Sequence
from typing import Any

from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2

from pipeline import errors
from pipeline.spec_runner import job as job_lib

_TYPES = spec_pb2.ParameterType
_READERS = {_TYPES.NUMBER_INTEGER: int, _TYPES.NUMBER_DOUBLE: float, _TYPES.STRING: str}
_RULES = {int: "a whole number", float: "a number", str: "a text"}


def read(job: job_lib.Job, settings: Sequence[str]) -> dict[str, Any]:
    """Reads runtime parameters; those that are not told have the file's values, or its defaults.

    Raises:
        ConfigError: If one is unknown, or no value of its type; a line for each problem.
    """
    values = {name: _default(each) for name, each in job.parameters.items()}
    values |= {name: value for name, value in job.values.items() if name in values}
    problems = []
    for setting in settings:
        name, _, text = setting.partition("=")
        if name not in job.parameters:
            known = ", ".join(sorted(job.parameters)) or "none"
            problems.append(f"`--parameter` must be one of {known}. Received: {setting}")
            continue
        reader = _READERS.get(job.parameters[name].parameter_type, str)
        try:
            values[name] = reader(text)
        except ValueError:
            problems.append(f"`--parameter {name}` must be {_RULES[reader]}. Received: {text}")
    missing = [name for name, value in values.items() if value is None]
    problems += [f"`--parameter {name}=VALUE` must be given" for name in missing]
    if problems:
        raise errors.ConfigError(problems)
    return values


def _default(definition: spec_pb2.ComponentInputsSpec.ParameterSpec) -> Any:
    if not definition.HasField("default_value"):
        return None
    value = getattr(definition.default_value, definition.default_value.WhichOneof("kind"))
    return int(value) if definition.parameter_type == _TYPES.NUMBER_INTEGER else value
