"""Rows of tsv files: fields with a tab between them and no quoting, so that a quote is a quote."""

import typing
from collections.abc import Iterator

from components.ingest import columns as columns_lib
from components.ingest import settings
from components.ingest.rows import delimited, row, stray_quotes
from components.ingest.rows import lines as lines_lib


def read(
    stream: typing.BinaryIO, path: str, columns: columns_lib.Columns, dialect: settings.Dialect
) -> Iterator[row.Row | row.BadRow]:
    """Yields the rows of a file of IANA's text/tab-separated-values, in which one line is one row.

    Args:
        stream: The file, opened for reading.
        path: Its name, for messages.
        columns: The wanted columns; values of others may be anything.
        dialect: The columns' names where the file does not have them.

    Raises:
        DataError: If the file is no text, or has no header with each wanted column once.
    """
    records = _records(lines_lib.read(stream, path))
    return delimited.rows(records, path, columns, dialect.header)


def _records(source: Iterator[lines_lib.Line]) -> Iterator[delimited.Record]:
    for number, line in enumerate(source, start=1):
        if isinstance(line, lines_lib.Cut):
            yield number, [line.head], line.reason
            continue
        fields = line.decode("latin-1").rstrip("\r\n").split("\t")
        yield number, [line], stray_quotes.nul_reason([line]) or fields
