"""Rows of parquet files of every plain type, and a line for every file that can't be read."""

import datetime
import decimal
import gzip
import io

import hypothesis
import pyarrow as pa
import pytest
from hypothesis import strategies
from pyarrow import parquet

from components.ingest import columns, settings
from components.ingest.rows import parquet_rows, row
from schemas import errors

_TEXT = columns.Columns({"text": columns.Column("review")})
_NUMBER = columns.Columns({"score": columns.Column("review", "number")})
_BOTH = columns.Columns(
    {"text": columns.Column("review"), "label": columns.Column("stars", "number")}
)


def _bytes_of(table: pa.Table, **options: object) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(table, sink, **options)
    return sink.getvalue()


def _read(content: bytes, wanted: columns.Columns = _TEXT):
    stream = io.BytesIO(content)
    return list(parquet_rows.read(stream, "/data/reviews.parquet", wanted, settings.Dialect()))


def _read_values(values: pa.Array, wanted: columns.Columns = _TEXT):
    return _read(_bytes_of(pa.table({"review": values})), wanted)


def _row(line, value, feature="text"):
    return row.Row(line, {feature: value})


_NOON = datetime.datetime(2024, 5, 31, 12, 0, 0, 250_000)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("a\0\n🎬", pa.string(), "a\0\n🎬".encode()),
        ("naïve", pa.large_string(), "naïve".encode()),
        (b"a, b", pa.binary(), b"a, b"),
        (b"a, b", pa.large_binary(), b"a, b"),
        (b"abcd", pa.binary(4), b"abcd"),
        ("often", pa.dictionary(pa.int32(), pa.string()), b"often"),
        (3, pa.int8(), b"3"),
        (-9_007_199_254_740_993, pa.int64(), b"-9007199254740993"),
        (18_446_744_073_709_551_615, pa.uint64(), b"18446744073709551615"),
        (3.0, pa.float64(), b"3.0"),
        (0.1, pa.float64(), b"0.1"),
        (0.1, pa.float32(), b"0.1"),
        (3.0, pa.float32(), b"3.0"),
        (1e20, pa.float64(), b"1e+20"),
        (True, pa.bool_(), b"true"),
        (False, pa.bool_(), b"false"),
        (decimal.Decimal("1.50"), pa.decimal128(5, 2), b"1.50"),
        (_NOON.date(), pa.date32(), b"2024-05-31"),
        (_NOON.time(), pa.time64("us"), b"12:00:00.250000"),
        (_NOON, pa.timestamp("ms"), b"2024-05-31 12:00:00.250"),
        (_NOON, pa.timestamp("ms", tz="UTC"), b"2024-05-31 12:00:00.250Z"),
    ],
)
def test_reads_each_type_as_the_text_that_it_is_written_as(value, kind, text):
    assert _read_values(pa.array([value, None], kind)) == [
        _row(1, text),
        row.BadRow(2, "no `review`. Received: null", b'{"review": null}'),
    ]


_FINITE = "`review` must be a finite number of 32 bits at most. Received: "


@pytest.mark.parametrize(
    ("values", "wanted", "read"),
    [
        (pa.array([3, -4], pa.int16()), _NUMBER, [3.0, -4.0]),
        (pa.array([0.5]), _NUMBER, [0.5]),
        (pa.array(["0.5", " 7 "]), _NUMBER, [0.5, 7.0]),
        (pa.array([decimal.Decimal("1.50")]), _NUMBER, [1.5]),
        (pa.array(["n/a"]), _NUMBER, ["`review` must be a number. Received: 'n/a'"]),
        (pa.array([True]), _NUMBER, ["`review` must be a number. Received: 'true'"]),
        (pa.array([float("nan")]), _NUMBER, [f"{_FINITE}'nan'"]),
        (pa.array([float("nan")]), _TEXT, [f"{_FINITE}'nan'"]),
        (pa.array([float("-inf")], pa.float32()), _TEXT, [f"{_FINITE}'-inf'"]),
        (pa.array([1e39]), _NUMBER, [f"{_FINITE}'1e+39'"]),
        (pa.array([" \n"]), _TEXT, ["`review` must not be empty. Received: ' \\n'"]),
        (pa.array([b""]), _TEXT, ["`review` must not be empty. Received: ''"]),
        (pa.nulls(1), _TEXT, ["no `review`. Received: null"]),
    ],
)
def test_reads_a_value_or_says_why_it_is_none(values, wanted, read):
    [feature] = wanted.by_feature
    for expected, got in zip(read, _read_values(values, wanted), strict=True):
        if isinstance(expected, str):
            assert (type(got), got.reason) == (row.BadRow, expected)
        else:
            assert got.values == {feature: expected}


