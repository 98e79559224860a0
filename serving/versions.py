"""The versions in a serving directory, as TensorFlow Serving reads it.

A version is a directory named by an integer. It is whole once it holds a `saved_model.pb`, which
exporters and pushers write last, all shards that its variables' index counts, and has not been
written to for a while: a copy may bring files in any order.
"""

import pathlib
import re
import time

MODEL_FILE = "saved_model.pb"
_SHARD = re.compile(r"variables\.data-[0-9]{5}-of-([0-9]{5})")


def latest(directory: str | pathlib.Path) -> pathlib.Path:
    """Finds the newest version in a directory of versions; a version's own directory is itself.

    Versions are directories named by integers; `00000123` is 123.

    Raises:
        FileNotFoundError: If there is no version with a SavedModel.
    """
    directory = pathlib.Path(directory)
    if is_model(directory):
        return directory
    if not directory.is_dir():
        raise FileNotFoundError(f"There must be a serving directory. Received: {directory}")
    versions = [path for path in find(directory).values() if is_model(path)]
    if not versions:
        raise FileNotFoundError(
            "A serving directory must hold a version: a directory named by an integer, with a "
            f"saved_model.pb in it. Received: {directory}"
        )
    return max(versions, key=lambda path: int(path.name))


def find(directory: pathlib.Path) -> dict[int, pathlib.Path]:
    """Finds all versions by number, whole or not; none where there is no such directory."""
    try:
        entries = sorted(directory.iterdir())
    except OSError:
        return {}
    return {int(path.name): path for path in entries if is_number(path.name) and path.is_dir()}


def is_number(name: str) -> bool:
    """Whether a name is that of a version."""
    return name.isascii() and name.isdigit()  # "²" is a digit to Python, but no number


def is_model(path: pathlib.Path) -> bool:
    """Whether a directory holds a SavedModel, whole or not."""
    return (path / MODEL_FILE).is_file()


def changed_at(path: pathlib.Path) -> float:
    """Tells when anything in a directory last changed, in seconds of the wall clock.

    The time of the last change of an inode (`ctime`) is that, even of files that were copied with
    the times of others.

    Raises:
        OSError: If something vanishes meanwhile.
    """
    return max(entry.lstat().st_ctime for entry in [path, *path.rglob("*")])


def is_whole(path: pathlib.Path, settle_seconds: float) -> bool:
    """Whether a version has all its files, and nothing in it changed of late."""
    try:
        if not is_model(path) or not _has_all_shards(path / "variables"):
            return False
        return time.time() - changed_at(path) >= settle_seconds
    except OSError:  # it is being moved or deleted
        return False


def _has_all_shards(variables: pathlib.Path) -> bool:
    """Whether all parts of the checkpoint are there; a model may have none."""
    if not variables.is_dir():
        return True
    shards = [match for path in variables.iterdir() if (match := _SHARD.fullmatch(path.name))]
    has_index = (variables / "variables.index").is_file()
    return not (shards or has_index) or (
        has_index and bool(shards) and len(shards) == int(shards[0][1])
    )
