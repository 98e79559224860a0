"""The formats of tables, and which one a file's name tells. Imports nothing heavy."""

import pathlib
from typing import Literal, get_args

Format = Literal["csv", "tsv", "jsonl", "parquet", "tfrecord", "txt", "whole_txt"]
FORMATS: tuple[Format, ...] = get_args(Format)

# `whole_txt` has no extension of its own: only `data.format` asks for it.
_BY_EXTENSION: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".tfrecord": "tfrecord",
    ".tfrecords": "tfrecord",
    ".txt": "txt",
}
EXTENSIONS = (*_BY_EXTENSION, *(f"{extension}.gz" for extension in _BY_EXTENSION))


def of_name(path: str) -> Format | None:
    """Finds the format that a file's name tells; None if it tells none. `.gz` is looked through."""
    name = pathlib.PurePath(path).name.lower().removesuffix(".gz")
    return _BY_EXTENSION.get(pathlib.PurePath(name).suffix)


def is_compressed(path: str) -> bool:
    """Tells whether a file is gzipped, which its name has to say."""
    return path.lower().endswith(".gz")


def is_hidden(path: str) -> bool:
    """Tells whether a file in a directory is none of the table's, such as `_SUCCESS`."""
    return pathlib.PurePath(path).name.startswith((".", "_"))
