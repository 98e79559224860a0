"""Rows come out byte for byte, or the file is refused in one line that names the place."""

import io

import hypothesis
import pytest
from hypothesis import strategies

from components.ingest import columns, csv_rows
from schemas import errors

_COLUMNS = columns.Columns({"text": "review", "label": "stars"})


def _read(content: bytes):
    return list(csv_rows.read(io.BytesIO(content), "/data/reviews.csv", _COLUMNS))


def _rows(*pairs):
    return [{"text": text, "label": label} for text, label in pairs]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"review,stars\nfine,5\n", _rows((b"fine", b"5"))),
        (b"review,stars\nfine,5", _rows((b"fine", b"5"))),
        (b"stars,other,review\n5,x,fine\n", _rows((b"fine", b"5"))),
        (b"review,stars\r\nfine,5\r\n", _rows((b"fine", b"5"))),
        (b"\xef\xbb\xbfreview,stars\nfine,5\n", _rows((b"fine", b"5"))),
        (b'review,stars\n"a, ""b""\nc",5\n', _rows((b'a, "b"\nc', b"5"))),
        (b"review,stars\n\nfine,5\n\n", _rows((b"fine", b"5"))),
        (b"review,stars\nNA,null\n", _rows((b"NA", b"null"))),
        (b"review,stars\nna\xc3\xafve \xf0\x9f\x8e\xac,1\n", _rows(("naïve 🎬".encode(), b"1"))),
        (b"review,stars\n a ,5.0\n", _rows((b" a ", b"5.0"))),
    ],
)
def test_reads(content, rows):
    assert _read(content) == rows


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"review,stars\nfine,5\nshort\n", "row 2 must have 2 fields, .* Received: 1 fields"),
        (b"review,stars\nfine,5,extra\n", "row 1 must have 2 fields, .* Received: 3 fields"),
        (b'review,stars\n"open,5\nfine,5\n', "row 1 must have 2 fields"),
        (b"review,stars\nfine,\n", "row 1: `stars` must not be empty. Received: b''"),
        (b"review,stars\n ,5\n", "row 1: `review` must not be empty. Received: b' '"),
        (b"review,stars\nfine,5\ncaf\xe9,5\n", "row 2: `review` must be UTF-8"),
        (b"review,stars\n", "the file must have rows below its header. Received: 0 rows"),
        (b"", "not a CSV file that can be read: Empty CSV file"),
        (b"text,stars\nfine,5\n", "Column 'review' in include_columns does not exist"),
    ],
)
def test_refuses(content, message):
    with pytest.raises(errors.DataError, match=f"^reviews.csv: {message}") as refused:
        _read(content)
    assert "\n" not in str(refused.value)


def test_a_bad_row_in_a_later_block_is_found(monkeypatch):
    monkeypatch.setattr(csv_rows, "BLOCK_BYTES", 64)
    content = b"review,stars\n" + b"fine,5\n" * 100 + b"short\n" + b"fine,5\n" * 100
    with pytest.raises(errors.DataError, match="row 101 must have 2 fields"):
        _read(content)


@hypothesis.given(
    strategies.text(min_size=1).filter(lambda text: text.strip() and "\0" not in text)
)
def test_any_quoted_text_survives(text):
    quoted = '"' + text.replace('"', '""') + '"'
    [row] = _read(f"review,stars\n{quoted},5\n".encode())
    # pyarrow reads CR LF and a lone CR inside quotes as they stand.
    assert row["text"].decode() == text
