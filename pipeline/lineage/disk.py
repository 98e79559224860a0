"""Directories of artifacts on a disk: found by their URIs, measured, and taken away."""

import contextlib
import os
import pathlib
import shutil
from collections.abc import Collection, Iterator

_FILE, _URI = "file://", "://"
_OF_TFX = ".system"  # where TFX keeps what it has under way


def local(uri: str) -> pathlib.Path | None:
    """Finds the path that a URI is on this machine; None where it is none."""
    named = uri.removeprefix(_FILE)
    path = pathlib.Path(named)
    return None if _URI in named or not path.is_absolute() or ".." in path.parts else path


def is_there(path: pathlib.Path) -> bool:
    """Tells whether there is anything of an artifact, or left of one that was being taken away."""
    return path.exists() or _under_way(path).exists()


def size(path: pathlib.Path) -> int:
    """Adds up the bytes of an artifact's files, and of what is left of it, following no link."""
    return _bytes(path) + _bytes(_under_way(path))


def take_away(path: pathlib.Path) -> None:
    """Deletes a directory: it is out of sight at once, and then goes file by file.

    The cache answers with whatever is there, so that it must not find a half should somebody stop
    this. Symbolic links are deleted, and not what they lead to.

    Raises:
        OSError: If it cannot be deleted as a whole; asked again, the rest goes.
    """
    gone = _under_way(path)
    if gone.exists():
        shutil.rmtree(gone)
    if path.exists():
        path.rename(gone)
        shutil.rmtree(gone)


def others(
    root: pathlib.Path, known: Collection[pathlib.Path], at_the_top: bool
) -> Iterator[tuple[pathlib.Path, int]]:
    """Yields directories beside known ones, each as high up as it can be named, and its bytes.

    Args:
        root: Below it they are looked for.
        known: What is not yielded, nor anything below.
        at_the_top: Whether those right below the root are meant as well.
    """
    above = {parent for path in known for parent in path.parents}
    own = {*known, *map(_under_way, known)}
    waiting = [root]
    while waiting:
        directory = waiting.pop()
        for path in _subdirectories(directory):
            if path in above:
                waiting.append(path)
            elif path not in own and (at_the_top or directory != root) and (held := _bytes(path)):
                yield path, held


def _subdirectories(directory: pathlib.Path) -> list[pathlib.Path]:
    with contextlib.suppress(OSError), os.scandir(directory) as entries:
        return sorted(
            pathlib.Path(entry.path)
            for entry in entries
            if entry.is_dir(follow_symlinks=False) and entry.name != _OF_TFX
        )
    return []


def _bytes(directory: pathlib.Path) -> int:
    total = 0
    for place, _, names in os.walk(directory):
        for name in names:
            with contextlib.suppress(OSError):
                total += pathlib.Path(place, name).lstat().st_size
    return total


def _under_way(path: pathlib.Path) -> pathlib.Path:
    """Names what is being taken away."""
    return path.with_name(f".{path.name}.deleted")
