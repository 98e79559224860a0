"""Rows of tsv files: a quote is a quote there, and a line a row."""

import io

import hypothesis
import pytest
from hypothesis import strategies

from components.ingest import columns, settings
from components.ingest.rows import row, tsv_rows
from schemas import errors

_COLUMNS = columns.Columns(
    {"text": columns.Column("review"), "label": columns.Column("stars", "number")}
)
_HEADER = b"review\tstars\n"
_NAMES = ("review", "stars")


def _read(content: bytes, **dialect: object):
    stream = io.BytesIO(content)
    return list(tsv_rows.read(stream, "/data/reviews.tsv", _COLUMNS, settings.Dialect(**dialect)))


def _row(line, text, label=5.0):
    return row.Row(line, {"text": text, "label": label})


def _fields(raw: bytes) -> list[object]:
    [line] = [line for line in raw.replace(b"\r", b"\n").split(b"\n") if line.strip()]
    text, number = line.split(b"\t")
    return [text, float(number)]


_CONTENTS = {
    "plain": (b"fine\t5\nbad\t5", [_row(2, b"fine"), _row(3, b"bad")]),
    "CRLF and CR": (b"fine\t5\r\nbad\t5\r", [_row(2, b"fine"), _row(3, b"bad")]),
    "quotes": (b'"a\t5\n"b"\t5\nc"\t5\n', [_row(2, b'"a'), _row(3, b'"b"'), _row(4, b'c"')]),
    "commas": (b"a, b\t5\n", [_row(2, b"a, b")]),
    "blank lines": (b"\n \r\na\t5\n\n", [_row(4, b"a")]),
    "a line of one tab": (
        b"\t\n",
        [row.BadRow(2, "`review` must not be empty. Received: ''", b"\t\n")],
    ),
    "too few and too many fields": (
        b"a\r\na\t5\t\n",
        [
            row.BadRow(2, "must have 2 fields, as the header has. Received: 1", b"a\r\n"),
            row.BadRow(3, "must have 2 fields, as the header has. Received: 3", b"a\t5\t\n"),
        ],
    ),
    "no number": (
        b"a\tfive\n",
        [row.BadRow(2, "`stars` must be a number. Received: 'five'", b"a\tfive\n")],
    ),
    "Latin-1": (
        b"caf\xe9\t5\nx\t5\n",
        [
            row.BadRow(2, "`review` must be UTF-8. Received: the byte 0xe9 at 3", b"caf\xe9\t5\n"),
            _row(3, b"x"),
        ],
    ),
    "a NUL byte": (
        b"a\0\t5\n",
        [row.BadRow(2, "must not hold a NUL byte. Received: one at 1", b"a\0\t5\n")],
    ),
}


@pytest.mark.parametrize(("content", "read"), _CONTENTS.values(), ids=_CONTENTS)
def test_reads_exactly(content, read, account):
    assert _read(_HEADER + content) == read
    assert _read(b"\xef\xbb\xbf" + _HEADER + content) == read
    account(_HEADER + content, read, 2, _fields)


def test_the_first_line_is_data_where_the_names_are_given():
    assert _read(b"a\t5\n", header=_NAMES) == [_row(1, b"a")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "must have a header and rows. Received: no text"),
        (b"review,stars\n", "must have the column 'review'. Received: 'review,stars'"),
        (b"\0\tstars\n", "the header must not hold a NUL byte. Received: one at 0"),
        (
            b"stars\treview\tstars\n",
            "must have the column 'stars' once. Received: it 2 times in 'stars', 'review', 'stars'",
        ),
    ],
)
def test_refuses_a_file_in_one_line(content, message):
    with pytest.raises(errors.DataError) as refused:
        _read(content)
    assert str(refused.value) == f"reviews.tsv: {message}"


def test_a_line_that_is_too_long_keeps_its_beginning(monkeypatch):
    monkeypatch.setattr(row, "MAX_RECORD_BYTES", 32)
    [bad, good] = _read(_HEADER + b"x" * 100 + b"\t5\na\t5\n")
    assert good == _row(3, b"a")
    assert bad.reason.startswith("must be at most 32 bytes long. Received: 103 bytes; the first ")
    assert (b"x" * 100).startswith(bad.raw.rstrip(b"\t5\n"))
    assert len(bad.raw) >= 32


@hypothesis.given(
    strategies.text(
        strategies.characters(blacklist_categories=("Cs",), blacklist_characters="\t\r\n\0")
    ).filter(str.strip)
)
def test_any_text_survives_byte_for_byte(text):
    assert _read(f"review\tstars\n{text}\t5\n".encode()) == [_row(2, text.encode())]


@hypothesis.given(
    strategies.binary(max_size=100)
    | strategies.lists(
        strategies.sampled_from([b'"', b"\t", b"\n", b"\r", b"5", b"\xe9", b"\0", b" "])
    ).map(b"".join)
)
def test_all_bytes_are_accounted_for(account, content):
    try:
        read = _read(content, header=_NAMES)
    except errors.DataError:
        return
    account(content, read, 1, _fields)
