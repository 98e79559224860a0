"""Rows of csv files come out byte for byte; what is wrong costs its row and is kept as it stood."""

import csv
import io
import re
from collections.abc import Iterator

import hypothesis
import pytest
from hypothesis import strategies

from components.ingest import columns, settings
from components.ingest.rows import csv_rows, row
from schemas import errors

_COLUMNS = columns.Columns({"text": columns.Column("review"), "label": columns.Column("stars")})
_NAMES = ("review", "stars")
_HEADER = b"review,stars\n"
_EAT = "',' expected after '\"'"


def _read(content: bytes, **dialect: object):
    stream = io.BytesIO(content)
    return list(csv_rows.read(stream, "/data/reviews.csv", _COLUMNS, settings.Dialect(**dialect)))


def _row(line, text, label=b"5"):
    return row.Row(line, {"text": text, "label": label})


def _fields(raw: bytes) -> Iterator[object]:
    """Reads a good row again: the first two fields of the one record."""
    parsed = csv.reader(io.StringIO(raw.decode("latin-1"), newline=""), strict=True)
    [record] = [fields for fields in parsed if len(fields) > 1]
    return (field.encode("latin-1") for field in record[:2])


_TEN_MEGABYTES = b"x" * 10_000_000

# What follows the header, and exactly what is read of it.
_CONTENTS = {
    "plain": (b"fine,5\n", [_row(2, b"fine")]),
    "no last line end": (b"fine,5", [_row(2, b"fine")]),
    "CRLF": (b"fine,5\r\nbad,1\r\n", [_row(2, b"fine"), _row(3, b"bad", b"1")]),
    "CR": (b"fine,5\rbad,1\r", [_row(2, b"fine"), _row(3, b"bad", b"1")]),
    "line ends mixed": (
        b"a,1\r\nb,2\rc,3\n",
        [_row(2, b"a", b"1"), _row(3, b"b", b"2"), _row(4, b"c", b"3")],
    ),
    "quoted": (b'"a, ""b""",5\n', [_row(2, b'a, "b"')]),
    "quoted line ends": (
        b'"a\nb\r\nc\rd",5\nx,1\n',
        [_row(2, b"a\nb\r\nc\rd"), _row(6, b"x", b"1")],
    ),
    "signs that only Unicode breaks lines at": (
        "a\x0bb\x0cc\x85d\u2028e,5\n".encode(),
        [_row(2, "a\x0bb\x0cc\x85d\u2028e".encode())],
    ),
    "blank lines": (b"\n\r\nfine,5\n  \t\n\n", [_row(4, b"fine")]),
    "NA is text": (b"NA,null\n", [_row(2, b"NA", b"null")]),
    "spaces stay": (b" a , 5.0\n", [_row(2, b" a ", b" 5.0")]),
    "emoji, right to left": (
        "naïve 🎬 שלום\u200f,😀\n".encode(),
        [_row(2, "naïve 🎬 שלום\u200f".encode(), "😀".encode())],
    ),
    "a quote within a field": (b'5" screen,5\n', [_row(2, b'5" screen')]),
    "a field of 10 MB": (_TEN_MEGABYTES + b",5\nx,5\n", [_row(2, _TEN_MEGABYTES), _row(3, b"x")]),
    "a quoted field of 10 MB": (b'"' + _TEN_MEGABYTES + b'",5\n', [_row(2, _TEN_MEGABYTES)]),
    "too few fields": (
        b"fine,5\nshort\nfine,5\n",
        [
            _row(2, b"fine"),
            row.BadRow(3, "must have 2 fields, as the header has. Received: 1", b"short\n"),
            _row(4, b"fine"),
        ],
    ),
    "too many fields": (
        b"fine,5,more\n",
        [row.BadRow(2, "must have 2 fields, as the header has. Received: 3", b"fine,5,more\n")],
    ),
    "too many fields on several lines": (
        b'"a\nb",5,more\r\nx,5\n',
        [
            row.BadRow(
                2, "must have 2 fields, as the header has. Received: 3", b'"a\nb",5,more\r\n'
            ),
            _row(4, b"x"),
        ],
    ),
    "no text": (b",5\n", [row.BadRow(2, "`review` must not be empty. Received: ''", b",5\n")]),
    "no text in quotes": (
        b'"",5\n',
        [row.BadRow(2, "`review` must not be empty. Received: ''", b'"",5\n')],
    ),
    "no label": (
        b"fine, \t \n",
        [row.BadRow(2, "`stars` must not be empty. Received: ' \\t '", b"fine, \t \n")],
    ),
    "nothing but Unicode's white space": (
        "\u3000\u00a0,5\n".encode(),
        [
            row.BadRow(
                2,
                "`review` must not be empty. Received: '\\u3000\\xa0'",
                b"\xe3\x80\x80\xc2\xa0,5\n",
            )
        ],
    ),
    "Latin-1": (
        b"caf\xe9,5\nfine,5\n",
        [
            row.BadRow(2, "`review` must be UTF-8. Received: the byte 0xe9 at 3", b"caf\xe9,5\n"),
            _row(3, b"fine"),
        ],
    ),
    "half a character": (
        b"\xf0\x9f\x8e,5\n",
        [
            row.BadRow(
                2, "`review` must be UTF-8. Received: the byte 0xf0 at 0", b"\xf0\x9f\x8e,5\n"
            )
        ],
    ),
    "a surrogate": (
        b"\xed\xa0\x80,5\n",
        [
            row.BadRow(
                2, "`review` must be UTF-8. Received: the byte 0xed at 0", b"\xed\xa0\x80,5\n"
            )
        ],
    ),
    "a NUL byte": (
        b"a\0b,5\nx,5\n",
        [
            row.BadRow(2, "must not hold a NUL byte. Received: one at 1", b"a\0b,5\n"),
            _row(3, b"x"),
        ],
    ),
    "a NUL byte in a quoted field": (
        b'"a\nb\0c",5\nx,5\n',
        [
            row.BadRow(
                2, "must not hold a NUL byte. Received: one at 1 of its line 2", b'"a\nb\0c",5\n'
            ),
            _row(4, b"x"),
        ],
    ),
    "text after a closing quote": (
        b'"a"b,5\nx,5\n',
        [
            row.BadRow(2, f"must be CSV. Received: '\"a\"b,5\\n' ({_EAT})", b'"a"b,5\n'),
            _row(3, b"x"),
        ],
    ),
    "a quote that is open to the end": (
        b'"open,5\nx,5\ny,5\n',
        [
            row.BadRow(
                2,
                "must close its quote. Received: '\"open,5\\n', open to the end of the file",
                b'"open,5\n',
            ),
            _row(3, b"x"),
            _row(4, b"y"),
        ],
    ),
    "a lone quote before the next that is right": (
        b'"open,5\nx,5\n"y, z",5\n',
        [
            row.BadRow(
                2,
                f"must close its quote. Received: '\"open,5\\n', open to line 4 ({_EAT})",
                b'"open,5\n',
            ),
            _row(3, b"x"),
            _row(4, b"y, z"),
        ],
    ),
    "a lone quote, then a record of several lines": (
        b'"open,5\nx,5\n"y\n\nz",5\nw,5\n',
        [
            row.BadRow(
                2,
                f"must close its quote. Received: '\"open,5\\n', open to line 4 ({_EAT})",
                b'"open,5\n',
            ),
            _row(3, b"x"),
            _row(4, b"y\n\nz"),
            _row(7, b"w"),
        ],
    ),
    "a quote and nothing else": (
        b'"',
        [row.BadRow(2, "must close its quote. Received: '\"', open to the end of the file", b'"')],
    ),
    "other rules behind a lone quote": (
        b'"open,5\nshort\n\nx,\n\0,5\ny,5\n',
        [
            row.BadRow(
                2,
                "must close its quote. Received: '\"open,5\\n', open to the end of the file",
                b'"open,5\n',
            ),
            row.BadRow(3, "must have 2 fields, as the header has. Received: 1", b"short\n"),
            row.BadRow(5, "`stars` must not be empty. Received: ''", b"x,\n"),
            row.BadRow(6, "must not hold a NUL byte. Received: one at 0", b"\0,5\n"),
            _row(7, b"y"),
        ],
    ),
    "a long value in the reason": (
        b'"' + b"x" * 100 + b"\n",
        [
            row.BadRow(
                2,
                f"must close its quote. Received: '\"{'x' * 59}'..., open to the end of the file",
                b'"' + b"x" * 100 + b"\n",
            )
        ],
    ),
}


