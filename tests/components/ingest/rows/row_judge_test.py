"""Rows whose values are right each by itself, and not together, in every format."""

import json

import pyarrow
import pytest
import tensorflow as tf
from pyarrow import parquet

from components.ingest import columns as columns_lib
from components.ingest import settings
from components.ingest.rows import reading, row
from schemas import tasks

_TASK = tasks.Settings("question_answering", texts=("text", "text_pair"))
_COLUMNS = columns_lib.Columns(
    {
        "text": columns_lib.Column("question"),
        "text_pair": columns_lib.Column("context"),
        "label": columns_lib.Column("answer"),
        "answer_start": columns_lib.Column("start"),
    },
    _TASK,
)
_NAMES = ["question", "context", "answer", "start"]
_ROWS = [["Who?", "Zoë met Bob", "Bob", 8], ["Who?", "Zoë met Bob", "Bob", 9]]
_REASON = (
    "`answer` must stand in `context` at `start`, in code points. "
    "Received: 'Bob' at 9, where 'ob' stands"
)


def _write(path):
    objects = [dict(zip(_NAMES, values, strict=True)) for values in _ROWS]
    if path.suffix == ".parquet":
        parquet.write_table(pyarrow.Table.from_pylist(objects), path)
        return json.dumps({name: str(value) for name, value in objects[1].items()})
    if path.suffix == ".tfrecord":
        examples = [_example(values) for values in objects]
        with tf.io.TFRecordWriter(str(path)) as writer:
            for example in examples:
                writer.write(example)
        return examples[1]
    if path.suffix == ".jsonl":
        lines = [json.dumps(values) + "\n" for values in objects]
    else:
        mark = {".csv": ",", ".tsv": "\t"}[path.suffix]
        lines = [mark.join(map(str, values)) + "\n" for values in [_NAMES, *_ROWS]]
    path.write_text("".join(lines), encoding="utf-8")
    return lines[-1]


def _example(values):
    example = tf.train.Example()
    for name, value in values.items():
        example.features.feature[name].bytes_list.value.append(str(value).encode())
    return example.SerializeToString()


@pytest.mark.parametrize("extension", ["csv", "tsv", "jsonl", "parquet", "tfrecord"])
def test_a_row_that_the_task_cannot_use_is_put_aside_with_its_bytes(tmp_path, extension):
    path = tmp_path / f"squad.{extension}"
    raw = _write(path)
    good, bad = reading.read(str(path), _COLUMNS, settings.Dialect())
    assert isinstance(good, row.Row)
    assert good.values["answer_start"] == b"8"
    raw = raw if isinstance(raw, bytes) else raw.encode()
    assert bad.reason == _REASON
    assert (json.loads(bad.raw) if extension == "parquet" else bad.raw) == (
        json.loads(raw) if extension == "parquet" else raw
    )


def test_columns_and_their_task_come_back_from_json():
    assert columns_lib.Columns.from_json(_COLUMNS.to_json()) == _COLUMNS
    alone = columns_lib.Columns({"text": columns_lib.Column("a", "number")})
    assert columns_lib.Columns.from_json(alone.to_json()) == alone
