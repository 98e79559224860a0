"""The schema that is inferred, judged by TFDV as the pipeline judges with it."""

import pandas as pd
import pytest
import tensorflow_data_validation as tfdv
from tensorflow_metadata.proto.v0 import schema_pb2, statistics_pb2

from components.schema import inference

_TRAIN = {
    "text": ["good", "bad", "so so", "good, too"],
    "label": ["positive", "negative", "negative", "positive"],
    "shop": ["Rome", "Köln", "Rome", "Rome"],
    "age": [1.5, 2.0, 2.5, 40.0],
}


def _statistics(columns: dict[str, list]) -> statistics_pb2.DatasetFeatureStatisticsList:
    return tfdv.generate_statistics_from_dataframe(pd.DataFrame(columns))


def _anomalies(
    schema: schema_pb2.Schema, columns: dict[str, list], environment: str | None = None
) -> dict[str, str]:
    found = tfdv.validate_statistics(_statistics(columns), schema, environment=environment)
    return {name: anomaly.short_description for name, anomaly in found.anomaly_info.items()}


@pytest.fixture(scope="module")
def schema() -> schema_pb2.Schema:
    return inference.infer(_statistics(_TRAIN), ["text"])


@pytest.mark.parametrize("environment", [None, "TRAINING"])
def test_the_data_that_it_is_made_of_breaks_no_rule(
    schema: schema_pb2.Schema, environment: str | None
) -> None:
    assert _anomalies(schema, _TRAIN, environment) == {}


def test_unlabelled_data_is_right_for_serving_and_wrong_for_training(
    schema: schema_pb2.Schema,
) -> None:
    request = {"text": ["never seen before", "nor this"]}
    assert _anomalies(schema, request, "SERVING") == {}
    dropped = dict.fromkeys(["label", "shop", "age"], "Column dropped")
    assert _anomalies(schema, request, "TRAINING") == dropped
    assert _anomalies(schema, request) == dropped


def test_a_request_without_its_text_is_wrong_for_serving(schema: schema_pb2.Schema) -> None:
    assert "text" in _anomalies(schema, {"text": ["a", None]}, "SERVING")


def test_a_request_may_carry_more_than_the_text() -> None:
    schema = inference.infer(_statistics(_TRAIN), ["text", "shop"])
    assert _anomalies(schema, {"text": ["a"], "shop": ["Oslo"]}, "SERVING") == {}


def test_an_unseen_label_is_an_anomaly(schema: schema_pb2.Schema) -> None:
    rows = {**_TRAIN, "label": ["positive", "negative", "neutral", "neutral"]}
    assert _anomalies(schema, rows) == {"label": "Unexpected string values"}


def test_other_unseen_values_are_none(schema: schema_pb2.Schema) -> None:
    rows = {**_TRAIN, "shop": ["Oslo", "Lima", "Oslo", "Lima"], "age": [-7.0, 1e9, 0.0, 3.0]}
    rows["text"] = ["entirely", "other", "words", "here"]
    assert _anomalies(schema, rows) == {}


@pytest.mark.parametrize("column", ["text", "label", "shop", "age"])
def test_a_missing_value_is_an_anomaly(schema: schema_pb2.Schema, column: str) -> None:
    rows = {**_TRAIN, column: [*_TRAIN[column][:3], None]}
    assert column in _anomalies(schema, rows)


def test_presence_is_required_even_where_train_lacks_a_value() -> None:
    rows = {**_TRAIN, "shop": ["Rome", None, "Rome", "Rome"]}
    assert list(_anomalies(inference.infer(_statistics(rows), ["text"]), rows)) == ["shop"]


def test_a_column_that_is_new_is_an_anomaly(schema: schema_pb2.Schema) -> None:
    assert _anomalies(schema, {**_TRAIN, "extra": ["a"] * 4}) == {"extra": "New column"}


def test_a_label_of_many_values_has_its_domain() -> None:
    # TFDV's own inference stops at 100.
    labels = [f"label {i}" for i in range(300)]
    schema = inference.infer(_statistics({"text": labels, "label": labels}), ["text"])
    assert _anomalies(schema, {"text": ["a"], "label": ["label 300"]}) != {}
    assert _anomalies(schema, {"text": ["a"], "label": ["label 299"]}) == {}


def test_a_label_has_no_domain_where_not_all_of_its_values_are_known() -> None:
    labels = [f"label {i}" for i in range(5)]
    statistics = tfdv.generate_statistics_from_dataframe(
        pd.DataFrame({"text": labels, "label": labels}),
        tfdv.StatsOptions(num_top_values=3, num_rank_histogram_buckets=3),
    )
    schema = inference.infer(statistics, ["text"])
    assert _anomalies(schema, {"text": ["a"], "label": ["label 4"]}) == {}


def test_a_label_of_numbers_has_no_domain() -> None:
    rows = {"text": ["a", "b"], "label": [1.0, 2.0]}
    schema = inference.infer(_statistics(rows), ["text"])
    assert _anomalies(schema, {"text": ["a"], "label": [3.0]}) == {}


def test_the_same_values_give_the_same_schema_in_any_order(schema: schema_pb2.Schema) -> None:
    rows = {name: column[::-1] for name, column in _TRAIN.items()}
    assert inference.infer(_statistics(rows), ["text"]) == schema
