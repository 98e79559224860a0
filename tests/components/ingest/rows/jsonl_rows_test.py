"""Rows of jsonl files: what a value is spelled as is what is read."""

import io
import json
import math

import hypothesis
import pytest
from hypothesis import strategies

from components.ingest import columns, settings
from components.ingest.rows import jsonl_rows, row
from schemas import errors

_TEXT = columns.Columns({"text": columns.Column("review"), "label": columns.Column("stars")})
_NUMBER = columns.Columns(
    {"text": columns.Column("review"), "label": columns.Column("stars", "number")}
)


def _read(content: bytes, wanted: columns.Columns = _TEXT):
    stream = io.BytesIO(content)
    return list(jsonl_rows.read(stream, "/data/reviews.jsonl", wanted, settings.Dialect()))


def _row(line, text, label=b"5"):
    return row.Row(line, {"text": text, "label": label})


def _fields(raw: bytes) -> list[object]:
    # Numbers are as they are spelled.
    parsed = json.loads(raw, parse_int=str, parse_float=str)
    spelled = {True: "true", False: "false"}
    return [
        spelled[value].encode() if isinstance(value, bool) else value.encode()
        for value in (parsed["review"], parsed["stars"])
    ]


def _bad(line, reason, raw):
    return row.BadRow(line, reason, raw)


_FINE = b'{"review": "fine", "stars": 5}\n'
_NOT_JSON = "must be a JSON object. Received: "
_CONTENTS = {
    "plain": (_FINE + _FINE.strip(), [_row(1, b"fine"), _row(2, b"fine")]),
    "other order, more keys, nested ones": (
        b'{"x": [NaN, {"x": {}}], "stars": "5", "y": null, "review": "fine"}\n',
        [_row(1, b"fine")],
    ),
    "CRLF and blank lines": (
        b"\r\n" + _FINE.replace(b"\n", b"\r\n") + b" \t\n",
        [_row(2, b"fine")],
    ),
    "an integer": (b'{"review": "a", "stars": 1}\n', [_row(1, b"a", b"1")]),
    "a float": (b'{"review": "a", "stars": 1.0}\n', [_row(1, b"a", b"1.0")]),
    "a large number": (
        b'{"review": "a", "stars": -12345678901234567890e+999}\n',
        [_row(1, b"a", b"-12345678901234567890e+999")],
    ),
    "a boolean": (
        b'{"review": "a", "stars": true}\n{"review": "a", "stars": false}\n',
        [_row(1, b"a", b"true"), _row(2, b"a", b"false")],
    ),
    "escapes": (
        rb'{"review": "a\nb\u0000\ud83c\udfac\u05d0", "stars": "\u0035"}' + b"\n",
        [_row(1, "a\nb\0🎬א".encode())],
    ),
    "emoji": ('{"review": "🎬\u2028", "stars": "5"}\n'.encode(), [_row(1, "🎬\u2028".encode())]),
    "a duplicate key that is not wanted": (
        b'{"x": 1, "x": 2, "review": "a", "stars": 5}\n',
        [_row(1, b"a")],
    ),
    "no label": (b'{"review": "a"}\n', [_bad(1, "no `stars`", b'{"review": "a"}\n')]),
    "a null": (
        b'{"review": null, "stars": 5}\n' + _FINE,
        [
            _bad(1, "no `review`. Received: null", b'{"review": null, "stars": 5}\n'),
            _row(2, b"fine"),
        ],
    ),
    "a blank": (
        b'{"review": "a", "stars": "\\n"}\n',
        [
            _bad(
                1,
                "`stars` must not be empty. Received: '\\n'",
                b'{"review": "a", "stars": "\\n"}\n',
            )
        ],
    ),
    "a duplicate key": (
        b'{"review": "a", "stars": 5, "review": "b"}\n',
        [
            _bad(
                1,
                "must have `review` once. Received: it 2 times",
                b'{"review": "a", "stars": 5, "review": "b"}\n',
            )
        ],
    ),
    "an array": (
        b'{"review": ["a"], "stars": 5}\n',
        [
            _bad(
                1,
                "`review` must be a string, a number or a boolean. Received: an array",
                b'{"review": ["a"], "stars": 5}\n',
            )
        ],
    ),
    "an object": (
        b'{"review": "a", "stars": {}}\n',
        [
            _bad(
                1,
                "`stars` must be a string, a number or a boolean. Received: an object",
                b'{"review": "a", "stars": {}}\n',
            )
        ],
    ),
    "NaN": (
        b'{"review": "a", "stars": NaN}\n',
        [
            _bad(
                1,
                "`stars` must be a string, a number or a boolean. Received: NaN",
                b'{"review": "a", "stars": NaN}\n',
            )
        ],
    ),
    "half a surrogate pair": (
        b'{"review": "a\\ud83c", "stars": 5}\n',
        [
            _bad(
                1,
                "`review` must be Unicode text. Received: half of a surrogate pair, \\ud83c, at 1",
                b'{"review": "a\\ud83c", "stars": 5}\n',
            )
        ],
    ),
    "Latin-1": (
        b'{"review": "caf\xe9", "stars": 5}\n' + _FINE,
        [
            _bad(
                1,
                "the line must be UTF-8. Received: the byte 0xe9 at 15",
                b'{"review": "caf\xe9", "stars": 5}\n',
            ),
            _row(2, b"fine"),
        ],
    ),
    "a NUL byte": (
        b'{"review": "\0", "stars": 5}\n',
        [
            _bad(
                1,
                _NOT_JSON + '\'{"review": "\\x00", "stars": 5}\\n\' '
                "(Invalid control character at at 12)",
                b'{"review": "\0", "stars": 5}\n',
            )
        ],
    ),
    "a cut line": (
        _FINE + b'{"review": "a", "st',
        [
            _row(1, b"fine"),
            _bad(
                2,
                _NOT_JSON + '\'{"review": "a", "st\' (Unterminated string starting at at 16)',
                b'{"review": "a", "st',
            ),
        ],
    ),
    "an object on several lines": (
        b'{"review": "a",\n "stars": 5}\n',
        [
            _bad(
                1,
                _NOT_JSON + '\'{"review": "a",\\n\' '
                "(Expecting property name enclosed in double quotes at 16)",
                b'{"review": "a",\n',
            ),
            _bad(2, _NOT_JSON + "' \"stars\": 5}\\n' (Extra data at 8)", b' "stars": 5}\n'),
        ],
    ),
    "an array on the line": (
        b'["a", 5]\n',
        [_bad(1, _NOT_JSON + "'[\"a\", 5]\\n'", b'["a", 5]\n')],
    ),
    "an array of pairs": (
        b'[["review", "a"], ["stars", "5"]]\n',
        [
            _bad(
                1,
                _NOT_JSON + '\'[["review", "a"], ["stars", "5"]]\\n\'',
                b'[["review", "a"], ["stars", "5"]]\n',
            )
        ],
    ),
    "a number on the line": (b"5\n", [_bad(1, _NOT_JSON + "'5\\n'", b"5\n")]),
    "two objects on the line": (
        b"{} {}\n",
        [_bad(1, _NOT_JSON + "'{} {}\\n' (Extra data at 3)", b"{} {}\n")],
    ),
    "csv": (
        b"fine,5\n",
        [_bad(1, _NOT_JSON + "'fine,5\\n' (Expecting value at 0)", b"fine,5\n")],
    ),
    "too deep": (
        b"[" * 100_000 + b"\n" + _FINE,
        [
            _bad(1, _NOT_JSON + f"'{'[' * 60}'..., nested too deep", b"[" * 100_000 + b"\n"),
            _row(2, b"fine"),
        ],
    ),
}


