"""Examples hold the very values, and shards are whole, bounded and always the same."""

import pathlib

import hypothesis
import pytest
import tensorflow as tf
from hypothesis import strategies

from components.ingest import columns, shards

_COLUMNS = columns.Columns(
    {"text": columns.Column("review"), "stars": columns.Column("stars", "number")}
)


def _read(directory: pathlib.Path, split: str) -> dict[str, list[bytes]]:
    return {
        path.name: list(
            tf.data.TFRecordDataset(str(path), compression_type="GZIP").as_numpy_iterator()
        )
        for path in sorted((directory / f"Split-{split}").iterdir())
    }


@pytest.fixture
def directories(tmp_path: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """The artifact's and the temporary one."""
    for name in ("examples/Split-train", "examples/Split-test", "temp"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path / "examples", tmp_path / "temp"


def test_an_example_holds_the_values_and_the_origin():
    encoder = shards.Encoder(_COLUMNS)
    encoder.encode({"text": b"the row before", "stars": 1.0, "more": b""}, b"reviews.csv:1")
    values = {"text": "naïve 🎬".encode(), "stars": 0.5, "ingest group": b"g"}
    example = tf.train.Example.FromString(encoder.encode(values, b"reviews.csv:17"))
    assert example == tf.train.Example(
        features=tf.train.Features(
            feature={
                "text": tf.train.Feature(
                    bytes_list=tf.train.BytesList(value=["naïve 🎬".encode()])
                ),
                "stars": tf.train.Feature(float_list=tf.train.FloatList(value=[0.5])),
                "origin": tf.train.Feature(
                    bytes_list=tf.train.BytesList(value=[b"reviews.csv:17"])
                ),
            }
        )
    )


@hypothesis.given(strategies.binary(), strategies.floats(width=32, allow_nan=False))
def test_any_value_survives(text, stars):
    encoded = shards.Encoder(_COLUMNS).encode({"text": text, "stars": stars}, b"")
    feature = tf.train.Example.FromString(encoded).features.feature
    assert feature["text"].bytes_list.value[0] == text
    assert feature["stars"].float_list.value[0] == stars


def test_shards_are_bounded_by_rows_and_by_bytes(directories, monkeypatch):
    monkeypatch.setattr(shards, "MAX_ROWS", 3)
    monkeypatch.setattr(shards, "MAX_BYTES", 100)
    examples, temp = directories
    with shards.Writer(str(examples), str(temp), 7) as writer:
        for i in range(7):
            writer.write("train", b"%d" % i)
        for _ in range(2):
            writer.write("test", b"x" * 100)
    assert _read(examples, "train") == {
        "data_tfrecord-00007-00000.gz": [b"0", b"1", b"2"],
        "data_tfrecord-00007-00001.gz": [b"3", b"4", b"5"],
        "data_tfrecord-00007-00002.gz": [b"6"],
    }
    assert list(_read(examples, "test")) == [
        "data_tfrecord-00007-00000.gz",
        "data_tfrecord-00007-00001.gz",
    ]
    assert writer.rows == {"train": 7, "test": 2}
    assert list(temp.iterdir()) == []


def test_a_batch_that_is_tried_again_leaves_the_same_bytes(directories):
    examples, temp = directories
    contents = []
    for _ in range(2):
        with shards.Writer(str(examples), str(temp), 0) as writer:
            for i in range(1000):
                writer.write("train", b"row %d" % i)
        [path] = (examples / "Split-train").iterdir()
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]


def test_an_error_leaves_no_half_of_a_shard(directories):
    examples, temp = directories
    with pytest.raises(RuntimeError), shards.Writer(str(examples), str(temp), 0) as writer:
        writer.write("train", b"row")
        raise RuntimeError
    assert _read(examples, "train") == {}
    assert list(temp.iterdir()) == []


def test_an_empty_shard_can_be_read(directories):
    examples, _ = directories
    shards.write_empty(str(examples), "test")
    assert _read(examples, "test") == {"data_tfrecord-00000-00000.gz": []}
