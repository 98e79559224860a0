"""Artifacts and values of a pipeline's spec as TFX keeps them in ML Metadata, and back again."""

import json
from typing import Any

import yaml
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2
from ml_metadata.proto import metadata_store_pb2 as proto

from pipeline.spec_runner import placeholders

_SCHEMA = "schema"  # the property that keeps the type as the spec has it
_TFX = "tfx."  # what the spec puts before the names of TFX's own types
_CUSTOM = "custom:"  # what TFX puts before a custom property that has the name of a property
_SINGLE = "__value__"  # the key under which TFX keeps what is no mapping as one
_KINDS = {"integer": proto.INT, "number": proto.DOUBLE, "string": proto.STRING}
_FIELDS = {proto.INT: "int_value", proto.DOUBLE: "double_value", proto.STRING: "string_value"}
# Whole numbers above are not told apart from their neighbours: a spec has doubles alone.
_MAX_WHOLE = 2**53


def type_(told: spec_pb2.ArtifactTypeSchema) -> proto.ArtifactType:
    """Makes the type under the name that it has in a local run, with its properties."""
    name = placeholders.title(told).removeprefix(_TFX)
    return proto.ArtifactType(name=name, properties=_properties(told))


def artifact(told: spec_pb2.RuntimeArtifact, type_id: int) -> proto.Artifact:
    """Makes what is kept of an artifact that is not known yet."""
    made = proto.Artifact(type_id=type_id, name=told.name, uri=told.uri, state=proto.Artifact.LIVE)
    made.custom_properties[_SCHEMA].string_value = told.type.instance_schema
    properties = _properties(told.type)
    for name, value in json_format.MessageToDict(told.metadata).items():
        kept = encode(value, properties.get(name))
        if _FIELDS.get(properties.get(name)) == kept.WhichOneof("value"):
            made.properties[name].CopyFrom(kept)
        else:
            stripped = name.removeprefix(_CUSTOM)
            made.custom_properties[stripped if stripped in properties else name].CopyFrom(kept)
    return made


def runtime(kept: proto.Artifact) -> spec_pb2.RuntimeArtifact:
    """Makes what a task is told of an artifact."""
    found = spec_pb2.RuntimeArtifact(name=kept.name, uri=kept.uri)
    found.type.instance_schema = kept.custom_properties[_SCHEMA].string_value
    properties = _properties(found.type)
    metadata = {name: decode(value) for name, value in kept.properties.items()}
    for name, value in kept.custom_properties.items():
        if name != _SCHEMA:
            metadata[f"{_CUSTOM}{name}" if name in properties else name] = decode(value)
    json_format.ParseDict(metadata, found.metadata)
    return found


def encode(value: Any, kind: int | None = None) -> proto.Value:
    """Makes what is kept of a value.

    Args:
        value: As JSON has it, whose numbers may all be floats.
        kind: What it is, where that is known. Whole numbers of an unknown kind are kept as
            integers, as nearly all are that nodes put out: so is a metric that is just 1.
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and kind == proto.STRING:
        return proto.Value(string_value=json.dumps(value))
    if is_number and kind != proto.DOUBLE and value == value // 1 and abs(value) <= _MAX_WHOLE:
        return proto.Value(int_value=int(value))
    if is_number:
        return proto.Value(double_value=value)
    if isinstance(value, str):
        return proto.Value(string_value=value)
    if isinstance(value, bool):
        return proto.Value(bool_value=value)
    kept = proto.Value()
    json_format.ParseDict(value if isinstance(value, dict) else {_SINGLE: value}, kept.struct_value)
    return kept


def decode(kept: proto.Value) -> Any:
    """Gives a value as JSON has it."""
    field = kept.WhichOneof("value")
    if field != "struct_value":
        return getattr(kept, field) if field else None
    value = json_format.MessageToDict(kept.struct_value)
    return value.get(_SINGLE, value)


def _properties(told: spec_pb2.ArtifactTypeSchema) -> dict[str, int]:
    """Reads the kind of each property that the type has, of those that are known here."""
    schema = yaml.safe_load(told.instance_schema) or {}
    kinds = {name: _KINDS.get(each["type"]) for name, each in schema.get("properties", {}).items()}
    return {name: kind for name, kind in kinds.items() if kind is not None}
