"""Finding rows in the examples."""

import pathlib
from collections.abc import Iterable, Mapping

import pytest
import tensorflow as tf

from components.data_gate import rows
from components.statistics import text_statistics


def _row(**values: bytes | float | int) -> tf.train.Example:
    example = tf.train.Example()
    for name, value in values.items():
        feature = example.features.feature[name]
        if isinstance(value, bytes):
            feature.bytes_list.value.append(value)
        elif isinstance(value, float):
            feature.float_list.value.append(value)
        else:
            feature.int64_list.value.append(value)
    return example


@pytest.fixture
def directory(tmp_path: pathlib.Path) -> pathlib.Path:
    """Two shards of one split, and another split."""
    shards: Mapping[str, Iterable[tf.train.Example]] = {
        "Split-eval/data_tfrecord-00001-00000.gz": [
            _row(origin=b"b.csv:2", text=b"three", stars=3.0, year=1999)
        ],
        "Split-eval/data_tfrecord-00000-00000.gz": [
            _row(origin=b"a.csv:2", text="ö".encode() * 300, stars=1.0),
            _row(origin=b"a.csv:4", text=b"two \xff", stars=3.0),
            _row(stars=4.0),
        ],
        "Split-train/data_tfrecord-00000-00000.gz": [
            _row(origin=b"t.csv:%d" % line, text=b"x", stars=9.0) for line in range(30)
        ],
    }
    for name, examples in shards.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        with tf.io.TFRecordWriter(str(path), "GZIP") as writer:
            for example in examples:
                writer.write(example.SerializeToString())
    return tmp_path


def test_rows_are_named_with_their_place_text_and_note(directory: pathlib.Path) -> None:
    found = rows.find(
        str(directory),
        "eval",
        {
            "3": lambda row: "three stars" if row["stars"] == (3.0,) else "",
            "1": lambda row: "one" if row["stars"] == (1.0,) else "",
            "year": lambda row: f"{row['year'][0]}" if row.get("year") else "",
            "none": lambda row: "",
        },
    )
    assert found == {
        "3": (
            text_statistics.RowExample("a.csv:4", "two \ufffd", "three stars"),
            text_statistics.RowExample("b.csv:2", "three", "three stars"),
        ),
        "1": (text_statistics.RowExample("a.csv:2", "ö" * 200, "one"),),
        "year": (text_statistics.RowExample("b.csv:2", "three", "1999"),),
        "none": (),
    }


def test_a_row_without_a_place_is_told_all_the_same(directory: pathlib.Path) -> None:
    found = rows.find(str(directory), "eval", {"4": lambda row: "4" * (row["stars"] == (4.0,))})
    assert found["4"] == (text_statistics.RowExample("a row of unknown place", "", "4"),)


def test_reading_ends_when_there_are_enough(directory: pathlib.Path) -> None:
    asked = []

    def judge(row: Mapping[str, object]) -> str:
        asked.append(row)
        return "found"

    found = rows.find(str(directory), "train", {"a": judge})["a"]
    assert [row.origin for row in found] == [f"t.csv:{line}" for line in range(10)]
    assert len(asked) == 10


def test_a_split_without_files_has_no_rows(directory: pathlib.Path) -> None:
    assert rows.find(str(directory), "test", {"a": lambda row: "found"}) == {"a": ()}
