"""Meritline's own TFX components, one room each; and, by `components.NAME`, their artifact types.

A compiled pipeline names a type by a package and the type, such as `components.Quarantine`, with no
place for a module between. It is imported when it is asked for, since some of these rooms must not
import TFX.
"""

import importlib
from typing import Any


def __getattr__(name: str) -> Any:
    """Finds an artifact type by its name."""
    if name[:1].isupper():
        found = getattr(importlib.import_module("components.artifacts"), name, None)
        if found is not None:
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
