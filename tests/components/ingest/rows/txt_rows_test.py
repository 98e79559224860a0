"""Rows of plain text: a line is a text, whatever is in it."""

import io

import hypothesis
import pytest
from hypothesis import strategies

from components.ingest import columns, settings
from components.ingest.rows import row, txt_rows
from schemas import errors

_COLUMN = columns.Columns({"text": columns.Column("whatever")})


def _read(content: bytes, wanted: columns.Columns = _COLUMN):
    stream = io.BytesIO(content)
    return list(txt_rows.read(stream, "/data/songs.txt", wanted, settings.Dialect()))


def _row(line, text):
    return row.Row(line, {"text": text})


def _texts(raw: bytes) -> list[bytes]:
    return [line for line in raw.replace(b"\r", b"\n").split(b"\n") if line.strip()]


_CONTENTS = {
    "lines": (b"a\nb\r\nc\rd", [_row(1, b"a"), _row(2, b"b"), _row(3, b"c"), _row(4, b"d")]),
    "blank lines are none": (b"\na\n \t\r\n\nb\n\n", [_row(2, b"a"), _row(5, b"b")]),
    "spaces stay": (b"  a \t\n", [_row(1, b"  a \t")]),
    "quotes and commas are text": (b'"a, b\nc"\n', [_row(1, b'"a, b'), _row(2, b'c"')]),
    "emoji, right to left": ("🎬 שלום\u2028\n".encode(), [_row(1, "🎬 שלום\u2028".encode())]),
    "nothing": (b"", []),
    "Latin-1": (
        b"a\ncaf\xe9\r\nb\n",
        [
            _row(1, b"a"),
            row.BadRow(2, "`whatever` must be UTF-8. Received: the byte 0xe9 at 3", b"caf\xe9\r\n"),
            _row(3, b"b"),
        ],
    ),
    "a NUL byte": (
        b"a\0\nb\n",
        [row.BadRow(1, "must not hold a NUL byte. Received: one at 1", b"a\0\n"), _row(2, b"b")],
    ),
    "nothing but Unicode's white space": (
        "\u3000\n".encode(),
        [row.BadRow(1, "`whatever` must not be empty. Received: '\\u3000'", b"\xe3\x80\x80\n")],
    ),
}


@pytest.mark.parametrize(("content", "read"), _CONTENTS.values(), ids=_CONTENTS)
def test_reads_exactly(content, read, account):
    assert _read(content) == read
    assert _read(b"\xef\xbb\xbf" + content) == read
    account(content, read, 1, _texts)


def test_a_line_that_is_too_long_keeps_its_beginning(monkeypatch):
    monkeypatch.setattr(row, "MAX_RECORD_BYTES", 8)
    [bad, good] = _read(b"x" * 20 + b"\nfine\n")
    assert good == _row(2, b"fine")
    assert bad.reason.startswith("must be at most 8 bytes long. Received: 21 bytes; the first ")
    assert (b"x" * 20 + b"\n").startswith(bad.raw)


def test_a_line_can_be_a_number():
    wanted = columns.Columns({"label": columns.Column("stars", "number")})
    assert _read(b"5\nfive\n", wanted) == [
        row.Row(1, {"label": 5.0}),
        row.BadRow(2, "`stars` must be a number. Received: 'five'", b"five\n"),
    ]


def test_refuses_more_columns_than_one():
    with pytest.raises(errors.DataError) as refused:
        _read(b"a\n", columns.Columns({"text": columns.Column("a"), "label": columns.Column("b")}))
    assert str(refused.value) == (
        "songs.txt: plain text must be read as one column. Received: `a`, `b`"
    )


@hypothesis.given(
    strategies.text(
        strategies.characters(blacklist_categories=("Cs",), blacklist_characters="\r\n\0")
    ).filter(str.strip)
)
def test_any_text_survives_byte_for_byte(text):
    assert _read(f"{text}\n".encode()) == [_row(1, text.encode())]


@hypothesis.given(strategies.binary(max_size=100))
def test_all_bytes_are_accounted_for(account, content):
    try:
        read = _read(content)
    except errors.DataError:
        return
    account(content, read, 1, _texts)
