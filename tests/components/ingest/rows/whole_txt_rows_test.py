"""A whole file is a text, byte for byte."""

import io

import hypothesis
import pytest
from hypothesis import strategies

from components.ingest import columns, settings
from components.ingest.rows import lines, row, whole_txt_rows
from schemas import errors

_COLUMN = columns.Columns({"text": columns.Column("whatever")})


def _read(content: bytes, wanted: columns.Columns = _COLUMN):
    stream = io.BytesIO(content)
    return list(whole_txt_rows.read(stream, "/data/play.txt", wanted, settings.Dialect()))


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (b"a\r\nb\rc\n\n", [row.Row(1, {"text": b"a\r\nb\rc\n\n"})]),
        (b"\xef\xbb\xbf\n\xef\xbb\xbf", [row.Row(1, {"text": b"\n\xef\xbb\xbf"})]),
        (b"", []),
        (b"\xef\xbb\xbf", []),
        (b" \n", [row.BadRow(1, "`whatever` must not be empty. Received: ' \\n'", b" \n")]),
        (
            b"a\nb\xe9",
            [row.BadRow(1, "`whatever` must be UTF-8. Received: the byte 0xe9 at 3", b"a\nb\xe9")],
        ),
        (b"a\n\0", [row.BadRow(1, "must not hold a NUL byte. Received: one at 2", b"a\n\0")]),
    ],
)
def test_reads_exactly(content, read):
    assert _read(content) == read


@pytest.mark.parametrize("block_bytes", [1, 100])
def test_a_file_may_be_as_long_as_the_limit(monkeypatch, block_bytes):
    monkeypatch.setattr(row, "MAX_RECORD_BYTES", 20)
    monkeypatch.setattr(lines, "BLOCK_BYTES", block_bytes)
    monkeypatch.setattr(lines, "KEPT_BYTES", 4)
    assert _read(b"abcd" * 5) == [row.Row(1, {"text": b"abcd" * 5})]
    reason = "must be at most 20 bytes long. Received: {} bytes; the first 4 are kept"
    assert _read(b"abcd" * 5 + b"e") == [row.BadRow(1, reason.format(21), b"abcd")]
    assert _read(b"abcd" * 25) == [row.BadRow(1, reason.format(100), b"abcd")]


def test_refuses_what_is_no_text_and_more_columns_than_one():
    with pytest.raises(errors.DataError, match=r"^play.txt: must be text in UTF-8. Received: a "):
        _read(b"\x1f\x8b\x08")
    two = columns.Columns({"text": columns.Column("a"), "label": columns.Column("b")})
    with pytest.raises(errors.DataError, match=r"^play.txt: plain text must be read as one column"):
        _read(b"a", two)


@hypothesis.given(
    strategies.text(
        strategies.characters(blacklist_categories=("Cs",), blacklist_characters="\0\ufeff")
    ).filter(str.strip)
)
def test_any_text_survives_byte_for_byte(text):
    assert _read(text.encode()) == [row.Row(1, {"text": text.encode()})]
