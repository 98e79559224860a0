"""Artifacts and values as ML Metadata has them after a local run."""

from typing import Any

import pytest
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2
from ml_metadata.proto import metadata_store_pb2 as proto

from pipeline.spec_runner import kept
from tests.pipeline.spec_runner import jobs

_EXAMPLES = jobs.schema("tfx.Examples", span="integer", split_names="string", share="number")


def _told(schema: dict[str, str], **metadata: Any) -> spec_pb2.RuntimeArtifact:
    document = {"name": "run/Ingest/examples", "uri": "/e", "type": schema, "metadata": metadata}
    return json_format.ParseDict(document, spec_pb2.RuntimeArtifact())


@pytest.mark.parametrize(
    ("title", "name"),
    [("tfx.Model", "Model"), ("components.Quarantine", "components.Quarantine")],
)
def test_a_type_has_the_name_of_a_local_run(title: str, name: str) -> None:
    assert kept.type_(_told(jobs.schema(title)).type) == proto.ArtifactType(name=name)


def test_a_type_has_its_properties() -> None:
    properties = {"span": proto.INT, "split_names": proto.STRING, "share": proto.DOUBLE}
    assert dict(kept.type_(_told(_EXAMPLES).type).properties) == properties


def _values(kept_: Any) -> dict[str, tuple[str, Any]]:
    found = {name: (v.WhichOneof("value"), kept.decode(v)) for name, v in kept_.items()}
    found.pop("schema", None)
    return found


def test_properties_of_the_type_have_its_kinds_and_others_are_custom() -> None:
    told = _told(_EXAMPLES, span=2, share=1, split_names='["train"]', rows=30, by="x", loss=0.5)
    artifact = kept.artifact(told, 7)
    assert (artifact.type_id, artifact.name, artifact.uri) == (7, "run/Ingest/examples", "/e")
    assert _values(artifact.properties) == {
        "span": ("int_value", 2),
        "share": ("double_value", 1.0),
        "split_names": ("string_value", '["train"]'),
    }
    assert _values(artifact.custom_properties) == {
        "rows": ("int_value", 30),
        "by": ("string_value", "x"),
        "loss": ("double_value", 0.5),
    }


def test_what_does_not_fit_the_type_or_has_the_name_of_a_property_is_custom() -> None:
    artifact = kept.artifact(_told(_EXAMPLES, span="two", **{"custom:share": 3}), 7)
    assert _values(artifact.properties) == {}
    assert _values(artifact.custom_properties) == {
        "span": ("string_value", "two"),
        "share": ("int_value", 3),
    }


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (float(2**53), "int_value"),
        (float(2**62), "double_value"),  # may stand for any of a thousand whole numbers
        (True, "bool_value"),
        ({"train": 1.0}, "struct_value"),
        (["a", 1.0], "struct_value"),
    ],
)
def test_a_value_of_any_kind_comes_back(value: Any, field: str) -> None:
    encoded = kept.encode(value)
    assert (encoded.WhichOneof("value"), kept.decode(encoded)) == (field, value)


def test_an_artifact_comes_back_as_it_was_told() -> None:
    told = _told(_EXAMPLES, span=2, rows=30, blessed={"train": 1}, **{"custom:split_names": "y"})
    assert kept.runtime(kept.artifact(told, 7)) == told
