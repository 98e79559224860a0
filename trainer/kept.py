"""What is done of a long work, a file each, so that a killed one does nothing twice.

Imports no TensorFlow.
"""

import pathlib


class Kept:
    """Texts by name in a directory of their own; each is there whole or not at all."""

    def __init__(self, directory: pathlib.Path):
        """Takes the directory, which may not exist yet."""
        self._directory = directory

    def read(self, name: str) -> str | None:
        """Reads what was kept under a name; None where nothing was."""
        path = self._path(name)
        return path.read_text(encoding="utf-8") if path.exists() else None

    def keep(self, name: str, text: str) -> None:
        """Keeps a text under a name, in place of what was kept before."""
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)

    def _path(self, name: str) -> pathlib.Path:
        return self._directory / f"{name}.json"