@pytest.mark.parametrize(("content", "read"), _CONTENTS.values(), ids=_CONTENTS)
def test_reads_exactly(content, read, account):
    assert _read(_HEADER + content) == read
    account(_HEADER + content, read, 2, _fields)


def test_a_line_that_is_too_long_keeps_its_beginning(monkeypatch):
    monkeypatch.setattr(row, "MAX_RECORD_BYTES", 64)
    long = b"x" * 200 + b",5\r\n"
    [first, bad, last] = _read(_HEADER + b"a,5\n" + long + b"b,5\n")
    assert (first, last) == (_row(2, b"a"), _row(4, b"b"))
    assert bad.line == 3
    kept = re.fullmatch(
        r"must be at most 64 bytes long\. Received: 204 bytes; the first (\d+) are kept", bad.reason
    )
    assert kept
    assert len(bad.raw) == int(kept[1]) >= 64
    assert long.startswith(bad.raw)


def test_a_record_of_lines_that_is_too_long_costs_its_first(monkeypatch):
    monkeypatch.setattr(row, "MAX_RECORD_BYTES", 64)
    content = b'"open\n' + b"a,5\n" * 30 + b'"b",5\n' + b'"' + b"x" * 70 + b"\ny,5\n"
    read = _read(_HEADER + content)
    limits = "64 bytes or 1,048,576 lines"
    reason = f"must close its quote. Received: '\"open\\n', open for more than {limits}"
    assert read[0] == row.BadRow(2, reason, b'"open\n')
    assert read[1:32] == [*(_row(line, b"a") for line in range(3, 33)), _row(33, b"b")]
    assert [type(each) for each in read[32:]] == [row.BadRow, row.Row]
    assert read[33] == _row(35, b"y")


