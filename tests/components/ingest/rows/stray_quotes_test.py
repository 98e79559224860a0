"""After a stray quote parsing goes on at the next line: plainly, but in linear time."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

import hypothesis
import pytest
from hypothesis import strategies

from components.ingest import columns, settings
from components.ingest.rows import csv_rows, row, stray_quotes

_COLUMNS = columns.Columns({"text": columns.Column("review"), "label": columns.Column("stars")})


def _recover(failed: list[bytes], ahead: Iterable[bytes] = ()):
    return list(stray_quotes.Recovery(failed, iter(ahead), ",", 1))


def _read(content: bytes) -> list[row.Row | row.BadRow]:
    dialect = settings.Dialect(header=("review", "stars"))
    return list(csv_rows.read(io.BytesIO(content), "reviews.csv", _COLUMNS, dialect))


def test_takes_no_more_than_it_needs():
    ahead = iter([b'b",5\n', b"c,5\n"])
    read = list(stray_quotes.Recovery([b'"a\n'], ahead, ",", 1))
    assert read == [([b'"a\n', b'b",5\n'], ["a\nb", "5"])]
    assert list(ahead) == [b"c,5\n"]


def test_tells_the_line_to_which_a_quote_is_open():
    read = stray_quotes.Recovery([b'"a\n', b"b\n"], iter([b'"c\n', b'"d\n']), ",", 100)
    reason = "must close its quote. Received: '\"{}\\n', open to "
    at = "line {} (',' expected after '\"')"
    assert [fields for _, fields in read] == [
        reason.format("a") + at.format(102),
        ["b"],
        reason.format("c") + at.format(103),
        reason.format("d") + "the end of the file",
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"a\0b\n", "must not hold a NUL byte. Received: one at 1"),
        (b'"a"b\0\n', "must be CSV. Received: '\"a\"b\\x00\\n' (',' expected after '\"')"),
    ],
)
def test_a_nul_byte_is_told_alike_by_all_versions_of_the_parser(line, reason):
    assert _recover([line]) == [([line], reason)]


_OPENS_ANEW = b'",x","z\n'  # within a quote it closes that and opens another


@pytest.mark.parametrize(
    "content",
    [
        b'"\n' * 2000,
        b'"a,5\n' * 2000,
        b'""",x\n' * 2000,
        _OPENS_ANEW * 2000,
        _OPENS_ANEW * 2000 + b"x" * 10_000 + b'"x\n',  # a long line in which all of them fail
    ],
)
@pytest.mark.parametrize("limit", [200, 1 << 20])
def test_reads_each_line_a_few_times_whatever_the_quotes(monkeypatch, content, limit):
    """The plain way would read lines up to 2000 times, or as often as the limit lets it."""
    parsed = 0
    reader = csv.reader

    def counting(texts: Iterable[str], **dialect: object) -> Iterator[list[str]]:
        def counted() -> Iterator[str]:
            nonlocal parsed
            for text in texts:
                parsed += len(text)
                yield text

        return reader(counted(), **dialect)

    monkeypatch.setattr(stray_quotes.csv, "reader", counting)
    monkeypatch.setattr(row, "MAX_RECORD_BYTES", limit)
    assert 1000 <= len(_read(content)) <= 2001
    assert parsed < 6 * len(content)


def _plainly(content: bytes) -> list[tuple[int, object]]:
    """Reads records the plain way, which takes quadratic time: from each failed line on anew."""
    lines = re.findall(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+", content)
    read: list[tuple[int, object]] = []
    start = 0
    while start < len(lines):
        taken: list[bytes] = []
        fields = _record(lines[start:], taken)
        if fields is None or len(fields) != 2 or any(b"\0" in line for line in taken):
            taken = taken[:1] if fields is None else taken
            if b"".join(taken).strip() or (fields is not None and len(fields) > 1):
                read.append((start + 1, b"".join(taken)))
        elif not all(field.strip() for field in fields):
            read.append((start + 1, b"".join(taken)))
        else:
            read.append((start + 1, fields))
        start += len(taken)
    return read


def _record(lines: list[bytes], taken: list[bytes]) -> list[str] | None:
    def fed() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            if sum(map(len, taken)) > row.MAX_RECORD_BYTES or len(taken) > row.MAX_RECORD_LINES:
                raise csv.Error
            yield line.decode().replace("\0", "0")

    try:
        return next(csv.reader(fed(), strict=True))
    except csv.Error:
        return None


_PIECES = ['"', ",", "x", "\n", "\r", "\0", " ", _OPENS_ANEW.decode(), '""', '"a\n', "x,5\n"]


@pytest.mark.parametrize(("limit", "max_lines"), [(4, 9), (12, 9), (30, 9), (1000, 9), (1000, 3)])
@hypothesis.given(strategies.lists(strategies.sampled_from(_PIECES)).map("".join))
@hypothesis.example('"a\nxxxxxxx\nxxxxxxx\n"b\nccccccccc",5\n')
@hypothesis.example(',5\n"a\n"b\nc",5\n"d\ne\n\nf",5\n')
def test_stray_quotes_cost_what_they_cost_the_plain_way(limit, max_lines, content):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(row, "MAX_RECORD_BYTES", limit)
        patched.setattr(row, "MAX_RECORD_LINES", max_lines)
        read = _read(content.encode())
        plain = _plainly(content.encode())
    # Of a line that is longer than the limit, the beginning is kept.
    assert [
        (each.line, each.raw[:limit])
        if isinstance(each, row.BadRow)
        else (each.line, [value.decode() for value in each.values.values()])
        for each in read
    ] == [(line, what[:limit] if isinstance(what, bytes) else what) for line, what in plain]
