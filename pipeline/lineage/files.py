"""Reads the files of artifacts, as long as they are there: on this machine, without TensorFlow."""

import dataclasses
import hashlib
import json
import pathlib
from collections.abc import Callable
from typing import Any, TypeVar

from components import digests
from pipeline.lineage import records

_T = TypeVar("_T")


@dataclasses.dataclass(frozen=True)
class Size:
    """How large a directory is.

    Attributes:
        bytes: Of all its files.
        files: How many there are.
        sha256: Of their names and contents, in hex; None where it was not computed.
    """

    bytes: int
    files: int
    sha256: str | None


def path(artifact: records.Artifact) -> pathlib.Path | None:
    """Tells where an artifact lies; None where it is gone, or on no disk of this machine."""
    found = pathlib.Path(artifact.uri)
    return found if found.is_absolute() and found.exists() else None


def measure(artifact: records.Artifact, digest: bool = True) -> Size | None:
    """Measures an artifact; None where it is gone, or elsewhere.

    Args:
        artifact: The artifact.
        digest: Whether its content is digested, which reads all of it.
    """
    root = path(artifact)
    if root is None:
        return None
    files = sorted(
        each for each in (root.rglob("*") if root.is_dir() else [root]) if each.is_file()
    )
    total = hashlib.sha256()
    for each in files if digest else []:
        total.update(f"{each.relative_to(root).as_posix()}\0{of_file(each)}\n".encode())
    size = sum(each.stat().st_size for each in files)
    return Size(size, len(files), total.hexdigest() if digest else None)


def of_file(file: pathlib.Path) -> str:
    """Computes the SHA-256 of a file, in hex."""
    with file.open("rb") as opened:
        return digests.of_stream(opened)


def text(artifact: records.Artifact | None, name: str) -> str | None:
    """Reads a file of an artifact; None where there is none that can be read."""
    root = path(artifact) if artifact else None
    if root is None:
        return None
    try:
        return (root / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def document(artifact: records.Artifact | None, name: str) -> Any:
    """Reads a file of JSON of an artifact; None where there is none that can be read."""
    return parsed(artifact, name, json.loads)


def parsed(artifact: records.Artifact | None, name: str, parse: Callable[[str], _T]) -> _T | None:
    """Reads a file of an artifact by what knows its form; None where it is gone or torn."""
    found = text(artifact, name)
    try:
        return None if found is None else parse(found)
    except (ValueError, TypeError, LookupError):
        return None
