"""What stands in a command for what only a run knows, as KFP's launcher fills it in."""

import json
import re
from typing import Any

import yaml
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2

_WHOLE = "{{$}}"
_ONE = re.compile(
    r"\{\{\$\.(?P<side>inputs|outputs)\.(?P<kind>parameters|artifacts)\['(?P<key>[^']+)'\]"
    r"(?:\.(?P<field>uri|name|output_file)|\.metadata\['(?P<metadata>[^']+)'\])?\}\}"
)


def fill(text: str, told: spec_pb2.ExecutorInput) -> str:
    """Fills a text with what a task is told.

    Raises:
        ValueError: If a placeholder is not known.
    """
    filled = _ONE.sub(lambda match: _value(match, told), text)
    filled = filled.replace(_WHOLE, json_format.MessageToJson(told, indent=None, sort_keys=True))
    if "{{$." in filled:
        raise ValueError(f"A placeholder must be an input or an output. Received: {text}")
    return filled


def title(type_: spec_pb2.ArtifactTypeSchema) -> str:
    """Names the type of an artifact, such as `tfx.Model`."""
    if type_.WhichOneof("kind") == "schema_title":
        return str(type_.schema_title)
    return str((yaml.safe_load(type_.instance_schema) or {}).get("title", ""))


def _value(match: re.Match[str], told: spec_pb2.ExecutorInput) -> str:
    side = getattr(told, match["side"])
    key = match["key"]
    if match["kind"] == "parameters":
        if match["side"] == "outputs":
            return str(side.parameters[key].output_file)
        return _spell(json_format.MessageToDict(side.parameter_values[key]))
    artifacts = side.artifacts[key].artifacts if key in side.artifacts else ()
    if not artifacts:
        return ""
    if match["metadata"]:
        return _spell(json_format.MessageToDict(artifacts[0].metadata).get(match["metadata"], ""))
    return str(getattr(artifacts[0], match["field"] or "uri"))


def _spell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
