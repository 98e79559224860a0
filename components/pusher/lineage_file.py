"""`lineage.json`, which goes with every version: whose it is, of what it was made, and its digests.

It stands beside the model, so that a version tells where it came from wherever it is copied to, and
whatever becomes of the records. Imports no TFX.
"""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

FILE_NAME = "lineage.json"
DIRECTORY = "assets.extra"


@dataclasses.dataclass(frozen=True)
class Source:
    """An artifact that it was made of, or judged by.

    Attributes:
        key: What it was to the node that took it.
        type: Its type.
        id: Its id in ML Metadata; 0 where the node was not told, as in a container.
        uri: Where it lay.
        properties: What was told of it.
    """

    key: str
    type: str
    id: int
    uri: str
    properties: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class File:
    """A file of the version.

    Attributes:
        bytes: Its size.
        sha256: Of its bytes, in hex.
    """

    bytes: int
    sha256: str


@dataclasses.dataclass(frozen=True)
class Lineage:
    """Where a pushed version came from.

    Attributes:
        pipeline: Name of the pipeline; empty where the node was not told, as in a container.
        run: Id of the run, likewise.
        execution: Id of the Pusher's execution; None likewise.
        pushed: What the Pusher took: the model, what judged it.
        made_of: What the report of it was made of: examples, the evaluation, the trial.
        config: The resolved config, YAML.
        versions: Package to its version.
        machine: Facts of the machine that made the report.
        files: Path below the version to what the file was when it was pushed, this one left out.
    """

    pipeline: str
    run: str
    execution: int | None
    pushed: tuple[Source, ...]
    made_of: tuple[Source, ...]
    config: str
    versions: Mapping[str, str]
    machine: Mapping[str, str]
    files: Mapping[str, File]

    def to_json(self) -> str:
        """Renders it, for programs and people."""
        return json.dumps(dataclasses.asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Lineage":
        """Reads it back.

        Raises:
            ValueError: If it is none.
        """
        try:
            values = json.loads(text)
            values["pushed"] = tuple(Source(**each) for each in values["pushed"])
            values["made_of"] = tuple(Source(**each) for each in values["made_of"])
            values["files"] = {path: File(**each) for path, each in values["files"].items()}
            return cls(**values)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"it is no {FILE_NAME}: {error}") from error
