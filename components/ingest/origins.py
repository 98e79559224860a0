"""The very files that examples came from, noted beside them. The reader imports no TFX."""

import dataclasses
import json
from collections.abc import Iterable

FILE_NAME = "sources.json"  # in the directory of the examples


@dataclasses.dataclass(frozen=True)
class Origin:
    """A file that was read.

    Attributes:
        path: Where it lay.
        source: `all`, or the split that it was for.
        bytes: Its size.
        sha256: Of its bytes as they were read, in hex.
        rows: Rows that it had.
        aside: Rows among them that were put aside.
    """

    path: str
    source: str
    bytes: int
    sha256: str
    rows: int
    aside: int


def to_json(origins: Iterable[Origin]) -> str:
    """Renders origins."""
    return json.dumps([dataclasses.asdict(origin) for origin in origins], indent=1)


def from_json(text: str) -> tuple[Origin, ...]:
    """Reads origins back."""
    return tuple(Origin(**values) for values in json.loads(text))
