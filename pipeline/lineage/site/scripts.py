"""Data as scripts, which a page opened from a file may load where it may not fetch.

Each calls a function of the page with one value. Nothing in it can end the script or the element
that it stands in, whatever the data says: `<`, `>` and `&` are escaped, and so is all beyond ASCII.
"""

import json
import math
import pathlib
from typing import Any

from pipeline.lineage.site import data

_MARKUP = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}


def render(function: str, value: object) -> str:
    """Renders the call of a function with a value."""
    text = json.dumps(data.inert(_finite(value)), allow_nan=False, separators=(",", ":"))
    return f"{function}(\n{text.translate(_MARKUP)}\n);\n"


def read(path: pathlib.Path) -> Any:
    """Reads back the value of a script that `render` has made.

    Raises:
        ValueError: If it is no such script.
        OSError: If it cannot be read.
    """
    _, text, _ = path.read_text(encoding="ascii").split("\n", 2)
    return json.loads(text)


def _finite(value: Any) -> Any:
    """Replaces numbers that JSON does not know."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return value