def test_a_record_may_be_as_long_as_the_limit(monkeypatch):
    monkeypatch.setattr(row, "MAX_RECORD_BYTES", 64)
    for lines in (b'"' + b"x" * 60 + b'",5'[:2], b'"' + b"x\n" * 29 + b'x",5\n'):
        padded = lines if lines.endswith(b"\n") else lines + b"5"
        assert len(padded) == 64
        assert [type(each) for each in _read(_HEADER + padded)] == [row.Row]
        longer = padded.replace(b"x", b"xx", 1)
        assert {type(each) for each in _read(_HEADER + longer)} >= {row.BadRow}


def test_a_record_of_too_many_lines_costs_its_first(monkeypatch):
    monkeypatch.setattr(row, "MAX_RECORD_LINES", 4)
    assert _read(_HEADER + b'"a\n\n\nb",5\n') == [_row(2, b"a\n\n\nb")]
    [bad, *rest] = _read(_HEADER + b'"a\n\n\n\nb",5\n"c\n\n\nd",5\n')
    limits = "33,554,432 bytes or 4 lines"
    reason = f"must close its quote. Received: '\"a\\n', open for more than {limits}"
    assert bad == row.BadRow(2, reason, b'"a\n')
    assert rest == [_row(6, b'b"'), _row(7, b"c\n\n\nd")]


_TEXT_WITHOUT_NUL = strategies.text(
    strategies.characters(blacklist_categories=("Cs",), blacklist_characters="\0")
)


@hypothesis.given(
    rows=strategies.lists(strategies.tuples(_TEXT_WITHOUT_NUL, _TEXT_WITHOUT_NUL)),
    # Before Python 3.13 the writer does not quote a CR that is in no line end.
    style=strategies.sampled_from([("\n", csv.QUOTE_ALL), ("\r\n", csv.QUOTE_MINIMAL)]),
)
def test_any_text_survives_byte_for_byte(rows, style):
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator=style[0], quoting=style[1])
    writer.writerows([_NAMES, *rows])
    read = _read(table.getvalue().encode())
    good = [each for each in read if isinstance(each, row.Row)]
    assert [tuple(each.values.values()) for each in good] == [
        (text.encode(), label.encode()) for text, label in rows if text.strip() and label.strip()
    ]
    assert len(read) == len(rows)
    assert {each.reason.split(".")[0] for each in read if isinstance(each, row.BadRow)} <= {
        "`review` must not be empty",
        "`stars` must not be empty",
    }


@hypothesis.given(
    content=strategies.binary(max_size=200)
    | strategies.lists(
        strategies.sampled_from(
            [b'"', b",", b"\n", b"\r", b"x", b"\xe9", b"\0", b" ", b"\xef\xbb\xbf"]
        )
    ).map(b"".join)
)
def test_all_bytes_are_accounted_for(content, account):
    try:
        read = _read(content, header=_NAMES)
    except errors.DataError:
        return
    account(content, read, 1, _fields)
