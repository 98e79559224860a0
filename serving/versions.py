"""The versions in a serving directory, as TensorFlow Serving reads it."""

import pathlib


def latest(directory: str | pathlib.Path) -> pathlib.Path:
    """Finds the newest version in a directory of versions; a version's own directory is itself.

    Versions are directories named by integers; `00000123` is 123.

    Raises:
        FileNotFoundError: If there is no version with a SavedModel.
    """
    directory = pathlib.Path(directory)
    if _is_model(directory):
        return directory
    if not directory.is_dir():
        raise FileNotFoundError(f"There must be a serving directory. Received: {directory}")
    versions = [path for path in directory.iterdir() if _is_number(path.name) and _is_model(path)]
    if not versions:
        raise FileNotFoundError(
            "A serving directory must hold a version: a directory named by an integer, with a "
            f"saved_model.pb in it. Received: {directory}"
        )
    return max(versions, key=lambda path: int(path.name))


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit()  # "²" is a digit to Python, but no number


def _is_model(path: pathlib.Path) -> bool:
    return (path / "saved_model.pb").is_file()
