"""Rows of a CSV file, streamed by pyarrow, with a plain error for a row that breaks a rule."""

import pathlib
import typing
from collections.abc import Iterator

import pyarrow
from pyarrow import csv

from components.ingest import columns as columns_lib
from schemas import errors

# Large enough to be fast, small enough that memory stays flat however large the file is. It also
# bounds the length of one row.
BLOCK_BYTES = 8 << 20

Row = dict[str, bytes]


def read(stream: typing.BinaryIO, path: str, columns: columns_lib.Columns) -> Iterator[Row]:
    """Yields the rows of a CSV file with a header, as feature name to the field's bytes.

    Fields are UTF-8 and none of the wanted ones is empty; quoted fields may hold line ends.

    Args:
        stream: The file, opened for reading.
        path: Its name, for messages.
        columns: The wanted columns; others are not read.

    Raises:
        DataError: If a row has too few or too many fields, a wanted field is empty or not UTF-8,
            or the file has no rows. The message names the file, the row and the rule.
    """
    malformed: list[csv.InvalidRow] = []

    def stop_at(row: csv.InvalidRow) -> str:
        malformed.append(row)
        return "skip"  # an exception would be lost in C++; the list is read after each batch

    try:
        reader = csv.open_csv(
            stream,
            # Row numbers are only told by a single thread.
            read_options=csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES),
            parse_options=csv.ParseOptions(newlines_in_values=True, invalid_row_handler=stop_at),
            convert_options=csv.ConvertOptions(
                include_columns=list(columns.by_feature.values()),
                column_types={name: pyarrow.binary() for name in columns.by_feature.values()},
                strings_can_be_null=False,
            ),
        )
        yield from _rows(reader, path, columns, malformed)
    except pyarrow.ArrowInvalid as error:
        _refuse_malformed(path, malformed)
        raise errors.DataError(
            f"{_name(path)}: not a CSV file that can be read: {error}"
        ) from error
    except KeyError as error:
        raise errors.DataError(f"{_name(path)}: {error.args[0]}") from error


def _rows(
    reader: csv.CSVStreamingReader,
    path: str,
    columns: columns_lib.Columns,
    malformed: list[csv.InvalidRow],
) -> Iterator[Row]:
    count = 0
    names = list(columns.by_feature)
    for batch in reader:
        _refuse_malformed(path, malformed)
        fields = [batch.column(i).to_pylist() for i in range(len(names))]
        for values in zip(*fields, strict=True):
            count += 1
            row = dict(zip(names, values, strict=True))
            _check(row, path, count, columns)
            yield row
    _refuse_malformed(path, malformed)
    if not count:
        raise errors.DataError(
            f"{_name(path)}: the file must have rows below its header. Received: 0 rows"
        )


def _check(row: Row, path: str, number: int, columns: columns_lib.Columns) -> None:
    for feature, value in row.items():
        column = columns.by_feature[feature]
        if not value.strip():
            raise errors.DataError(
                f"{_name(path)}: row {number:,}: `{column}` must not be empty. Received: {value!r}"
            )
        try:
            value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise errors.DataError(
                f"{_name(path)}: row {number:,}: `{column}` must be UTF-8. "
                f"Received: {value[:40]!r} ({error.reason} at byte {error.start})"
            ) from error


def _refuse_malformed(path: str, malformed: list[csv.InvalidRow]) -> None:
    if malformed:
        row = malformed[0]
        # pyarrow counts the header as the first row.
        place = f"row {row.number - 1:,}" if row.number is not None else "a row"
        raise errors.DataError(
            f"{_name(path)}: {place} must have {row.expected_columns} fields, as the header has. "
            f"Received: {row.actual_columns} fields: {row.text[:60]!r}"
        )


def _name(path: str) -> str:
    return pathlib.PurePath(path).name
