"""Digests of our own code, so that a changed line is a changed input.

TFX's cache compares a component's inputs and settings. Code that is named by a dotted path is
neither, so an edited `run_fn` would be answered from the cache; its digest among the settings says
that it is another. The same goes for a file that a setting names only by its path.
"""

import functools
import hashlib
import pathlib

_ROOT = pathlib.Path(__file__).resolve().parent.parent
_HEX_DIGITS = 16
_SUFFIXES = {".py", ".jinja", ".css"}  # the page of the data is made of a template


@functools.cache
def of(*rooms: str) -> str:
    """Digests the files of the rooms, such as `trainer` or `components/transform`."""
    digest = hashlib.sha256()
    for room in sorted(rooms):
        files = (path for path in (_ROOT / room).rglob("*") if path.suffix in _SUFFIXES)
        for path in sorted(files):
            digest.update(path.relative_to(_ROOT).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:_HEX_DIGITS]


def of_all_rooms() -> dict[str, str]:
    """Digests each room that a run is made by, so that people see where two runs differ."""
    components = sorted(path.name for path in (_ROOT / "components").iterdir() if path.is_dir())
    rooms = (f"components/{name}" for name in components if not name.startswith("_"))
    return {room: of(room) for room in ("pipeline", *rooms, "schemas", "trainer")}


def of_content(content: str) -> str:
    """Digests what a file holds, wherever it lies."""
    return hashlib.sha256(content.encode()).hexdigest()[:_HEX_DIGITS]
