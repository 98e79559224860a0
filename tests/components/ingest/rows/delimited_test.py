"""Headers and fields, as csv files have them; what tsv files do otherwise is in tsv_rows_test."""

import io

import pytest

from components.ingest import columns, settings
from components.ingest.rows import csv_rows, row
from schemas import errors

_COLUMNS = columns.Columns({"text": columns.Column("review"), "label": columns.Column("stars")})
_NUMBERS = columns.Columns(
    {"text": columns.Column("review"), "label": columns.Column("stars", "number")}
)
_NAMES = ("review", "stars")
_HEADER = b"review,stars\n"
_EAT = "',' expected after '\"'"


def _read(content: bytes, wanted: columns.Columns = _COLUMNS, **dialect: object):
    stream = io.BytesIO(content)
    return list(csv_rows.read(stream, "/data/reviews.csv", wanted, settings.Dialect(**dialect)))


def _row(line, text, label=b"5"):
    return row.Row(line, {"text": text, "label": label})


_NUMBERS_READ = {
    b"5": 5.0,
    b" -1.5e3 ": -1500.0,
    b"+.5": 0.5,
    b"007": 7.0,
    b"3.4028234663852886e38": 3.4028234663852886e38,
    b"n/a": "`stars` must be a number. Received: 'n/a'",
    b"1_000": "`stars` must be a number. Received: '1_000'",
    b'"1,000"': "`stars` must be a number. Received: '1,000'",
    b"0x10": "`stars` must be a number. Received: '0x10'",
    "٣".encode(): "`stars` must be a number. Received: '٣'",
    b"NaN": "`stars` must be a finite number of 32 bits at most. Received: 'NaN'",
    b"-inf": "`stars` must be a finite number of 32 bits at most. Received: '-inf'",
    b"1e39": "`stars` must be a finite number of 32 bits at most. Received: '1e39'",
    b" ": "`stars` must not be empty. Received: ' '",
    b"\xe9": "`stars` must be UTF-8. Received: the byte 0xe9 at 0",
}


@pytest.mark.parametrize(("field", "read"), _NUMBERS_READ.items(), ids=map(repr, _NUMBERS_READ))
def test_reads_a_number_or_says_why_it_is_none(field, read):
    line = b"fine," + field + b"\n"
    expected = row.BadRow(2, read, line) if isinstance(read, str) else _row(2, b"fine", read)
    assert _read(_HEADER + line, _NUMBERS) == [expected]


@pytest.mark.parametrize(
    ("content", "dialect", "read"),
    [
        (b"\xef\xbb\xbfreview,stars\nfine,5\n", {}, [_row(2, b"fine")]),
        (b'\xef\xbb\xbf"review",stars\nfine,5\n', {}, [_row(2, b"fine")]),
        (b"\n \nreview,stars\nfine,5\n", {}, [_row(4, b"fine")]),
        (b"review,stars\r\n", {}, []),
        (b'id,"more\nlines",stars,review\n1,2,5,fine\n', {}, [_row(3, b"fine")]),
        (b"id,id,stars,review\n1,2,5,fine\n", {}, [_row(2, b"fine")]),
        (b"review;stars\na,b;5\n", {"delimiter": ";"}, [_row(2, b"a,b")]),
        (b'review\tstars\n"a\tb"\t5\n', {"delimiter": "\t"}, [_row(2, b"a\tb")]),
        (b"fine,5\n", {"header": _NAMES}, [_row(1, b"fine")]),
        (b"\xef\xbb\xbffine,5\n", {"header": _NAMES}, [_row(1, b"fine")]),
        (b"review,stars\n", {"header": _NAMES}, [_row(1, b"review", b"stars")]),
        (b"x\xe9,fine,5\n", {"header": ("id", *_NAMES)}, [_row(1, b"fine")]),
        (b"", {"header": _NAMES}, []),
        (
            b"fine\n",
            {"header": _NAMES},
            [row.BadRow(1, "must have 2 fields, as the header has. Received: 1", b"fine\n")],
        ),
    ],
)
def test_knows_what_the_columns_are(content, dialect, read):
    assert _read(content, **dialect) == read


def test_a_table_of_one_column_tells_blank_lines_from_blank_fields():
    wanted = columns.Columns({"text": columns.Column("review")})
    assert _read(b'review\n\n \nfine\n""\n', wanted) == [
        row.Row(4, {"text": b"fine"}),
        row.BadRow(5, "`review` must not be empty. Received: ''", b'""\n'),
    ]


_TEXT = "reviews.csv: must be text in UTF-8. Received: "
_REFUSED = {
    b"": "reviews.csv: must have a header and rows. Received: no text",
    b"\xef\xbb\xbf": "reviews.csv: must have a header and rows. Received: no text",
    b" \n\r\n": "reviews.csv: must have a header and rows. Received: no text",
    b"text,stars\na,5\n": "reviews.csv: must have the column 'review'. Received: 'text', 'stars'",
    b"fine,5\nbad,1\n": "reviews.csv: must have the column 'review'. Received: 'fine', '5'",
    b"review;stars\na;5\n": "reviews.csv: must have the column 'review'. Received: 'review;stars'",
    b"review,stars,review\na,5,b\n": (
        "reviews.csv: must have the column 'review' once. "
        "Received: it 2 times in 'review', 'stars', 'review'"
    ),
    b"review,st\xe9rs\n": (
        "reviews.csv: column 2 of the header must be UTF-8. Received: the byte 0xe9 at 2"
    ),
    b"rev\0iew,stars\na,5\n": (
        "reviews.csv: the header must not hold a NUL byte. Received: one at 3"
    ),
    b'"review,stars\na,5\n': (
        "reviews.csv: the header must close its quote. "
        "Received: '\"review,stars\\n', open to the end of the file"
    ),
    b'"review"x,stars\na,5\n': (
        f"reviews.csv: the header must be CSV. Received: '\"review\"x,stars\\n' ({_EAT})"
    ),
    b"\x1f\x8b\x08\0": f"{_TEXT}a gzip file, whose name must end in .gz",
    b"PK\x03\x04abc": f"{_TEXT}a zip file or a spreadsheet",
    b"PAR1\x15\x04": f"{_TEXT}a parquet file",
    "review,stars\n".encode("utf-16"): f"{_TEXT}UTF-16 or UTF-32",
    b"\xfe\xff\0r": f"{_TEXT}UTF-16",
    b"\0\0\xfe\xff\0\0\0r": f"{_TEXT}UTF-32",
}


@pytest.mark.parametrize(("content", "message"), _REFUSED.items(), ids=map(repr, _REFUSED))
def test_refuses_a_file_in_one_line(content, message):
    with pytest.raises(errors.DataError) as refused:
        _read(content)
    assert str(refused.value) == message


def test_names_the_first_columns_only():
    header = ",".join(f"c{i}" for i in range(20)).encode()
    with pytest.raises(errors.DataError, match=r"'c11', and 8 more$"):
        _read(header + b"\n")
