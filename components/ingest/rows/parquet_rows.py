"""Rows of parquet files, by pyarrow, which also tells when one is broken."""

import contextlib
import gzip
import json
import shutil
import tempfile
import typing
from collections.abc import Iterator

import numpy as np
import pyarrow
from pyarrow import parquet, types

from components.ingest import columns as columns_lib
from components.ingest import settings
from components.ingest.rows import header, row
from schemas import errors

# Few, since a batch is all in memory and its texts may be long.
_BATCH_ROWS = 1000
_BUFFER_BYTES = 1 << 20

# Column, its values as text, and whether it is one of floats.
_Texts = tuple[columns_lib.Column, list[bytes | None], bool]


def read(
    stream: typing.BinaryIO, path: str, columns: columns_lib.Columns, dialect: settings.Dialect
) -> Iterator[row.Row | row.BadRow]:
    """Yields the rows of a parquet file, numbered from 1.

    Numbers, booleans, dates and times are read as the text that they are commonly written as, a
    float as the shortest that is that very float. Only the wanted columns are read.

    Args:
        stream: The file, opened for reading.
        path: Its name, for messages.
        columns: The wanted columns; none may be nested.
        dialect: Not needed.

    Raises:
        DataError: If the file is no parquet file or broken, does not have each wanted column once,
            or one is of a type that is no text, number, boolean, date or time.
    """
    name = row.name_of(path)
    with _seekable(stream) as source:
        try:
            file = parquet.ParquetFile(source, buffer_size=_BUFFER_BYTES, pre_buffer=False)
            _check(file.schema_arrow, path, columns)
            wanted = list(dict.fromkeys(column.name for column in columns.by_feature.values()))
            number = 1
            for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=wanted):
                yield from _rows(batch, number, columns)
                number += batch.num_rows
        except (pyarrow.ArrowException, OSError) as error:
            [reason, *_] = str(error).splitlines() or [""]
            raise errors.DataError(
                f"{name}: must be a parquet file that can be read. Received: {reason}"
            ) from error


@contextlib.contextmanager
def _seekable(stream: typing.BinaryIO) -> Iterator[typing.BinaryIO]:
    """Gives a stream in which to seek costs nothing; a parquet file is read from many places."""
    if not isinstance(stream, gzip.GzipFile):
        yield stream
        return
    with tempfile.TemporaryFile() as unzipped:
        shutil.copyfileobj(stream, unzipped, _BUFFER_BYTES)
        yield unzipped


def _check(schema: pyarrow.Schema, path: str, columns: columns_lib.Columns) -> None:
    header.check(schema.names, path, columns)
    for column in columns.by_feature.values():
        kind = schema.field(column.name).type
        if not _is_plain(kind.value_type if types.is_dictionary(kind) else kind):
            raise errors.DataError(
                f"{row.name_of(path)}: the column {row.shown(column.name)} must be one "
                f"of texts, numbers, booleans, dates or times. Received: {kind}"
            )


def _is_plain(kind: pyarrow.DataType) -> bool:
    return _is_text(kind) or any(
        is_kind(kind)
        for is_kind in (
            *(types.is_integer, types.is_floating, types.is_boolean, types.is_decimal),
            *(types.is_date, types.is_time, types.is_timestamp, types.is_null),
        )
    )


def _is_text(kind: pyarrow.DataType) -> bool:
    is_string = types.is_string(kind) or types.is_large_string(kind)
    is_binary = types.is_binary(kind) or types.is_large_binary(kind)
    return is_string or is_binary or types.is_fixed_size_binary(kind)


def _rows(
    batch: pyarrow.RecordBatch, first: int, columns: columns_lib.Columns
) -> Iterator[row.Row | row.BadRow]:
    texts: dict[str, _Texts] = {}
    for feature, column in columns.by_feature.items():
        values = batch.column(batch.schema.get_field_index(column.name))
        texts[feature] = column, _texts(values), types.is_floating(values.type)
    for i in range(batch.num_rows):
        try:
            values = {feature: _value(*of_feature, i) for feature, of_feature in texts.items()}
            yield row.Row(first + i, row.judge(values, columns))
        except row.RuleError as error:
            yield row.BadRow(first + i, str(error), _raw(texts, i))


def _texts(values: pyarrow.Array) -> list[bytes | None]:
    kind = values.type
    if types.is_dictionary(kind):
        return _texts(values.dictionary_decode())
    if types.is_string(kind) or types.is_large_string(kind):
        # Not by way of str, since nobody has checked that they are UTF-8.
        return values.cast(pyarrow.large_binary()).to_pylist()
    if _is_text(kind) or types.is_null(kind):
        return values.to_pylist()
    if types.is_floating(kind):
        spell = str if types.is_float64(kind) else _spell_short
        return [None if v is None else spell(v).encode() for v in values.to_pylist()]
    if types.is_decimal(kind):
        return [None if v is None else f"{v:f}".encode() for v in values.to_pylist()]
    return values.cast(pyarrow.string()).cast(pyarrow.binary()).to_pylist()


def _spell_short(value: float) -> str:
    return str(np.float32(value))


def _value(
    column: columns_lib.Column, values: list[bytes | None], is_float: bool, i: int
) -> row.Value:
    value = values[i]
    if value is None:
        raise row.RuleError(f"no `{column.name}`. Received: null")
    if is_float:
        row.number_of(column.name, value.decode())  # so that NaN is no text
    return row.value_of(column, value)


def _raw(texts: dict[str, _Texts], i: int) -> bytes:
    """Renders what a row has as JSON; there are no bytes of its own in the file."""
    shown = {column.name: _shown(values[i]) for column, values, _ in texts.values()}
    return json.dumps(shown, ensure_ascii=False).encode()


def _shown(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "backslashreplace")
