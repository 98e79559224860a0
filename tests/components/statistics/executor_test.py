"""StatisticsGen as TFX runs it: examples in files, the Beam runner, artifacts."""

import pathlib

import pytest
import tensorflow as tf
import tensorflow_data_validation as tfdv
from tfx.components.example_validator import executor as example_validator
from tfx.components.schema_gen import executor as schema_gen
from tfx.dsl.components.base import base_beam_executor
from tfx.types import artifact_utils, standard_artifacts

from components import artifacts
from components.statistics import executor, settings, text_statistics
from schemas import features

_TRAIN = [("a good film", "good"), ("A GOOD film", "bad"), ("nothing much to see here", "bad")] * 5
_EVAL = [("a good film", "good")]


def _example(text: str, label: str, origin: str) -> bytes:
    values = {features.TEXT: text, features.LABEL: label, features.ORIGIN: origin}
    feature = {
        name: tf.train.Feature(bytes_list=tf.train.BytesList(value=[value.encode()]))
        for name, value in values.items()
    }
    return tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString()


def _write_split(directory: pathlib.Path, rows: list[tuple[str, str]]) -> None:
    directory.mkdir(parents=True)
    with tf.io.TFRecordWriter(str(directory / "data_tfrecord-00000-00000.gz"), "GZIP") as writer:
        for number, (text, label) in enumerate(rows, 2):
            writer.write(_example(text, label, f"{directory.name}.csv:{number}"))


def _artifact(of_type: type, path: pathlib.Path):
    made = of_type()
    made.uri = str(path)
    return made


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Runs the executor; gives both artifacts, and the directory."""
    directory = tmp_path_factory.mktemp("statistics")
    examples = _artifact(standard_artifacts.Examples, directory / "examples")
    examples.split_names = artifact_utils.encode_split_names(["eval", "train", "test"])
    examples.span = 7
    for split, rows in (("train", _TRAIN), ("eval", _EVAL), ("test", [])):
        _write_split(directory / "examples" / f"Split-{split}", rows)
    statistics = _artifact(standard_artifacts.ExampleStatistics, directory / "statistics")
    texts = _artifact(artifacts.TextStatistics, directory / "text_statistics")
    (directory / "text_statistics").mkdir()
    context = base_beam_executor.BaseBeamExecutor.Context(
        beam_pipeline_args=["--direct_running_mode=in_memory"],
        tmp_dir=str(directory / "temp"),
        unique_id="1",
    )
    executor.Executor(context).Do(
        {"examples": [examples]},
        {"statistics": [statistics], "text_statistics": [texts]},
        {"text_settings": settings.TextSettings(label_feature="label").to_json()},
    )
    return statistics, texts, directory


def test_statistics_are_where_tfx_looks_for_them(written) -> None:
    statistics, _, directory = written
    assert statistics.split_names == '["eval", "train", "test"]'
    assert statistics.span == 7
    for split, rows in (("train", 15), ("eval", 1), ("test", 0)):
        read = tfdv.load_stats_binary(f"{directory}/statistics/Split-{split}/FeatureStats.pb")
        assert read.datasets[0].num_examples == rows
        names = {feature.path.step[0] for feature in read.datasets[0].features}
        assert names == ({"text", "label"} if rows else set())


def test_texts_are_counted_beside_them(written) -> None:
    _, texts, _ = written
    read = text_statistics.read(texts.uri)
    assert list(read.splits) == ["train", "eval", "test"]
    train = read.splits["train"]
    assert (train.rows, train.duplicates.count, train.conflicts.count) == (15, 13, 10)
    assert train.labels == {"bad": 10, "good": 5}
    assert train.duplicates.examples[0].origin == "Split-train.csv:15"
    assert train.duplicates.examples[0].note == "also Split-train.csv:2, 10 times in all"
    assert read.overlaps[0].exact.count == 1


def test_schema_gen_and_example_validator_read_them(written, tmp_path) -> None:
    statistics, _, _ = written
    schema = _artifact(standard_artifacts.Schema, tmp_path / "schema")
    schema_gen.Executor().Do(
        {"statistics": [statistics]},
        {"schema": [schema]},
        {"infer_feature_shape": 1, "exclude_splits": '["eval", "test"]'},
    )
    anomalies = _artifact(standard_artifacts.ExampleAnomalies, tmp_path / "anomalies")
    example_validator.Executor().Do(
        {"statistics": [statistics], "schema": [schema]},
        {"anomalies": [anomalies]},
        {"exclude_splits": "[]"},
    )
    assert anomalies.split_names == '["eval", "train", "test"]'
