"""Parts a text of its own, such as a book, into the splits: its beginning, its middle, its end.

Pieces of it are the rows. A model of language is judged on what comes after all that it has read.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from components.ingest.rows import row as row_lib

# Of a piece, roughly: it ends with the line that reaches it. Long beside a model's memory, and
# short enough that no later component meets a text that is too long for it.
PIECE_BYTES = 1 << 14
# Pieces that a part has where it is long enough for pieces of some size: they are the rows that a
# judgement rests on, and a few of them decide nothing, however long each is.
_ENOUGH_PIECES = 32
_LEAST_BYTES = 1 << 11
# Of a line whose end is waited for; a longer one is cut at a character.
_MAX_LINE_BYTES = 1 << 12


@dataclasses.dataclass(frozen=True)
class ByPosition:
    """The first part of each text goes to the first split, the next to the next.

    Attributes:
        buckets: Split to its parts, the beginning's first.
        feature: The feature with the text.
    """

    buckets: Mapping[str, int]
    feature: str

    def parts(self, row: row_lib.Row) -> Iterator[tuple[str, row_lib.Row]]:
        """Yields the pieces of a row's text in their order, each with its split.

        Joined, they are the text, but for pieces of white space alone.
        """
        text = row.values[self.feature]
        if not isinstance(text, bytes):
            raise TypeError(f"`{self.feature}` must be a text. Received: {type(text).__name__}")
        line = row.line
        ends = _ends(text, list(self.buckets.values()))
        for split, begin, end in zip(self.buckets, [0, *ends], ends, strict=False):
            for piece in _pieces(text[begin:end]):
                if not piece.isspace():
                    yield split, row_lib.Row(line, {**row.values, self.feature: piece})
                line += piece.count(b"\n")


def _ends(text: bytes, parts: Sequence[int]) -> list[int]:
    """Finds where each part ends."""
    reached = [sum(parts[: i + 1]) for i in range(len(parts) - 1)]
    return [*(_end(text, len(text) * share // sum(parts)) for share in reached), len(text)]


def _pieces(text: bytes) -> Iterator[bytes]:
    size = min(PIECE_BYTES, max(_LEAST_BYTES, len(text) // _ENOUGH_PIECES))
    begin = 0
    while begin < len(text):
        end = _end(text, begin + size)
        yield text[begin:end]
        begin = end


def _end(text: bytes, position: int) -> int:
    """Finds the end of the line at a position, or of the character if the line is too long."""
    if position >= len(text):
        return len(text)
    found = text.find(b"\n", max(position - 1, 0), position + _MAX_LINE_BYTES)
    if found >= 0:
        return found + 1
    while position < len(text) and text[position] & 0xC0 == 0x80:  # goes on with a character
        position += 1
    return position