@pytest.mark.parametrize("kind", [pa.binary(), pa.string()])
def test_bytes_that_are_no_utf_8_are_shown_by_their_numbers(kind):
    values = pa.array([b"caf\xe9", b"fine"]).view(kind)  # nobody checks a string's bytes
    assert _read_values(values) == [
        row.BadRow(
            1,
            "`review` must be UTF-8. Received: the byte 0xe9 at 3",
            b'{"review": "caf\\\\xe9"}',
        ),
        _row(2, b"fine"),
    ]


def test_numbers_rows_across_batches_and_row_groups_and_keeps_their_order():
    count = 5_003
    content = _bytes_of(
        pa.table(
            {
                "other": [{"nested": i} for i in range(count)],
                "stars": [None if i % 1000 == 7 else i for i in range(count)],
                "review": [f"text {i}" for i in range(count)],
            }
        ),
        row_group_size=1_700,
    )
    read = _read(content, _BOTH)
    assert [each.line for each in read] == list(range(1, count + 1))
    assert [each.line for each in read if isinstance(each, row.BadRow)] == [
        8,
        *range(1_008, count, 1_000),
    ]
    assert read[4_999] == row.Row(5_000, {"text": b"text 4999", "label": 4_999.0})
    assert read[7] == row.BadRow(
        8, "no `stars`. Received: null", b'{"review": "text 7", "stars": null}'
    )


def test_columns_may_share_the_beginning_of_a_name():
    content = _bytes_of(pa.table({"review.x": ["wrong"], "review": ["right"], "reviews": ["no"]}))
    assert _read(content) == [_row(1, b"right")]


def test_two_features_may_be_of_one_column():
    wanted = columns.Columns({"text": columns.Column("review"), "slice": columns.Column("review")})
    [read] = _read(_bytes_of(pa.table({"review": ["a"]})), wanted)
    assert read.values == {"text": b"a", "slice": b"a"}


def test_a_gzipped_file_is_read_from_its_beginning_to_its_end_once():
    class Forward(gzip.GzipFile):
        """Any step back would begin at the beginning again."""

        def seek(self, *arguments: int) -> int:
            raise io.UnsupportedOperation

    zipped = io.BytesIO(gzip.compress(_bytes_of(pa.table({"review": ["a"]}))))
    with Forward(fileobj=zipped) as stream:
        assert list(parquet_rows.read(stream, "x.parquet.gz", _TEXT, settings.Dialect())) == [
            _row(1, b"a")
        ]


_WHOLE = _bytes_of(pa.table({"review": [f"text {i}" for i in range(1000)]}))
_CORRUPT = bytearray(_WHOLE)
_CORRUPT[len(_WHOLE) // 3] ^= 0xFF
_UNREADABLE = "must be a parquet file that can be read. Received: "
_TYPE = "the column 'review' must be one of texts, numbers, booleans, dates or times. Received: "


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", f"{_UNREADABLE}Parquet file size is 0 bytes"),
        (
            b"review\nfine and long enough\n",
            f"{_UNREADABLE}Parquet magic bytes not found in footer",
        ),
        (_WHOLE[:-20], f"{_UNREADABLE}Parquet magic bytes not found in footer"),
        (bytes(_CORRUPT), _UNREADABLE),
        (
            _bytes_of(pa.table({"text": ["a"], "stars": [5]})),
            "must have the column 'review'. Received: 'text', 'stars'",
        ),
        (
            _bytes_of(pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], ["review"] * 2)),
            "must have the column 'review' once. Received: it 2 times in 'review', 'review'",
        ),
        (_bytes_of(pa.table({"review": [["a"]]})), f"{_TYPE}list<item: string>"),
        (_bytes_of(pa.table({"review": [{"a": 1}]})), f"{_TYPE}struct<a: int64>"),
        (_bytes_of(pa.table({"review": pa.array([1], pa.duration("s"))})), f"{_TYPE}duration[s]"),
    ],
)
def test_refuses_a_file_in_one_line(content, message):
    with pytest.raises(errors.DataError) as refused:
        _read(content)
    assert str(refused.value).startswith(f"reviews.parquet: {message}")
    assert "\n" not in str(refused.value)


def test_no_rows_are_no_rows():
    assert _read(_bytes_of(pa.table({"review": pa.array([], pa.string())}))) == []


@hypothesis.given(
    strategies.lists(strategies.text(strategies.characters(blacklist_categories=("Cs",))))
)
def test_any_text_survives_byte_for_byte(texts):
    read = _read_values(pa.array(texts, pa.string()))
    assert [each.line for each in read] == list(range(1, len(texts) + 1))
    for text, each in zip(texts, read, strict=True):
        if text.strip():
            assert each.values["text"] == text.encode()
        else:
            assert each.reason.startswith("`review` must not be empty. ")
