"""Cheap checks of the files that a config names, before TensorFlow is imported.

They read the first rows only, so a table larger than memory costs no more than a small one.
"""

import csv
import pathlib
import typing
from collections.abc import Iterator

from pipeline import config as config_lib
from pipeline import config_errors, errors

_DEMO_DATA = "data/sentences.csv"
_MAX_LINE_BYTES = 1 << 20  # a header longer than this is no header
_MAX_SHOWN_COLUMNS = 12
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def check(config: config_lib.Config) -> None:
    """Checks that the table and the schema can be read, and that the columns are there.

    Raises:
        ConfigError: If anything is wrong; one line for each problem.
    """
    problems = [*_schema_problems(config), *_table_problems(config)]
    if problems:
        raise errors.ConfigError(problems)


def _schema_problems(config: config_lib.Config) -> Iterator[str]:
    path = config.data.schema_path
    if path is not None and not pathlib.Path(path).is_file():
        yield f"`data.schema` must be a file that exists. Received: {config_errors.show(path)}"


def _table_problems(config: config_lib.Config) -> Iterator[str]:
    shown = config_errors.show(config.data.path)
    problem = _path_problem(config.data)
    if problem:
        yield f"`data.path` must be {problem.format(shown)}"
        return
    try:
        with config.data.file.open("rb") as stream:
            header = _read_header(stream)
    except OSError as error:
        yield f"`data.path` must be a file that can be read. Received: {shown} ({error.strerror})"
    except _HeaderError as error:
        yield f"`data.path` must {error}. Received: {shown}"
    else:
        yield from _column_problems(config, header)


def _path_problem(data: config_lib.DataConfig) -> str | None:
    """Says what kind of file is wanted instead; `{}` stands for the path."""
    if data.file.is_dir():
        return "a file. Received: {}, a directory"
    if data.file.suffix.lower() != ".csv":
        return "a .csv file, the one format that is read. Received: {}"
    if not data.file.exists():
        hint = "; `make data` fetches it" if data.path.endswith(_DEMO_DATA) else ""
        return "a file that exists. Received: {}" + hint
    if not data.file.is_file():
        return "a regular file. Received: {}"
    return None


class _HeaderError(Exception):
    """What the first rows of the table must be; caught in this module."""


def _read_header(stream: typing.BinaryIO) -> list[str]:
    """Returns the columns' names, and makes sure that a row follows them."""
    lines = _lines(stream)
    try:
        header = next(csv.reader(lines, strict=True))
    except StopIteration as error:
        raise _HeaderError("not be empty") from error
    except csv.Error as error:
        raise _HeaderError(f"have a header that can be parsed ({error})") from error
    if not any(line.strip() for line in lines):
        raise _HeaderError("have rows below its header")
    return header


def _lines(stream: typing.BinaryIO) -> Iterator[str]:
    """Yields decoded lines from the first one that is not blank, without a byte-order mark."""
    started, number = False, 0
    while line := stream.readline(_MAX_LINE_BYTES):
        number += 1
        if len(line) == _MAX_LINE_BYTES and not started:
            raise _HeaderError(f"end its header within {_MAX_LINE_BYTES:,} bytes")
        if b"\0" in line:
            raise _HeaderError(f"be text: line {number} holds a NUL byte")
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8", errors="strict")
        except UnicodeDecodeError as error:
            if len(line) == _MAX_LINE_BYTES and error.start > _MAX_LINE_BYTES - 4:
                text = line[: error.start].decode("utf-8")  # cut inside a character
            else:
                byte = f"0x{line[error.start]:02x}"
                raise _HeaderError(f"be UTF-8: line {number} holds the byte {byte}") from error
        if started or text.strip():
            started = True
            yield text


def _column_problems(config: config_lib.Config, header: list[str]) -> Iterator[str]:
    """Yields what is wrong with the columns that there are, and which are missing."""
    for i, column in enumerate(header):
        if column in header[:i]:
            yield (
                f"`data.path` must not have two columns of one name. "
                f"Received: {config_errors.show(column)} twice in {_columns(header)}"
            )
            return
    wanted = [("data.text", config.data.text), ("data.label", config.data.label)]
    wanted += [("evaluate.slices", column) for column in config.evaluate.slices]
    options = {"data.text": "; --text COLUMN names it", "data.label": "; --label COLUMN names it"}
    missing = [(key, column) for key, column in wanted if column not in header]
    delimiter = _delimiter(header) if missing else None
    if delimiter:
        yield f"`data.path` must be separated by commas. Received: {delimiter}: {_columns(header)}"
        return
    for key, column in missing:
        near = config_errors.nearest(column, header)
        hint = f". Did you mean `{near}`?" if near else options.get(key, "")
        yield (
            f"`{key}` must be a column of {config.data.file.name} ({_columns(header)}). "
            f"Received: {config_errors.show(column)}{hint}"
        )


def _delimiter(header: list[str]) -> str | None:
    """Names what the columns seem to be separated by where that is not a comma."""
    if len(header) > 1:
        return None
    return next((name for mark, name in _OTHER_DELIMITERS.items() if mark in header[0]), None)


def _columns(header: list[str]) -> str:
    shown = ", ".join(map(config_errors.show, header[:_MAX_SHOWN_COLUMNS]))
    more = len(header) - _MAX_SHOWN_COLUMNS
    return f"{shown}, and {more} more" if more > 0 else shown
