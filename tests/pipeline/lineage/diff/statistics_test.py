"""Statistics of columns, made by hand as TFDV writes them."""

import pathlib
from collections.abc import Mapping

import pytest
from tensorflow_metadata.proto.v0 import statistics_pb2

from pipeline.lineage.diff import absent, changes, schema, statistics
from tests.pipeline.lineage import stores
from tests.pipeline.lineage.diff import pairs

_Made = statistics_pb2.DatasetFeatureStatisticsList


def _texts(made: _Made, name: str, counts: Mapping[str, int], mean: float = 4.0) -> None:
    feature = made.datasets[0].features.add(type=statistics_pb2.FeatureNameStatistics.STRING)
    feature.path.step.append(name)
    feature.string_stats.common_stats.num_non_missing = sum(counts.values())
    feature.string_stats.unique = len(counts)
    feature.string_stats.avg_length = mean
    for value, count in counts.items():
        feature.string_stats.rank_histogram.buckets.add(label=value, sample_count=count)


def _numbers(made: _Made, name: str, low: float, high: float) -> None:
    feature = made.datasets[0].features.add(type=statistics_pb2.FeatureNameStatistics.FLOAT)
    feature.path.step.append(name)
    feature.num_stats.common_stats.num_non_missing = 100
    feature.num_stats.mean = (low + high) / 2
    for kind in (statistics_pb2.Histogram.STANDARD, statistics_pb2.Histogram.QUANTILES):
        histogram = feature.num_stats.histograms.add(type=kind)
        histogram.buckets.add(low_value=low, high_value=high, sample_count=100)


def _made(rows: int = 100) -> _Made:
    made = _Made()
    made.datasets.add(num_examples=rows)
    return made


def test_equal_statistics_tell_nothing() -> None:
    made = _made()
    _texts(made, "label", {"good": 60, "bad": 40})
    _numbers(made, "stars", 1.0, 5.0)
    assert statistics.compare({"train": made}, {"train": made}).columns == ()


def test_a_label_has_shares_and_the_gates_distance() -> None:
    old, new = _made(), _made()
    _texts(old, "label", {"good": 60, "bad": 40})
    _texts(new, "label", {"good": 50, "bad": 25, "so so": 5})
    [column] = statistics.compare({"train": old}, {"train": new}).columns
    assert (column.split, column.name) == ("train", "label")
    # 80 of 100 rows have one; 40 to 31.25 %, 60 to 62.5 %, 0 to 6.25 %.
    told = {each.name: (each.old, each.new) for each in column.numbers}
    assert told["missing"] == (0.0, pytest.approx(0.2))
    assert told["distinct values"] == (2, 3)
    assert column.shares == (
        changes.Change("bad", 0.4, 0.3125),
        changes.Change("so so", None, 0.0625, missing="a"),
        changes.Change("good", 0.6, 0.625),
    )
    assert column.distance.value == pytest.approx(0.0875)
    assert column.distance.detail == "`bad` 40 % → 31.2 %"


def test_numbers_have_their_divergence() -> None:
    old, new = _made(), _made()
    _numbers(old, "stars", 0.0, 2.0)
    _numbers(new, "stars", 1.0, 3.0)
    [column] = statistics.compare({"test": old}, {"test": new}).columns
    assert column.distance.value == pytest.approx(0.5)
    assert changes.Change("mean", 1.0, 2.0) in column.numbers


def test_texts_have_lengths_and_no_distance() -> None:
    old, new = _made(), _made()
    _texts(old, "text", {"some": 100}, mean=4.0)
    _texts(new, "text", {"other": 100}, mean=5.0)
    [column] = statistics.compare({"train": old}, {"train": new}).columns
    assert column.numbers == (changes.Change("mean bytes", 4.0, 5.0),)
    assert (column.shares, column.distance) == ((), None)


def test_columns_that_one_lacks_are_named() -> None:
    old, new = _made(), _made()
    _texts(old, "shop", {"Rome": 100})
    _texts(new, "site", {"Rome": 100})
    found = statistics.compare({"train": old, "eval": old}, {"train": new})
    assert (found.added, found.gone, found.columns) == (("site",), ("shop",), ())


def test_the_furthest_column_of_a_split_is_the_first() -> None:
    old, new = _made(), _made()
    _texts(old, "label", {"good": 60, "bad": 40})
    _texts(new, "label", {"good": 61, "bad": 39})
    _texts(old, "shop", {"Rome": 50, "Oslo": 50})
    _texts(new, "shop", {"Rome": 80, "Oslo": 20})
    found = statistics.compare({"train": old}, {"train": new})
    assert [each.name for each in found.columns] == ["shop", "label"]


def _write(store: stores.Store, labels: Mapping[str, Mapping[str, int]]) -> None:
    """Writes statistics of the labels of each run's train split, as StatisticsGen does."""
    for id_, counts in labels.items():
        made = _made(sum(counts.values()))
        _texts(made, "label", counts)
        found = pairs.history(store).run(id_).output("StatisticsGen", "statistics")
        path = pathlib.Path(found.uri if found else "") / "Split-train/FeatureStats.pb"
        path.parent.mkdir(parents=True)
        path.write_bytes(made.SerializeToString())


_SCHEMA = 'feature { name: "label" type: BYTES string_domain { value: "bad" value: "good" } }'


def test_files_are_read_split_by_split(store: stores.Store) -> None:
    pairs.write(store, pairs.Side(), pairs.Side())
    _write(store, {pairs.A: {"good": 6, "bad": 4}, pairs.B: {"good": 5, "bad": 5}})
    found = statistics.of(*pairs.runs(store))
    assert found is not None
    [column] = found.columns
    assert (column.split, column.name) == ("train", "label")
    assert column.distance is not None
    assert column.distance.value == pytest.approx(0.1)


def test_a_new_value_of_the_schema_is_told_with_its_rows(store: stores.Store) -> None:
    wider = _SCHEMA.replace('value: "good"', 'value: "good" value: "so so"')
    pairs.write(store, pairs.Side(schema=_SCHEMA), pairs.Side(schema=wider))
    _write(store, {pairs.B: {"good": 5, "so so": 2}})
    assert schema.lines(*pairs.runs(store)) == ("`label`: a new value, so so (2 in train)",)


def test_a_torn_file_is_told(store: stores.Store) -> None:
    pairs.write(store, pairs.Side(), pairs.Side())
    _write(store, {pairs.A: {"good": 6}, pairs.B: {"good": 5}})
    found = pairs.runs(store)[1].output("StatisticsGen", "statistics")
    path = pathlib.Path(found.uri if found else "") / "Split-train/FeatureStats.pb"
    path.write_bytes(b"\xff\xff")
    with pytest.raises(absent.AbsentError, match=r"FeatureStats\.pb .* of second is torn"):
        statistics.of(*pairs.runs(store))
