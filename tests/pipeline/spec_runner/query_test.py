"""Filters of resolvers."""

import pytest
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2

from pipeline.spec_runner import query
from tests.pipeline.spec_runner import jobs


def _artifact(name: str, title: str, **metadata: object) -> spec_pb2.RuntimeArtifact:
    told = {"name": name, "type": jobs.schema(title), "metadata": metadata}
    return json_format.ParseDict(told, spec_pb2.RuntimeArtifact())


_ARTIFACTS = [
    _artifact("a", "tfx.Model"),
    _artifact("b", "tfx.ModelBlessing", blessed=1, by="x"),
    _artifact("c", "tfx.ModelBlessing", blessed=0, by="y"),
    _artifact("d", "tfx.Model"),
]


@pytest.mark.parametrize(
    ("filter_", "name"),
    [
        ('schema_title="tfx.Model"', "d"),  # the newest
        ('schema_title="tfx.Model" AND state=LIVE', "d"),
        ('schema_title="tfx.Model" AND state=DELETED', None),
        ('schema_title="tfx.Model" AND name="a"', "a"),
        ('schema_title="tfx.Model" AND name=""', None),
        ('schema_title="tfx.ModelBlessing" AND metadata.blessed.number_value=1', "b"),
        ('metadata.by.string_value="y"', "c"),
        ('metadata.nobody.string_value="y"', None),
    ],
)
def test_the_newest_that_passes_is_found(filter_: str, name: str | None) -> None:
    found = query.find(filter_, _ARTIFACTS)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("filter_", "told"),
    [
        ("state>LIVE", "must be comparisons by `=`. Received: state>LIVE"),
        ("size=3", "must not ask for size"),
        ("metadata.blessed.bool_value=1", "must not ask for metadata.blessed.bool_value"),
    ],
)
def test_a_filter_that_is_not_understood_is_told(filter_: str, told: str) -> None:
    with pytest.raises(query.QueryError, match=told):
        query.find(filter_, _ARTIFACTS)
