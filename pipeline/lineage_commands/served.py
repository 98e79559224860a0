"""Finds the version that is meant: by its number, its directory, or the server that has it."""

import dataclasses
import json
import pathlib
import urllib.error
import urllib.request
from typing import Any

from pipeline import errors
from pipeline import workspace as workspace_lib

_TIMEOUT_SECONDS = 10.0
_METADATA = "/metadata"
# `ROOT/serving/NAME/VERSION`, wherever the pipeline ran.
_LEVELS = 3


@dataclasses.dataclass(frozen=True)
class Asked:
    """A version, and where it is recorded.

    Attributes:
        version: Its number, or `latest`.
        directory: Where to look for its pipeline's runs.
        name: Name of the pipeline; None where only one can be meant.
    """

    version: str
    directory: str
    name: str | None


def find(asked: str, is_told: bool, directory: str, name: str | None) -> Asked:
    """Finds what is meant.

    Args:
        asked: A number, `latest`, a version's directory, or a URL.
        is_told: Whether the user has said where to look.
        directory: Where to look; for a directory or a URL only if the user has said so.
        name: Name of the pipeline, if the user has said it.

    Raises:
        ConfigError: If a server does not answer, or does not tell where its model came from.
    """
    if asked.startswith(("http://", "https://")):
        return _from_server(asked, directory if is_told else None, name)
    path = pathlib.Path(asked)
    if path.name.isdigit() and path.is_dir():
        return Asked(path.name, directory if is_told else _root(path.resolve()), name)
    return Asked(asked, directory, name)


def _from_server(url: str, directory: str | None, name: str | None) -> Asked:
    told = _ask(url)
    named = told.get("metadata", {}).get("lineage")
    version = told.get("model_spec", {}).get("version")
    if not isinstance(named, dict) or not version:
        raise errors.ConfigError(
            "`URL` must be of a model whose server tells its lineage, as `meritline serve` does of "
            f"what `meritline run` has pushed. Received: {url}"
        )
    path = pathlib.Path(str(named.get("file", ""))).parent.parent
    if directory is None:
        if not path.is_dir():
            raise errors.ConfigError(
                f"`--workspace` must say where the runs of {named.get('pipeline')} are recorded: "
                f"the server's files are not on this machine. Received: {path}"
            )
        directory = _root(path)
    return Asked(str(version), directory, name or named.get("pipeline") or None)


def _ask(url: str) -> Any:
    metadata = url.rstrip("/")
    metadata += "" if metadata.endswith(_METADATA) else _METADATA
    try:
        with urllib.request.urlopen(metadata, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
            return json.load(answer)
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise errors.ConfigError(
            "`URL` must be a model of a running server, such as "
            f"http://localhost:8501/v1/models/NAME. Received: {url} ({reason})"
        ) from error


def _root(version: pathlib.Path) -> str:
    """Tells where the runs that pushed a version are recorded."""
    root = version.parents[_LEVELS - 1] if len(version.parents) >= _LEVELS else version
    if workspace_lib.Workspace.found(root) is None:
        raise errors.ConfigError(
            "`--workspace` must say where the runs are recorded: there are none beside the "
            f"version. Received: {version}"
        )
    return str(root)
