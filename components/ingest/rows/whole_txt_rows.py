"""Whole files of plain text, a row each, for models of language."""

import typing
from collections.abc import Iterator

from components.ingest import columns as columns_lib
from components.ingest import settings
from components.ingest.rows import lines as lines_lib
from components.ingest.rows import row, txt_rows


def read(
    stream: typing.BinaryIO, path: str, columns: columns_lib.Columns, dialect: settings.Dialect
) -> Iterator[row.Row | row.BadRow]:
    """Yields a file as one row, byte for byte but for a byte-order mark.

    Args:
        stream: The file, opened for reading.
        path: Its name, for messages.
        columns: The one wanted column, whatever its name.
        dialect: Not needed.

    Raises:
        DataError: If the file is no text, or more than one column is wanted.
    """
    feature, column = txt_rows.only_column(columns, path)
    begin = lines_lib.read_begin(stream, path)
    text = begin + stream.read(row.MAX_RECORD_BYTES + 1 - len(begin))
    if len(text) > row.MAX_RECORD_BYTES:
        length = len(text) + _count_rest(stream)
        cut = lines_lib.Cut(text[: lines_lib.KEPT_BYTES], length)
        yield row.BadRow(1, cut.reason, cut.head)
    elif text:
        yield txt_rows.row_of(1, feature, column, text, text)


def _count_rest(stream: typing.BinaryIO) -> int:
    count = 0
    while block := stream.read(lines_lib.BLOCK_BYTES):
        count += len(block)
    return count
