"""Which columns a file has, told by its beginning alone. Imports no TensorFlow, Beam or TFX.

What stands after the beginning is Ingest's to judge: there, a row that cannot be read costs itself.
"""

import contextlib
import csv
import gzip
import itertools
import json
import pathlib
import typing
import zlib
from collections.abc import Iterator, Sequence

from components.ingest import formats
from components.ingest.rows import lines as lines_lib
from schemas import errors

_MAX_HEADER_BYTES = 1 << 20  # a header longer than this is no header
_BLOCK_BYTES = 1 << 16
_MAX_JSON_LINES = 100
# What a first row of data has, and names of columns have not.
_MIN_WORDS = 6
_MAX_NAME_CHARACTERS = 100


class HeaderError(Exception):
    """A rule that the file breaks; the message goes on from "must": `not be empty`.

    Attributes:
        received: What was found, beside the file's name; may be empty.
    """

    def __init__(self, rule: str, received: str = "") -> None:
        super().__init__(rule)
        self.received = received


def read(
    path: str, format_: formats.Format, delimiter: str, header: Sequence[str] | None
) -> list[str] | None:
    """Returns the names of a file's columns; None where only Ingest can tell them.

    Args:
        path: A local file.
        format_: Its format.
        delimiter: Between the fields of csv.
        header: The names of the columns of csv and tsv files whose first row is data.

    Raises:
        HeaderError: If the beginning of the file is wrong in a way that Ingest would refuse.
        OSError: If the file cannot be read.
    """
    if format_ == "parquet":
        return None if formats.is_compressed(path) else _parquet(path)
    if format_ not in ("csv", "tsv", "jsonl"):
        return None
    try:
        with pathlib.Path(path).open("rb") as stream:
            plain = gzip.GzipFile(fileobj=stream) if formats.is_compressed(path) else stream
            lines = _lines(typing.cast(typing.BinaryIO, plain), path)
            if format_ == "jsonl":
                return _keys(lines)
            mark = delimiter if format_ == "csv" else None
            if header is None:
                return _names(_first_record(lines, mark), lines)
            return _given(lines, mark, header)
    except EOFError as error:
        raise HeaderError("be a whole gzip file", "cut off") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise HeaderError("be a gzip file that can be read", str(error)) from error
    except errors.DataError as error:  # the reading of lines has found no text
        rule, _, received = str(error).partition(": must ")[2].partition(". Received: ")
        raise HeaderError(rule, received) from error


def looks_like_data(names: Sequence[str]) -> bool:
    """Tells whether a header seems to be a row of data: a number, or a sentence, is no name."""
    return any(
        _is_number(name) or len(name) > _MAX_NAME_CHARACTERS or len(name.split()) >= _MIN_WORDS
        for name in names
    )


class _SmallBlocks:
    """A stream that reads little at once, since the beginning is enough."""

    def __init__(self, stream: typing.BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        """Reads at most that many bytes; none at the end alone."""
        return self._stream.read(min(size, _BLOCK_BYTES))


def _lines(stream: typing.BinaryIO, path: str) -> Iterator[bytes]:
    """Yields the lines of a file, the beginning of those that are too long."""
    small = typing.cast(typing.BinaryIO, _SmallBlocks(stream))
    for line in lines_lib.read(small, path):
        yield line.head if isinstance(line, lines_lib.Cut) else line


def _first_record(lines: Iterator[bytes], delimiter: str | None) -> list[bytes]:
    """Takes the lines of the first record that is not blank, and returns its fields.

    Args:
        lines: All lines; those after the record are left.
        delimiter: Between the fields of csv; None for tsv.
    """
    if delimiter is None:
        line = next((line for line in lines if line.strip()), b"")
        return line.rstrip(b"\r\n").split(b"\t") if line else []
    # Each byte as the character of its number, as the parser takes text only.
    records = csv.reader(_up_to_limit(lines), delimiter=delimiter, strict=True)
    try:
        for fields in records:
            if len(fields) > 1 or "".join(fields).strip():
                return [field.encode("latin-1") for field in fields]
    except csv.Error as error:
        raise HeaderError(f"have a first row that can be parsed ({error})") from error
    return []


def _up_to_limit(lines: Iterator[bytes]) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line)
        if size > _MAX_HEADER_BYTES:
            raise HeaderError(f"end its first row within {_MAX_HEADER_BYTES:,} bytes")
        yield line.decode("latin-1")


def _names(first: Sequence[bytes], rest: Iterator[bytes]) -> list[str]:
    """Reads the names in the first record, and makes sure that a row follows it."""
    if not first:
        raise HeaderError("not be empty")
    names = [_utf_8(field) for field in first]
    if not any(line.strip() for line in rest):
        raise HeaderError("have rows below its header")
    return names


def _utf_8(field: bytes) -> str:
    if b"\0" in field:
        raise HeaderError("have a header that is text", "a NUL byte in it")
    try:
        return field.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = f"the byte 0x{field[error.start]:02x} in it"
        raise HeaderError("have a header in UTF-8", byte) from error


def _given(lines: Iterator[bytes], delimiter: str | None, header: Sequence[str]) -> list[str]:
    """Compares the first record, which must be data, with the names that it is given."""
    try:
        first = _first_record(lines, delimiter)
    except HeaderError:  # one bad row, and Ingest puts it aside
        return list(header)
    if not first:
        raise HeaderError("not be empty")
    if [field.decode("utf-8", "replace").strip() for field in first] == list(header):
        raise HeaderError("begin with data where `data.header` is given", ", ".join(header))
    if len(first) != len(header):
        rule = f"have {len(header)} columns, as `data.header` has"
        raise HeaderError(rule, f"{len(first)} in the first row")
    return list(header)


def _keys(lines: Iterator[bytes]) -> list[str]:
    """Lists the keys of the first objects; some of them may be too bad to be read."""
    found: dict[str, None] = {}
    some = list(itertools.islice((line for line in lines if line.strip()), _MAX_JSON_LINES))
    if not some:
        raise HeaderError("not be empty")
    for line in some:
        with contextlib.suppress(ValueError, RecursionError):
            row = json.loads(line)
            found.update(dict.fromkeys(row) if isinstance(row, dict) else {})
    if not found:
        array = ", an array" if some[0].lstrip().startswith(b"[") else ""
        raise HeaderError("hold a JSON object in each line", f"none in the first lines{array}")
    return list(found)


def _parquet(path: str) -> list[str]:
    import pyarrow  # takes a while, and few files need it
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            if not file.metadata.num_rows:
                raise HeaderError("have rows", "none")
            return file.schema_arrow.names
    except pyarrow.ArrowInvalid as error:
        raise HeaderError("be a parquet file that can be read", _first_line(error)) from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
