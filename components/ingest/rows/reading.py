"""Opens a file wherever it lies, and reads its rows by the reader of its format."""

import contextlib
import gzip
import typing
import zlib
from collections.abc import Callable, Iterator

from apache_beam.io import filesystem, filesystems

from components.ingest import columns as columns_lib
from components.ingest import formats, settings
from components.ingest.rows import (
    csv_rows,
    jsonl_rows,
    parquet_rows,
    row,
    tfrecord_rows,
    tsv_rows,
    txt_rows,
    whole_txt_rows,
)
from schemas import errors

Rows = Iterator[row.Row | row.BadRow]
_Reader = Callable[[typing.BinaryIO, str, columns_lib.Columns, settings.Dialect], Rows]

_READERS: dict[formats.Format, _Reader] = {
    "csv": csv_rows.read,
    "tsv": tsv_rows.read,
    "jsonl": jsonl_rows.read,
    "parquet": parquet_rows.read,
    "tfrecord": tfrecord_rows.read,
    "txt": txt_rows.read,
    "whole_txt": whole_txt_rows.read,
}


def read(path: str, columns: columns_lib.Columns, dialect: settings.Dialect) -> Rows:
    """Yields the rows of a file, good and bad ones in the order in which they stand there.

    Args:
        path: A path, or an address of a file system that Beam knows. A name that ends in `.gz` is
            that of a gzipped file.
        columns: The wanted columns.
        dialect: How the file is written.

    Raises:
        DataError: If the file as a whole cannot be read, or has no rows. Rows that come before the
            fault, such as the end of a truncated gzip file, have been yielded by then.
    """
    name = row.name_of(path)
    reader = _READERS[_format(path, dialect)]
    try:
        with _open(path) as stream:
            rows = reader(stream, path, columns, dialect)
            first = next(rows, None)
            if first is None:
                raise errors.DataError(f"{name}: must have rows. Received: none")
            yield first
            yield from rows
    except EOFError as error:
        raise errors.DataError(
            f"{name}: must be a whole gzip file. Received: one that is cut off"
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise errors.DataError(
            f"{name}: must be a gzip file that can be read. Received: {error}"
        ) from error
    except OSError as error:
        [reason, *_] = (error.strerror or str(error)).splitlines() or [type(error).__name__]
        raise errors.DataError(
            f"{name}: must be a file that can be read. Received: {reason}"
        ) from error


def _format(path: str, dialect: settings.Dialect) -> formats.Format:
    found = dialect.format or formats.of_name(path)
    if found is None:
        raise errors.DataError(
            f"{row.name_of(path)}: must have a name that tells its format "
            f"({', '.join(formats.EXTENSIONS)}), or `data.format` must"
        )
    return found


@contextlib.contextmanager
def _open(path: str) -> Iterator[typing.BinaryIO]:
    # Beam would gunzip, too, but takes a truncated file for a whole one.
    plain = filesystem.CompressionTypes.UNCOMPRESSED
    with filesystems.FileSystems.open(path, compression_type=plain) as stream:
        if not formats.is_compressed(path):
            yield stream
            return
        with gzip.GzipFile(fileobj=stream) as unzipped:
            yield typing.cast(typing.BinaryIO, unzipped)
