"""Searches on disk."""

from collections.abc import Iterable

from tfx.utils import io_utils

from trainer import rivals
from trainer.tuning import record


def write(directory: str, found: record.Search) -> None:
    """Writes a search into an artifact's directory."""
    io_utils.write_string_file(f"{directory}/{record.FILE}", found.to_json())


def read(directories: Iterable[str]) -> list[record.Search]:
    """Reads the searches of a run, the transformer's first."""
    found = [
        record.Search.from_json(io_utils.read_string_file(f"{directory}/{record.FILE}"))
        for directory in directories
    ]
    return sorted(found, key=lambda search: search.candidate != rivals.TRANSFORMER)