@pytest.mark.parametrize(("content", "read"), _CONTENTS.values(), ids=_CONTENTS)
def test_reads_exactly(content, read, account):
    assert _read(content) == read
    assert _read(b"\xef\xbb\xbf" + content) == read
    account(content, read, 1, _fields)


_FINITE = "`stars` must be a finite number of 32 bits at most. Received: "


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("5", 5.0),
        ("-1.5e3", -1500.0),
        ('"2.5"', 2.5),
        ('"n/a"', "`stars` must be a number. Received: 'n/a'"),
        ('""', "`stars` must not be empty. Received: ''"),
        ("true", "`stars` must be a number. Received: 'true'"),
        ("1e999", f"{_FINITE}'1e999'"),
        ("Infinity", "`stars` must be a number. Received: Infinity"),
        ("-Infinity", "`stars` must be a number. Received: -Infinity"),
        ("NaN", "`stars` must be a number. Received: NaN"),
        ("[5]", "`stars` must be a number. Received: an array"),
        ("null", "no `stars`. Received: null"),
    ],
)
def test_reads_a_number_or_says_why_it_is_none(value, read):
    line = f'{{"review": "a", "stars": {value}}}\n'.encode()
    expected = row.BadRow(1, read, line) if isinstance(read, str) else _row(1, b"a", read)
    assert _read(line, _NUMBER) == [expected]


def test_a_line_that_is_too_long_keeps_its_beginning(monkeypatch):
    monkeypatch.setattr(row, "MAX_RECORD_BYTES", len(_FINE))
    [bad, good] = _read(b"x" + _FINE + _FINE)
    assert good == _row(2, b"fine")
    assert bad.reason.startswith("must be at most 31 bytes long. Received: 32 bytes; the first ")
    assert (b"x" + _FINE).startswith(bad.raw)


def test_refuses_what_is_no_text():
    with pytest.raises(errors.DataError, match=r"^reviews.jsonl: must be text in UTF-8. Received"):
        _read(_FINE.decode().encode("utf-16"))


@hypothesis.given(
    text=strategies.text(strategies.characters(blacklist_categories=("Cs",))).filter(str.strip),
    ascii_only=strategies.booleans(),
)
def test_any_text_survives_byte_for_byte(text, ascii_only):
    line = json.dumps({"stars": "5", "review": text}, ensure_ascii=ascii_only)
    assert _read(line.encode()) == [_row(1, text.encode())]


@hypothesis.given(strategies.integers() | strategies.floats(allow_nan=False, allow_infinity=False))
def test_any_number_keeps_its_spelling(number):
    [read] = _read(json.dumps({"review": "a", "stars": number}).encode())
    assert read.values["label"] == json.dumps(number).encode()
    assert math.isclose(float(read.values["label"]), number)


@hypothesis.given(
    strategies.binary(max_size=100)
    | strategies.lists(
        strategies.sampled_from(
            [b'{"review":', b'"stars":', b'"a"', b",", b"}", b"\n", b"\r", b"5", b"\xe9", b"\0"]
        )
    ).map(b"".join)
)
def test_all_bytes_are_accounted_for(account, content):
    try:
        read = _read(content)
    except errors.DataError:
        return
    account(content, read, 1, _fields)
