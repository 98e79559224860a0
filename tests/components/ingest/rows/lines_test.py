"""Lines come out whole wherever blocks end, and long ones do not fill the memory."""

import io
import re

import hypothesis
import pytest
from hypothesis import strategies

from components.ingest.rows import lines, row
from schemas import errors


def _read(content: bytes) -> list[lines.Line]:
    return list(lines.read(io.BytesIO(content), "/data/reviews.csv"))


def _split(content: bytes) -> list[bytes]:
    return re.findall(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+", content)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"a", [b"a"]),
        (b"a\nb\r\nc\rd", [b"a\n", b"b\r\n", b"c\r", b"d"]),
        (b"\n\n\r\r\n\r", [b"\n", b"\n", b"\r", b"\r\n", b"\r"]),
        (b"a\x0b\x0c\x1c\x85\xe2\x80\xa8b\n", [b"a\x0b\x0c\x1c\x85\xe2\x80\xa8b\n"]),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n", [b"a\n", b"\xef\xbb\xbfb\n"]),
        (b"\xef\xbb\xbf", []),
    ],
)
def test_splits_at_line_ends_and_nothing_else(content, expected):
    assert _read(content) == expected


@pytest.mark.parametrize("block_bytes", [1, 2, 3, 7])
@hypothesis.given(content=strategies.text("ab\r\n", max_size=40))
def test_blocks_may_end_anywhere(block_bytes, content):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lines, "BLOCK_BYTES", block_bytes)
        assert _read(content.encode()) == _split(content.encode())


@pytest.mark.parametrize("block_bytes", [1, 3, 1000])
@hypothesis.given(content=strategies.text("ab\r\n", max_size=60))
def test_cuts_what_is_too_long_and_tells_its_length(block_bytes, content):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lines, "BLOCK_BYTES", block_bytes)
        patched.setattr(lines, "KEPT_BYTES", 3)
        patched.setattr(row, "MAX_RECORD_BYTES", 5)
        assert _read(content.encode()) == [
            lines.Cut(line[:3], len(line)) if len(line) > 5 else line
            for line in _split(content.encode())
        ]


def test_memory_stays_bounded_within_a_line_that_never_ends(monkeypatch):
    class Endless(io.RawIOBase):
        """As many bytes as are asked for, 100 MB in all."""

        left, largest = 100_000_000, 0

        def read(self, size: int = -1) -> bytes:
            self.largest = max(self.largest, size)
            size = min(size, self.left)
            self.left -= size
            return b"x" * size

    monkeypatch.setattr(row, "MAX_RECORD_BYTES", 4 << 20)
    stream = Endless()
    assert list(lines.read(stream, "x.txt")) == [lines.Cut(b"x" * (1 << 20), 100_000_000)]
    assert stream.largest <= 4 << 20


def test_says_what_the_file_is_instead_of_text():
    with pytest.raises(errors.DataError) as refused:
        _read(b"PK\x03\x04")
    assert str(refused.value) == (
        "reviews.csv: must be text in UTF-8. Received: a zip file or a spreadsheet"
    )
