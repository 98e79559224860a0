"""What is put in the place of placeholders."""

import json

import pytest
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2

from pipeline.spec_runner import placeholders
from tests.pipeline.spec_runner import jobs

_DOCUMENT = {
    "inputs": {
        "parameterValues": {"name": "a 'b'", "count": 3.5, "on": True},
        "artifacts": {
            "model": {"artifacts": [{"name": "run/A/model", "uri": "/m", "metadata": {"id": "x"}}]},
            "none": {},
        },
    },
    "outputs": {
        "artifacts": {"out": {"artifacts": [{"uri": "/o"}]}},
        "parameters": {"loss": {"outputFile": "/p"}},
        "outputFile": "/e",
    },
}
_TOLD = json_format.ParseDict(_DOCUMENT, spec_pb2.ExecutorInput())


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("plain {$} text", "plain {$} text"),
        ("--name={{$.inputs.parameters['name']}}", "--name=a 'b'"),
        ("{{$.inputs.parameters['count']}}", "3.5"),
        ("{{$.inputs.parameters['on']}}", "true"),
        ("{{$.inputs.artifacts['model'].uri}}/x", "/m/x"),
        ("{{$.inputs.artifacts['model'].name}}", "run/A/model"),
        ("{{$.inputs.artifacts['model'].metadata['id']}}", "x"),
        ("{{$.inputs.artifacts['model'].metadata['other']}}", ""),
        ("{{$.inputs.artifacts['none'].uri}}", ""),
        ("{{$.outputs.artifacts['out'].uri}}", "/o"),
        ("{{$.outputs.parameters['loss'].output_file}}", "/p"),
    ],
)
def test_a_placeholder_is_filled(text: str, filled: str) -> None:
    assert placeholders.fill(text, _TOLD) == filled


def test_all_that_a_task_is_told_is_json() -> None:
    assert json.loads(placeholders.fill("{{$}}", _TOLD)) == _DOCUMENT


def test_an_unknown_placeholder_is_told() -> None:
    with pytest.raises(ValueError, match=r"Received: \{\{\$\.pipeline_job_name\}\}"):
        placeholders.fill("{{$.pipeline_job_name}}", _TOLD)


def test_the_type_of_an_artifact_is_named_by_its_schema() -> None:
    type_ = json_format.ParseDict(jobs.schema("tfx.Model"), spec_pb2.ArtifactTypeSchema())
    assert placeholders.title(type_) == "tfx.Model"
    assert placeholders.title(spec_pb2.ArtifactTypeSchema(schema_title="x.Y")) == "x.Y"
