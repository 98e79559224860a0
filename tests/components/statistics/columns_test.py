"""Columns of batches as TFXIO makes them of tf.Examples: lists, nulls, absent columns."""

import pyarrow as pa

from components.statistics import columns, settings

_SETTINGS = settings.TextSettings(("text",), "label")


def _batch(**features: pa.Array) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(list(features.values()), list(features))


def _lists(values: list[list[object] | None], of: pa.DataType) -> pa.Array:
    return pa.array(values, pa.large_list(of))


def test_the_first_value_of_each_row_is_taken() -> None:
    batch = _batch(
        text=_lists([[b"one"], [b"two", b"three"]], pa.large_binary()),
        label=_lists([[b"x"], [b"y"]], pa.large_binary()),
        origin=_lists([[b"a.csv:2"], [b"a.csv:3"]], pa.large_binary()),
    )
    rows = columns.rows_of(batch, _SETTINGS)
    assert rows.texts.to_pylist() == [b"one", b"two"]
    assert rows.labels.to_pylist() == [b"x", b"y"]
    assert rows.origins.to_pylist() == [b"a.csv:2", b"a.csv:3"]


def test_a_slice_of_a_batch_has_its_own_rows() -> None:
    batch = _batch(text=_lists([[b"one"], None, [b"two"], [b"three"]], pa.binary()))
    rows = columns.rows_of(batch.slice(2, 1), _SETTINGS)
    assert rows.texts.to_pylist() == [b"two"]


def test_a_row_without_a_text_has_the_empty_one_and_one_without_a_label_none() -> None:
    batch = _batch(
        text=_lists([None, [], [b"two"]], pa.binary()),
        label=_lists([[b"x"], None, []], pa.binary()),
    )
    rows = columns.rows_of(batch, _SETTINGS)
    assert rows.texts.to_pylist() == [b"", b"", b"two"]
    assert rows.labels.to_pylist() == [b"x", None, None]
    assert rows.origins.to_pylist() == [b"", b"", b""]


def test_features_that_no_row_has_are_missing_everywhere() -> None:
    batch = _batch(other=_lists([[1], [2]], pa.int64()), label=pa.nulls(2))
    rows = columns.rows_of(batch, _SETTINGS)
    assert rows.texts.to_pylist() == [b"", b""]
    assert rows.labels.to_pylist() == [None, None]


def test_numbers_are_taken_as_they_are_written() -> None:
    batch = _batch(
        text=_lists([[b"one"], [b"two"]], pa.binary()), label=_lists([[1], [-20]], pa.int64())
    )
    assert columns.rows_of(batch, _SETTINGS).labels.to_pylist() == [b"1", b"-20"]


def test_several_texts_are_joined_by_line_ends() -> None:
    batch = _batch(
        title=_lists([[b"one"], None], pa.binary()), text=_lists([[b"1"], [b"2"]], pa.binary())
    )
    rows = columns.rows_of(batch, settings.TextSettings(("title", "text")))
    assert rows.texts.to_pylist() == [b"one\n1", b"\n2"]
    assert rows.labels.to_pylist() == [None, None]


def test_batches_are_joined_in_their_order() -> None:
    one = _batch(text=_lists([[b"one"]], pa.binary()))
    two = _batch(text=_lists([[b"two"]], pa.large_binary()), label=_lists([[b"x"]], pa.binary()))
    rows = columns.joined([columns.rows_of(batch, _SETTINGS) for batch in (one, two)])
    assert rows.texts.to_pylist() == [b"one", b"two"]
    assert rows.labels.to_pylist() == [None, b"x"]


def test_the_origin_is_dropped_and_nothing_else() -> None:
    text, origin = _lists([[b"one"]], pa.binary()), _lists([[b"a.csv:2"]], pa.binary())
    assert columns.without_origin(_batch(text=text, origin=origin)) == _batch(text=text)
    assert columns.without_origin(_batch(text=text)) == _batch(text=text)
