"""Examples come back from files as they were written, in batches that are bounded."""

import pathlib

import apache_beam as beam
import pyarrow as pa
import pytest
import tensorflow as tf
from apache_beam.testing import test_pipeline, util

from components.statistics import records


def _write(path: pathlib.Path, texts: list[bytes]) -> None:
    path.parent.mkdir(exist_ok=True, parents=True)
    with tf.io.TFRecordWriter(str(path), "GZIP" if path.suffix == ".gz" else "") as writer:
        for text in texts:
            value = tf.train.Feature(bytes_list=tf.train.BytesList(value=[text]))
            features = tf.train.Features(feature={"text": value})
            writer.write(tf.train.Example(features=features).SerializeToString())


def _texts(batches: list[pa.RecordBatch]) -> list[bytes]:
    return [text for batch in batches for (text,) in batch.column(0).to_pylist()]


@pytest.mark.parametrize(
    "name", ["data_tfrecord-00000-of-00001.gz", "data_tfrecord-00000-of-00001"]
)
def test_examples_come_back_in_their_order(tmp_path, name) -> None:
    texts = [b"text %d \x00\xff" % i for i in range(10_000)]
    _write(tmp_path / name, texts)
    batches = list(records.read(str(tmp_path / name)))
    assert _texts(batches) == texts
    assert len(batches) < 4


def test_long_rows_are_read_by_few(tmp_path) -> None:
    texts = [bytes([i]) * 1_000_000 for i in range(200)]
    _write(tmp_path / "long.gz", texts)
    sizes = []
    for batch in records.read(str(tmp_path / "long.gz")):
        sizes.append(batch.num_rows)
        texts = texts[batch.num_rows :]
    assert not texts
    assert max(sizes) <= 64


def test_a_file_without_rows_gives_no_batch(tmp_path) -> None:
    _write(tmp_path / "none.gz", [])
    assert list(records.read(str(tmp_path / "none.gz"))) == []


def test_each_split_is_read_from_all_its_files(tmp_path) -> None:
    _write(tmp_path / "train" / "a.gz", [b"a", b"b"])
    _write(tmp_path / "train" / "b.gz", [b"c"])
    _write(tmp_path / "eval" / "a.gz", [b"d"])
    (tmp_path / "test").mkdir()
    directories = {split: str(tmp_path / split) for split in ("train", "eval", "test")}
    with test_pipeline.TestPipeline() as pipeline:
        read = pipeline | records.ReadBatches(directories)
        rows = read | beam.FlatMapTuple(
            lambda split, batch: [(split, text) for text in _texts([batch])]
        )
        expected = [("train", b"a"), ("train", b"b"), ("train", b"c"), ("eval", b"d")]
        util.assert_that(rows, util.equal_to(expected))
