"""The physical lines of a file as bytes, in memory that stays flat whatever the file holds.

A line ends with LF, CR LF or a lone CR, and keeps its end. `bytes.splitlines` splits at exactly
those, where `str.splitlines` would split at ten more.
"""

import dataclasses
import typing
from collections.abc import Iterator

from components.ingest.rows import row as row_lib
from schemas import errors

BLOCK_BYTES = 1 << 20
KEPT_BYTES = 1 << 20  # of a line that is too long
BOM = b"\xef\xbb\xbf"

# How files begin that are no text. (A NUL byte alone proves nothing: it costs one row.)
_NO_TEXT = {
    b"\x1f\x8b": "a gzip file, whose name must end in .gz",
    b"PK\x03\x04": "a zip file or a spreadsheet",
    b"PAR1": "a parquet file",
    b"\xff\xfe": "UTF-16 or UTF-32",
    b"\xfe\xff": "UTF-16",
    b"\x00\x00\xfe\xff": "UTF-32",
}


@dataclasses.dataclass(frozen=True)
class Cut:
    """A line, or a text, longer than `row.MAX_RECORD_BYTES`, which is not kept in memory.

    Attributes:
        head: Its first bytes, `KEPT_BYTES` of them.
        length: How long it is, in bytes.
    """

    head: bytes
    length: int

    @property
    def reason(self) -> str:
        """The rule that it breaks, and how it is cut."""
        return (
            f"must be at most {row_lib.MAX_RECORD_BYTES:,} bytes long. "
            f"Received: {self.length:,} bytes; the first {len(self.head):,} are kept"
        )


Line = bytes | Cut


def read(stream: typing.BinaryIO, path: str) -> Iterator[Line]:
    """Yields the lines of a file, without the byte-order mark that it may begin with.

    Args:
        stream: The file, opened for reading.
        path: Its name, for messages.

    Raises:
        DataError: If the file begins as no text does.
    """
    rest, head, dropped = b"", b"", 0
    block = read_begin(stream, path)
    while block:
        whole = (rest + block).splitlines(keepends=True)
        rest = whole.pop()  # may go on, or be a CR whose LF is yet to come
        if whole:
            # Only the first can be longer than a block.
            yield _line(whole[0], head, dropped)
            yield from whole[1:]
            dropped = 0
        if dropped or len(rest) > row_lib.MAX_RECORD_BYTES:
            head = head if dropped else rest[:KEPT_BYTES]
            dropped, rest = dropped + len(rest) - 1, rest[-1:]  # the last may be that CR
        # As much again as there is, so that a long line is not copied once a block.
        block = stream.read(max(_block_bytes(), len(rest)))
    if rest:
        yield _line(rest, head, dropped)


def _line(last: bytes, head: bytes, dropped: int) -> Line:
    if dropped:
        return Cut(head, dropped + len(last))
    if len(last) > row_lib.MAX_RECORD_BYTES:
        return Cut(last[:KEPT_BYTES], len(last))
    return last


def read_begin(stream: typing.BinaryIO, path: str) -> bytes:
    """Reads the first block of a text, without the byte-order mark that it may begin with.

    Args:
        stream: The file, opened for reading.
        path: Its name, for messages.

    Raises:
        DataError: If the file begins as no text does.
    """
    block = stream.read(max(_block_bytes(), len(BOM) + 1))
    for magic, what in _NO_TEXT.items():
        if block.startswith(magic):
            raise errors.DataError(
                f"{row_lib.name_of(path)}: must be text in UTF-8. Received: {what}"
            )
    return block.removeprefix(BOM)


def _block_bytes() -> int:
    return min(BLOCK_BYTES, row_lib.MAX_RECORD_BYTES)
