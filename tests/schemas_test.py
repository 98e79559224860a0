"""The curated schemas: each knows both environments, and takes requests as they come."""

import pathlib

import pandas as pd
import pytest
import tensorflow_data_validation as tfdv
from tensorflow_metadata.proto.v0 import schema_pb2

import schemas
from schemas import features

# What a request carries; all else is there to learn from alone.
_SERVED = {features.TEXT, features.TEXT_PAIR}
_PATHS = sorted(pathlib.Path(schemas.__file__).parent.glob("*/schema.pbtxt"))


def _anomalies(schema: schema_pb2.Schema, rows: pd.DataFrame, environment: str) -> set[str]:
    statistics = tfdv.generate_statistics_from_dataframe(rows)
    return set(tfdv.validate_statistics(statistics, schema, environment=environment).anomaly_info)


def _labelled(schema: schema_pb2.Schema) -> pd.DataFrame:
    """Makes rows that the schema allows."""
    domains = {domain.name: list(domain.value) for domain in schema.string_domain}
    texts = {
        feature.name: domains.get(feature.domain, ["anything"])[0] for feature in schema.feature
    }
    numbers = {f.name: 1.5 for f in schema.feature if f.type == schema_pb2.FLOAT}
    return pd.DataFrame([texts | numbers] * 3)


def test_there_are_some() -> None:
    assert {path.parent.name for path in _PATHS} >= {"classification", "sentiment"}


@pytest.mark.parametrize("path", _PATHS, ids=lambda path: path.parent.name)
def test_a_curated_schema_knows_training_from_serving(path: pathlib.Path) -> None:
    schema = tfdv.load_schema_text(str(path))
    assert list(schema.default_environment) == ["TRAINING", "SERVING"]
    for feature in schema.feature:
        served = feature.name in _SERVED
        assert list(feature.not_in_environment) == ([] if served else ["SERVING"]), feature.name


@pytest.mark.parametrize("path", _PATHS, ids=lambda path: path.parent.name)
def test_a_curated_schema_takes_requests_as_they_come(path: pathlib.Path) -> None:
    schema = tfdv.load_schema_text(str(path))
    columns = {feature.name for feature in schema.feature}
    request = pd.DataFrame({name: ["a text", "and another"] for name in columns & _SERVED})
    assert _anomalies(schema, request, "SERVING") == set()
    assert _anomalies(schema, request, "TRAINING") == columns - _SERVED
    assert _anomalies(schema, _labelled(schema), "TRAINING") == set()


@pytest.mark.parametrize("path", _PATHS, ids=lambda path: path.parent.name)
def test_a_curated_schema_wants_every_value(path: pathlib.Path) -> None:
    schema = tfdv.load_schema_text(str(path))
    for name in _labelled(schema):
        rows = _labelled(schema)
        rows.loc[0, name] = None
        assert _anomalies(schema, rows, "TRAINING") == {name}


def test_the_demos_schema_knows_its_labels() -> None:
    [path] = [path for path in _PATHS if path.parent.name == "sentiment"]
    schema = tfdv.load_schema_text(str(path))
    rows = pd.DataFrame(
        {"text": ["x"], "label": ["neutral"], "domain": ["nyt"], "ratings": ["1 -2"]}
    )
    assert _anomalies(schema, rows, "TRAINING") == {"label"}
