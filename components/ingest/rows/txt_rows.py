"""Rows of plain text, a line each."""

import typing
from collections.abc import Iterator

from components.ingest import columns as columns_lib
from components.ingest import settings
from components.ingest.rows import lines as lines_lib
from components.ingest.rows import row
from schemas import errors


def read(
    stream: typing.BinaryIO, path: str, columns: columns_lib.Columns, dialect: settings.Dialect
) -> Iterator[row.Row | row.BadRow]:
    """Yields each line as a row, without its line end.

    A line of white space alone is none: such lines part paragraphs.

    Args:
        stream: The file, opened for reading.
        path: Its name, for messages.
        columns: The one wanted column, whatever its name.
        dialect: Not needed.

    Raises:
        DataError: If the file is no text, or more than one column is wanted.
    """
    feature, column = only_column(columns, path)
    for number, line in enumerate(lines_lib.read(stream, path), start=1):
        if isinstance(line, lines_lib.Cut):
            yield row.BadRow(number, line.reason, line.head)
        elif not line.isspace():
            yield row_of(number, feature, column, line, line.rstrip(b"\r\n"))


def row_of(
    number: int, feature: str, column: columns_lib.Column, raw: bytes, text: bytes
) -> row.Row | row.BadRow:
    """Makes a row of a text, which must be UTF-8 without NUL bytes and not blank.

    Args:
        number: The line at which it begins.
        feature: The feature that it is.
        column: The column that it stands for.
        raw: Its bytes as they stand in the file.
        text: Those of them that are the text.
    """
    try:
        if (position := raw.find(b"\0")) >= 0:
            raise row.RuleError(f"must not hold a NUL byte. Received: one at {position:,}")
        return row.Row(number, {feature: row.value_of(column, text)})
    except row.RuleError as error:
        return row.BadRow(number, str(error), raw)


def only_column(columns: columns_lib.Columns, path: str) -> tuple[str, columns_lib.Column]:
    """Returns the feature and the column that plain text is read as.

    Raises:
        DataError: If there is not exactly one.
    """
    if len(columns.by_feature) != 1:
        names = ", ".join(f"`{column.name}`" for column in columns.by_feature.values())
        raise errors.DataError(
            f"{row.name_of(path)}: plain text must be read as one column. "
            f"Received: {names or 'none'}"
        )
    [[feature, column]] = columns.by_feature.items()
    return feature, column
