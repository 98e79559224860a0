"""A schema that takes the data as it is, judged by TFDV, and the change in words."""

import pandas as pd
import pytest
import tensorflow_data_validation as tfdv
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2

from components.schema import change, inference, wording

_ROWS = {
    "text": ["good", "bad", "so so", "good, too"],
    "label": ["positive", "negative", "negative", "positive"],
    "shop": ["Rome", "Köln", "Rome", "Rome"],
    "age": [1.5, 2.0, 2.5, 40.0],
}
_SCHEMA = """
feature { name: "text" type: BYTES presence { min_fraction: 1 min_count: 1 }
  shape { dim { size: 1 } } }
feature { name: "label" type: BYTES presence { min_fraction: 1 min_count: 1 }
  shape { dim { size: 1 } } domain: "label" not_in_environment: "SERVING" }
feature { name: "shop" type: BYTES presence { min_fraction: 1 min_count: 1 }
  shape { dim { size: 1 } } not_in_environment: "SERVING"
  string_domain { name: "shop" value: "Rome" value: "Köln" } }
feature { name: "age" type: FLOAT presence { min_fraction: 1 min_count: 1 }
  shape { dim { size: 1 } } float_domain { min: 0 max: 50 } not_in_environment: "SERVING" }
string_domain { name: "label" value: "positive" value: "negative" }
default_environment: "TRAINING"
default_environment: "SERVING"
"""


def _schema() -> schema_pb2.Schema:
    return text_format.Parse(_SCHEMA, schema_pb2.Schema())


def _statistics(**splits: dict[str, list]) -> wording.Statistics:
    return {
        name: tfdv.generate_statistics_from_dataframe(pd.DataFrame(rows))
        for name, rows in splits.items()
    }


def _accept(statistics: wording.Statistics) -> tuple[schema_pb2.Schema, list[str]]:
    """Returns the schema that takes the data, and the change; it takes all of the data."""
    before = _schema()
    after = change.accept(before, statistics, ["text"])
    assert before == _schema()
    for of_split in statistics.values():
        for environment in (None, "TRAINING"):
            if of_split.datasets[0].num_examples:
                found = tfdv.validate_statistics(of_split, after, environment=environment)
                assert not found.anomaly_info
    return after, wording.describe(before, after, statistics)


def test_data_that_breaks_no_rule_changes_nothing() -> None:
    after, lines = _accept(_statistics(train=_ROWS, eval=_ROWS))
    assert after == _schema()
    assert lines == []


def test_new_values_are_told_with_the_rows_that_have_them() -> None:
    statistics = _statistics(
        train={**_ROWS, "label": ["positive", "neutral", "neutral", "mixed"]},
        eval={**_ROWS, "label": ["neutral"] * 4, "shop": ["Oslo"] * 4},
    )
    after, lines = _accept(statistics)
    assert sorted(lines) == [
        "`label`: a new value, mixed (1 in train)",
        "`label`: a new value, neutral (2 in train, 4 in eval)",
        "`shop`: a new value, Oslo (4 in eval)",
    ]
    assert set(tfdv.get_domain(after, "label").value) == {
        *("positive", "negative", "neutral", "mixed")
    }
    assert set(tfdv.get_domain(after, "shop").value) == {"Rome", "Köln", "Oslo"}


def test_only_what_broke_is_relaxed() -> None:
    after, _ = _accept(_statistics(train={**_ROWS, "label": ["neutral"] * 4}))
    del after.string_domain[0].value[2]  # the one that is new
    assert after == _schema()


def test_a_value_is_told_on_one_short_line() -> None:
    values = ["a\nb", "x" * 200, "\x1b[31m", "positive"]
    _, lines = _accept(_statistics(train={**_ROWS, "label": values}))
    assert sorted(lines) == [
        "`label`: a new value, '\\x1b[31m' (1 in train)",
        "`label`: a new value, 'a\\nb' (1 in train)",
        f"`label`: a new value, {'x' * 59}… (1 in train)",
    ]


