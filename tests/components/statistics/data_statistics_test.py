"""TFDV's statistics of all splits at once are those that TFX's own would write."""

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pytest
import tensorflow_data_validation as tfdv
from tensorflow_data_validation.utils import stats_util

from components.statistics import data_statistics

_ROWS = 3000


def _batch(rows: int, seed: int) -> pa.RecordBatch:
    rng = np.random.default_rng(seed)
    columns = {
        "text": [[b"text %d" % i] for i in range(rows)],
        "label": [[value] for value in rng.choice([b"a", b"b", b"c"], rows, p=[0.5, 0.3, 0.2])],
        "shop": [[b"shop %d" % value] for value in np.minimum(rng.zipf(1.3, rows), 900)],
        "stars": [[value] if value < 5 else None for value in rng.normal(3, 1, rows).tolist()],
        "origin": [[b"t.csv:%d" % i] for i in range(rows)],
    }
    arrays = [pa.array(values) for values in columns.values()]
    return pa.RecordBatch.from_arrays(arrays, list(columns))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The statistics of train, of a small eval and of an empty test split, and the batches."""
    directory = tmp_path_factory.mktemp("statistics")
    batches = {"train": [_batch(_ROWS, 0), _batch(500, 1)], "eval": [_batch(40, 2)], "test": []}
    paths = {split: str(directory / f"Split-{split}") for split in batches}
    pairs = [(split, batch) for split, some in batches.items() for batch in some]
    with beam.Pipeline("DirectRunner", options=_options()) as pipeline:
        _ = pipeline | beam.Create(pairs) | data_statistics.WriteStatistics(paths)
    read = {
        split: tfdv.load_stats_binary(f"{path}/FeatureStats.pb") for split, path in paths.items()
    }
    return read, batches


def _options() -> beam.pipeline.PipelineOptions:
    return beam.pipeline.PipelineOptions(["--direct_running_mode=in_memory"])


def _feature(statistics, name):
    return stats_util.DatasetListView(statistics).get_default_slice().get_feature((name,))


def _stock(batches, directory, **options):
    with beam.Pipeline("DirectRunner", options=_options()) as pipeline:
        _ = (
            pipeline
            | beam.Create(batches)
            | tfdv.GenerateStatistics(tfdv.StatsOptions(**options))
            | tfdv.WriteStatisticsToBinaryFile(f"{directory}/stock.pb")
        )
    return tfdv.load_stats_binary(f"{directory}/stock.pb")


def test_a_split_has_what_tfdv_writes_of_it_alone(written, tmp_path) -> None:
    statistics, batches = written
    without = [data_statistics.columns.without_origin(batch) for batch in batches["train"]]
    stock = _stock(without, tmp_path, use_sketch_based_topk_uniques=True)
    ours = statistics["train"]
    assert [dataset.name for dataset in ours.datasets] == [d.name for d in stock.datasets]
    assert ours.datasets[0].num_examples == stock.datasets[0].num_examples == _ROWS + 500
    by_name = [
        {feature.path.step[0]: feature for feature in some.datasets[0].features}
        for some in (ours, stock)
    ]
    assert by_name[0].keys() == by_name[1].keys() == {"text", "label", "shop", "stars"}
    for name in ("label", "shop", "stars"):
        assert by_name[0][name] == by_name[1][name]
    text = by_name[0]["text"].string_stats
    assert text.avg_length == by_name[1]["text"].string_stats.avg_length


def test_small_sets_of_values_are_counted_exactly(written, tmp_path) -> None:
    statistics, batches = written
    exact = _stock(batches["train"], tmp_path)
    for name in ("label", "shop"):
        ours, theirs = (
            _feature(some, name).proto().string_stats for some in (statistics["train"], exact)
        )
        assert ours.unique == theirs.unique
        assert _counts(ours) == _counts(theirs)
        assert len(_counts(ours)) == ours.unique


def _counts(string_stats) -> dict[str, float]:
    return {b.label: b.sample_count for b in string_stats.rank_histogram.buckets}


def test_numbers_have_histograms_that_drift_is_told_by(written) -> None:
    statistics, _ = written
    numbers = _feature(statistics["train"], "stars").proto().num_stats
    standard = [h for h in numbers.histograms if h.type == h.STANDARD]
    assert len(standard) == 1
    counted = sum(bucket.sample_count for bucket in standard[0].buckets)
    assert counted == pytest.approx(numbers.common_stats.num_non_missing)


def test_an_empty_split_has_statistics_of_no_rows(written) -> None:
    statistics, _ = written
    (dataset,) = statistics["test"].datasets
    assert (dataset.num_examples, len(dataset.features)) == (0, 0)


def test_drift_between_splits_can_be_told(written) -> None:
    statistics, _ = written
    schema = tfdv.infer_schema(statistics["train"])
    label = tfdv.get_feature(schema, "label")
    label.drift_comparator.infinity_norm.threshold = 0.01
    tfdv.get_feature(schema, "stars").drift_comparator.jensen_shannon_divergence.threshold = 0.001
    anomalies = tfdv.validate_statistics(
        statistics["eval"], schema, previous_statistics=statistics["train"]
    )
    measured = {
        info.path.step[0]: info.drift_measurements[0].value for info in anomalies.drift_skew_info
    }
    train, evaluated = (
        _counts(_feature(statistics[s], "label").proto().string_stats) for s in ("train", "eval")
    )
    expected = max(abs(train[k] / sum(train.values()) - evaluated[k] / 40) for k in train)
    assert measured["label"] == pytest.approx(expected)
    assert 0 < measured["stars"] < 1
