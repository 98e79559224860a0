"""Rows of csv files, by the standard library's parser.

Not by pyarrow's, which is faster but tells neither on which line a row began nor which bytes it
had, skips rows of a wrong width only, and gives up the whole file for any other fault. Here a row
that cannot be read costs itself, and nobody has to search for it.
"""

import csv
import typing
from collections.abc import Iterator

from components.ingest import columns as columns_lib
from components.ingest import settings
from components.ingest.rows import delimited, row, stray_quotes
from components.ingest.rows import lines as lines_lib


def read(
    stream: typing.BinaryIO, path: str, columns: columns_lib.Columns, dialect: settings.Dialect
) -> Iterator[row.Row | row.BadRow]:
    """Yields the rows of a csv file (RFC 4180), each with the line on which it begins.

    Fields are separated by `dialect.delimiter` and may be quoted; quoted ones may hold line ends.
    Lines end with LF, CR LF or CR. A record that its quotes do not let end costs its first line,
    and reading goes on at the second.

    Args:
        stream: The file, opened for reading.
        path: Its name, for messages.
        columns: The wanted columns; values of others may be anything.
        dialect: The delimiter, and the columns' names where the file does not have them.

    Raises:
        DataError: If the file is no text, or has no header with each wanted column once.
    """
    records = _records(lines_lib.read(stream, path), dialect.delimiter)
    return delimited.rows(records, path, columns, dialect.header)


def _records(source: Iterator[lines_lib.Line], delimiter: str) -> Iterator[delimited.Record]:
    # The limit is the process's. None of a record's fields can be longer than the record may be.
    csv.field_size_limit(max(csv.field_size_limit(), row.MAX_RECORD_BYTES))
    number = 1
    raw: list[lines_lib.Line] = []
    while True:
        try:
            for fields in csv.reader(_fed(source, raw), delimiter=delimiter, strict=True):
                texts = typing.cast(list[bytes], raw)  # a cut line is never fed
                yield number, texts, stray_quotes.nul_reason(texts) or fields
                number += len(raw)
                raw.clear()
            return
        except csv.Error:
            for lines, parsed in stray_quotes.Recovery(raw, source, delimiter, number):
                yield number, lines, parsed
                number += len(lines)
            raw.clear()


def _fed(source: Iterator[lines_lib.Line], raw: list[lines_lib.Line]) -> Iterator[str]:
    """Feeds lines to the parser and keeps those of the record that is being parsed."""
    size = 0
    for line in source:
        is_first = not raw
        raw.append(line)
        if isinstance(line, lines_lib.Cut):
            raise csv.Error
        size = len(line) if is_first else size + len(line)
        if size > row.MAX_RECORD_BYTES or len(raw) > row.MAX_RECORD_LINES:
            raise csv.Error
        yield stray_quotes.latin_1(line)
