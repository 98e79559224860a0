"""After a stray quote parsing goes on at the next line, at a cost that grows with the file only.

That it gives what the plain way gives is shown in csv_rows_test.
"""

import csv
from collections.abc import Iterable, Iterator

import pytest

from components.ingest.rows import row, stray_quotes

_TO_THE_END = "open to the end of the file"


def _recover(failed: list[bytes], ahead: Iterable[bytes] = ()):
    return list(stray_quotes.Recovery(failed, iter(ahead), ",", 1))


def test_takes_no_more_than_it_needs():
    ahead = iter([b'b",5\n', b"c,5\n"])
    read = list(stray_quotes.Recovery([b'"a\n'], ahead, ",", 1))
    assert read == [([b'"a\n', b'b",5\n'], ["a\nb", "5"])]
    assert list(ahead) == [b"c,5\n"]


def test_tells_the_line_to_which_a_quote_is_open():
    read = stray_quotes.Recovery([b'"a\n', b"b\n"], iter([b'"c\n']), ",", 100)
    [(_, first), (_, second), (_, third)] = read
    assert first == (
        "must close its quote. Received: '\"a\\n', open to line 102 (',' expected after '\"')"
    )
    assert second == ["b"]
    assert third == f"must close its quote. Received: '\"c\\n', {_TO_THE_END}"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"a\0b\n", "must not hold a NUL byte. Received: one at 1"),
        (b'"a"b\0\n', "must be CSV. Received: '\"a\"b\\x00\\n' (',' expected after '\"')"),
    ],
)
def test_a_nul_byte_is_told_alike_by_all_versions_of_the_parser(line, reason):
    assert _recover([line]) == [([line], reason)]


@pytest.mark.parametrize(
    "line",
    [
        b'"\n',
        b'"a,5\n',
        b'""",x\n',
        b'",x","z\n',  # within a quote it closes the quote and opens another
    ],
)
@pytest.mark.parametrize("limit", [200, 1 << 20])
def test_reads_each_line_a_few_times_whatever_the_quotes(monkeypatch, line, limit):
    """The plain way would read the lines 2000 times each, or as often as the limit lets it."""
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
    lines = [line] * 2000
    read = _recover(lines)
    assert b"".join(b"".join(raw) for raw, _ in read) == b"".join(lines)
    assert parsed < 5 * len(b"".join(lines))