def test_many_new_values_are_counted() -> None:
    rows = {"text": ["x"] * 300, "label": [f"label {i}" for i in range(300)]}
    rows |= {"shop": ["Rome"] * 300, "age": [1.0] * 300}
    after, lines = _accept(_statistics(train=rows))
    assert len(lines) == 11
    assert lines[-1] == "`label`: 290 more new values"
    assert len(tfdv.get_domain(after, "label").value) == 302


def test_a_new_column_is_described_as_an_inferred_one_would_be() -> None:
    after, lines = _accept(_statistics(train={**_ROWS, "city": ["a"] * 4, "rank": [1.0] * 4}))
    assert sorted(lines) == ["`city`: a new column, text", "`rank`: a new column, numbers"]
    inferred = inference.infer(
        tfdv.generate_statistics_from_dataframe(pd.DataFrame({"city": ["a"] * 4})), ["text"]
    )
    assert tfdv.get_feature(after, "city") == inferred.feature[0]


def test_a_column_that_is_gone_is_deprecated_and_the_rest_stays() -> None:
    rows = {name: values for name, values in _ROWS.items() if name != "age"}
    after, lines = _accept(_statistics(train=rows))
    assert lines == ["`age`: gone from the data; deprecated in the schema"]
    assert after.feature[3].lifecycle_stage == schema_pb2.DEPRECATED
    after.feature[3].ClearField("lifecycle_stage")
    assert after == _schema()


@pytest.mark.parametrize("environments", [[], ["SERVING"], ["SERVING", "NIGHTLY"]])
def test_another_type_replaces_the_feature_but_not_its_environments(
    environments: list[str],
) -> None:
    before = _schema()
    before.feature[3].not_in_environment[:] = environments
    statistics = _statistics(train={**_ROWS, "age": ["1", "2", "3", "4"]})
    after = change.accept(before, statistics, ["text"])
    assert wording.describe(before, after, statistics) == ["`age`: text, no longer numbers"]
    assert after.feature[3].type == schema_pb2.BYTES
    assert list(after.feature[3].not_in_environment) == environments
    assert not tfdv.validate_statistics(statistics["train"], after).anomaly_info


def test_a_label_that_was_a_number_gets_a_domain() -> None:
    before = _schema()
    before.feature[1].type = schema_pb2.FLOAT
    before.feature[1].ClearField("domain")
    del before.string_domain[:]
    after = change.accept(before, _statistics(train=_ROWS), ["text"])
    assert sorted(tfdv.get_domain(after, "label").value) == ["negative", "positive"]


def test_values_that_are_missing_are_told_as_a_share() -> None:
    after, lines = _accept(_statistics(train={**_ROWS, "shop": ["Rome", None, "Rome", "Köln"]}))
    assert lines == [
        "`shop`: in 75 % of the rows, no longer in every row",
        "`shop`: any number of values, no longer exactly one value",
    ]
    assert after.feature[2].presence.min_fraction == 0.75


def test_what_has_no_words_of_its_own_is_told_as_it_stands() -> None:
    _, lines = _accept(_statistics(train={**_ROWS, "age": [-1.0, 2.0, 3.0, 99.0]}))
    assert lines == ["`age`: float_domain {min: -1.0 max: 99.0}, no longer {min: 0.0 max: 50.0}"]


def test_a_split_without_rows_tells_nothing() -> None:
    empty: dict[str, list] = {name: [] for name in _ROWS}
    after, lines = _accept(_statistics(train=_ROWS, eval=empty))
    assert (after, lines) == (_schema(), [])


def test_the_environments_stay() -> None:
    statistics = _statistics(train={**_ROWS, "label": ["neutral"] * 4, "city": ["a"] * 4})
    after, _ = _accept(statistics)
    assert list(after.default_environment) == ["TRAINING", "SERVING"]
    request = _statistics(request={"text": ["no label, no shop"]})["request"]
    assert not tfdv.validate_statistics(request, after, environment="SERVING").anomaly_info
