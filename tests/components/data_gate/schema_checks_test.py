"""What TFDV finds against a schema, and the rows behind it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
import tensorflow_data_validation as tfdv
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import anomalies_pb2, schema_pb2, statistics_pb2

from components.data_gate import config, outcome, schema_checks
from components.statistics import text_statistics

_Make = Callable[..., outcome.Data]
_MakeStatistics = Callable[..., statistics_pb2.DatasetFeatureStatisticsList]
_ERROR = config.Check(level="error")

_SCHEMA = """
    feature { name: "text" type: BYTES presence { min_fraction: 1.0 } }
    feature { name: "label" type: BYTES domain: "label" presence { min_fraction: 1.0 } }
    feature { name: "domain" type: BYTES domain: "domain" presence { min_fraction: 1.0 } }
    feature { name: "stars" type: FLOAT float_domain { min: 1 max: 5 } }
    string_domain { name: "label" value: "bad" value: "good" }
    string_domain { name: "domain" value: "movies" value: "tweets" }
"""
_HONEST = {
    "text": ["a", "b", "c", "d"],
    "label": ["good", "bad", "good", "bad"],
    "domain": ["movies", "tweets", "movies", "movies"],
    "stars": [1.0, 5.0, 3.0, 2.0],
}
_Columns = Mapping[str, Sequence[Any]]


@pytest.fixture
def judge(make_data: _Make, make_statistics: _MakeStatistics) -> Callable[..., outcome.Outcome]:
    """Gives `judge(columns, split, labels)`: the check's outcome of a table."""

    def run(
        columns: _Columns,
        split: str = "eval",
        labels: Mapping[str, int] = {"good": 4000, "bad": 4000},
        rows: int = 4,
    ) -> outcome.Outcome:
        schema = text_format.Parse(_SCHEMA, schema_pb2.Schema())
        anomalies = tfdv.validate_statistics(make_statistics(columns), schema)
        splits: dict[str, Any] = {"train": {"labels": labels}}
        splits[split] = {**splits.get(split, {}), "rows": rows}
        data = make_data(
            splits, schema=schema, anomalies={split: anomalies}, find_rows=_finder(columns, split)
        )
        return schema_checks.anomalies("anomalies", data, _ERROR)

    return run


def _finder(columns: _Columns, expected_split: str) -> outcome.FindRows:
    """Looks through the very table that the statistics are of."""
    names = list(columns)
    table = [
        {n: [v.encode() if isinstance(v, str) else v] for n, v in zip(names, row, strict=True)}
        for row in zip(*columns.values(), strict=True)
    ]

    def find_rows(
        split: str, judges: Mapping[str, outcome.Judge]
    ) -> dict[str, tuple[text_statistics.RowExample, ...]]:
        assert split == expected_split
        return {
            name: tuple(
                text_statistics.RowExample(f"a.csv:{line}", "", note)
                for line, row in enumerate(table, start=2)
                if (note := judge(row))
            )
            for name, judge in judges.items()
        }

    return find_rows


def test_what_fits_the_schema_is_no_anomaly(judge: Callable[..., outcome.Outcome]) -> None:
    assert judge(_HONEST) == []


def test_each_feature_is_told_with_its_rows(judge: Callable[..., outcome.Outcome]) -> None:
    found = judge(
        {**_HONEST, "domain": ["blog", "movies", "x\x1b", "tweets"], "stars": [1.0, 5.0, 9.5, 2.0]}
    )
    domain, stars = found
    assert domain.message.startswith("domain of eval: ")
    assert "blog" in domain.message
    assert domain.message.isprintable()
    assert [(row.origin, row.note) for row in domain.rows] == [
        ("a.csv:2", "domain: value `blog`"),
        ("a.csv:4", 'domain: value `"x\\u001b"`'),
    ]
    assert stars.message.startswith("stars of eval: ")
    assert [(row.origin, row.note) for row in stars.rows] == [("a.csv:4", "stars: value `9.5`")]
    assert {violation.remedy for violation in found} == {
        "`meritline schema accept` with the arguments of this run"
    }
    assert not any(violation.is_warning for violation in found)


def test_columns_that_came_or_went_have_no_rows(judge: Callable[..., outcome.Outcome]) -> None:
    columns = {name: values for name, values in _HONEST.items() if name != "domain"}
    went, came = judge({**columns, "extra": ["x"] * 4})
    assert went.message.startswith("domain of eval: ")
    assert came.message.startswith("extra of eval: ")
    assert came.rows == ()
    assert len(went.rows) == 4  # every row lacks it


def test_a_label_that_train_lacks_is_left_to_its_own_check(
    judge: Callable[..., outcome.Outcome],
) -> None:
    columns = {**_HONEST, "label": ["good", "bad", "meh", "bad"]}
    assert judge(columns) == []


def test_a_label_that_train_has_but_the_schema_lacks_is_an_anomaly(
    judge: Callable[..., outcome.Outcome],
) -> None:
    columns = {**_HONEST, "label": ["good", "bad", "meh", "bad"]}
    [violation] = judge(columns, "train", {"good": 1, "bad": 2, "meh": 1})
    assert violation.message.startswith("label of train: ")
    assert [row.note for row in violation.rows] == ["label: value `meh`"]


def test_a_split_without_rows_is_left_to_its_own_check(
    judge: Callable[..., outcome.Outcome],
) -> None:
    assert judge({"text": ["a"]}, rows=0) == []
    assert judge({"text": ["a"]}, rows=1) != []


def test_what_tfdv_takes_for_a_warning_stops_no_run(make_data: _Make) -> None:
    anomalies = anomalies_pb2.Anomalies()
    anomalies.anomaly_info["a"].severity = anomalies_pb2.AnomalyInfo.WARNING
    anomalies.anomaly_info["b"].severity = anomalies_pb2.AnomalyInfo.ERROR
    anomalies.dataset_anomaly_info.severity = anomalies_pb2.AnomalyInfo.ERROR
    anomalies.dataset_anomaly_info.description = "too few\nexamples"
    found = schema_checks.anomalies("anomalies", make_data(anomalies={"test": anomalies}), _ERROR)
    assert [violation.is_warning for violation in found] == [True, False, False]
    assert found[2].message == "the data set of test: too few examples"
