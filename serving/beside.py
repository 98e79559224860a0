"""What stands beside a model's graph, told by whoever made it: its task, and where it came from."""

import json
import pathlib
from typing import Any

TASK = "assets.extra/task.json"
LINEAGE = "assets.extra/lineage.json"
# What of a lineage is named with the model: enough to ask its pipeline's records for all the rest.
_NAMED = ("pipeline", "run", "execution")


def read(path: pathlib.Path, file: str) -> dict[str, Any] | None:
    """Reads a file of a version; None where it tells nothing that can be read."""
    try:
        told = json.loads((path / file).read_bytes())
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def lineage(path: pathlib.Path) -> dict[str, Any] | None:
    """Names the lineage of a version: which run of which pipeline has made it, and the file."""
    told = read(path, LINEAGE)
    if told is None:
        return None
    return {**{key: told.get(key) for key in _NAMED}, "file": str(path / LINEAGE)}
