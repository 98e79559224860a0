"""Goes on after a quote that does not close as it should: it costs its line, not what follows.

Where a record cannot be parsed, only the first of its lines is given up, and parsing starts again
at the next. Done plainly, a hostile file in which each line opens a quote anew would be read again
from each of its lines, in quadratic time. But within a quote a line is read the same way wherever
the quote was opened. So each line is parsed within a quote at most once, however many records run
through it: those that are known not to leave the quote are skipped by the records that begin later.
What comes out is what the plain way gives.
"""

import collections
import csv
import typing
from collections.abc import Iterable, Iterator, Sequence

from components.ingest.rows import lines as lines_lib
from components.ingest.rows import row as row_lib

# Raw lines of a record, and its fields or why it has none.
Parsed = tuple[Sequence[bytes], list[str] | str]

# Python's csv refuses a NUL byte until 3.10 and takes it from 3.11 on. Both are given this sign
# instead, which no byte is in Latin-1.
_NUL = "\u0100"
_CLOSES = ""


def latin_1(line: bytes) -> str:
    """Reads bytes as text of as many characters, for the parser; NUL bytes as another sign."""
    return line.decode("latin-1").replace("\0", _NUL)


def nul_reason(raw: Sequence[bytes]) -> str | None:
    """Says why a record with a NUL byte is none; None of a record without one."""
    for number, line in enumerate(raw, start=1):
        if (position := line.find(b"\0")) >= 0:
            of_line = f" of its line {number:,}" if len(raw) > 1 else ""
            return f"must not hold a NUL byte. Received: one at {position:,}{of_line}"
    return None


class Recovery:
    """Parses on from a record that could not be parsed, as far as lines have been read ahead."""

    def __init__(
        self,
        failed: Sequence[lines_lib.Line],
        ahead: Iterator[lines_lib.Line],
        delimiter: str,
        first_line: int,
    ) -> None:
        """Makes one.

        Args:
            failed: The lines of that record that have been read.
            ahead: The lines that follow; as many are taken as are needed.
            delimiter: Between fields.
            first_line: Number of the first of the failed lines.
        """
        self._inside: collections.deque[bytes] = collections.deque()  # known to stay in a quote
        self._inside_bytes = 0
        self._rest = collections.deque(failed)
        # What the first of the rest does in a quote: `_CLOSES` it, or why it cannot be parsed;
        # None if that is not known.
        self._exit: str | None = None
        self._ahead = ahead
        self._delimiter = delimiter
        self._line = first_line

    def __iter__(self) -> Iterator[Parsed]:
        """Yields records until none of the lines that were read ahead is left."""
        while self._inside or self._rest:
            raw, fields = self._next()
            yield raw, fields if isinstance(fields, str) else nul_reason(raw) or fields
            self._line += len(raw)

    def _next(self) -> Parsed:
        first = self._take_first()
        if isinstance(first, lines_lib.Cut):
            return [first.head], first.reason
        fields = _parse([latin_1(first)], self._delimiter)
        if isinstance(fields, str):
            return [first], f"must be CSV. Received: {row_lib.shown(first)} ({fields})"
        if fields is not None:
            return [first], fields
        problem = self._find_exit(len(first))
        if problem:
            return [first], f"must close its quote. Received: {row_lib.shown(first)}, {problem}"
        return self._take_record(first)

    def _take_first(self) -> lines_lib.Line:
        if self._inside:
            first = self._inside.popleft()
            self._inside_bytes -= len(first)
            return first
        self._exit = None
        return self._rest.popleft()

    def _take_record(self, first: bytes) -> Parsed:
        last = typing.cast(bytes, self._rest.popleft())  # no cut line closes a quote
        raw = [first, *self._inside, last]
        self._inside.clear()
        self._inside_bytes = 0
        return raw, _parse(map(latin_1, raw), self._delimiter) or []

    def _find_exit(self, first_bytes: int) -> str | None:
        """Moves lines inside up to that which closes the quote; says why none does."""
        while True:
            if not self._rest:
                following = next(self._ahead, None)
                if following is None:
                    return "open to the end of the file"
                self._rest.append(following)
                self._exit = None
            line = self._rest[0]
            if isinstance(line, lines_lib.Cut) or self._is_too_long(first_bytes + len(line)):
                return (
                    f"open for more than {row_lib.MAX_RECORD_BYTES:,} bytes "
                    f"or {row_lib.MAX_RECORD_LINES:,} lines"
                )
            if self._exit is None:
                inside = _parse(['"', latin_1(line)], self._delimiter)
                if inside is None:
                    self._rest.popleft()
                    self._inside.append(line)
                    self._inside_bytes += len(line)
                    continue
                self._exit = inside if isinstance(inside, str) else _CLOSES
            return (
                self._exit and f"open to line {self._line + 1 + len(self._inside):,} ({self._exit})"
            )

    def _is_too_long(self, bytes_around: int) -> bool:
        """Tells whether lines inside are too long with the one before and the one after them."""
        return (
            self._inside_bytes + bytes_around > row_lib.MAX_RECORD_BYTES
            or len(self._inside) + 2 > row_lib.MAX_RECORD_LINES
        )


def _parse(texts: Iterable[str], delimiter: str) -> list[str] | str | None:
    """Parses lines as one record.

    Returns:
        Its fields, or why it has none, or None if the last line ends within a quote.
    """
    is_open = False

    def fed() -> Iterator[str]:
        nonlocal is_open
        yield from texts
        is_open = True

    try:
        return next(csv.reader(fed(), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return None if is_open else str(error)
