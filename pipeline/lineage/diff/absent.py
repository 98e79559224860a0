"""Finds what two runs have put out, or says why there is nothing to compare."""

import pathlib
from collections.abc import Callable
from typing import TypeVar

import yaml
from google.protobuf import message, text_format

from pipeline.lineage import files, records

_Parsed = TypeVar("_Parsed")
# What parsers raise: JSON and text, YAML, messages, and dataclasses given other fields.
_TORN = (
    *(ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError),
    *(message.DecodeError, text_format.ParseError),
)
_ENDED = {
    records.State.REFUSED: "was refused by",
    records.State.FAILED: "failed in",
    records.State.INTERRUPTED: "was interrupted in",
    records.State.UNFINISHED: "has not ended",
}


class AbsentError(Exception):
    """What is to be compared is not there; the message says whose and why, one line."""


class NothingError(Exception):
    """Neither run is of a kind that has it, so that nothing is to be told."""


def pair(
    old: records.Run, new: records.Run, of: tuple[str, str], what: str
) -> tuple[records.Artifact, records.Artifact] | None:
    """Finds an artifact of each run.

    Args:
        old: The one run.
        new: The other.
        of: Id of the node, and key of its output.
        what: What that is, in a word or two.

    Returns:
        Both; None where it is the very same, which the cache has answered with.

    Raises:
        AbsentError: If a run has none.
    """
    one, other = artifact(old, of, what), artifact(new, of, what)
    return None if one.id == other.id else (one, other)


def artifact(run: records.Run, of: tuple[str, str], what: str) -> records.Artifact:
    """Finds an artifact of a run.

    Raises:
        AbsentError: If it has none.
    """
    found = run.output(*of)
    if found is None:
        raise AbsentError(f"{run.id} has no {what}: it {_ended(run, of[0])}")
    return found


def read(run: records.Run, artifact: records.Artifact, name: str, what: str) -> bytes:
    """Reads a file of an artifact.

    Args:
        run: Whose it is.
        artifact: The artifact.
        name: Of the file, below the artifact's directory.
        what: What the artifact is, in a word or two.

    Raises:
        AbsentError: If it is not there.
    """
    root = directory(run, artifact, what)
    try:
        return (root / name).read_bytes()
    except FileNotFoundError as error:
        raise AbsentError(f"{run.id} has no {name} among the files of its {what}") from error
    except OSError as error:
        raise AbsentError(f"{root / name} cannot be read: {error.strerror}") from error


def parsed(
    run: records.Run,
    artifact: records.Artifact,
    name: str,
    what: str,
    parse: Callable[[bytes], _Parsed],
) -> _Parsed:
    """Reads a file of an artifact and what it tells; arguments as of `read`, and a parser.

    Raises:
        AbsentError: If it is not there, is torn, or tells what another version has written.
    """
    content = read(run, artifact, name, what)
    try:
        return parse(content)
    except _TORN as error:
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise AbsentError(
            f"{name} among the files of the {what} of {run.id} is torn, or of another version "
            f"({reason})"
        ) from error


def directory(run: records.Run, artifact: records.Artifact, what: str) -> pathlib.Path:
    """Finds the directory of an artifact.

    Raises:
        AbsentError: If it is gone, or on no disk of this machine.
    """
    found = files.path(artifact)
    if found is None:
        where = f"not on this machine ({artifact.uri})" if "://" in artifact.uri else "gone"
        raise AbsentError(f"the files of the {what} of {run.id} are {where}")
    return found


def _ended(run: records.Run, node: str) -> str:
    """Says why a run has nothing of a node."""
    state = run.state
    ended_in = [each.node for each in run.executions if each.state is state]
    if state in _ENDED:
        return f"{_ENDED[state]} {ended_in[-1]}" if ended_in else _ENDED[state]
    return f"ran without {node}" if run.execution(node) is None else f"put none out in {node}"
