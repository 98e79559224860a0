"""What two mappings tell otherwise."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Literal

Side = Literal["a", "b"]


@dataclasses.dataclass(frozen=True)
class Change:
    """Something that has another value in the other run.

    Attributes:
        name: What it is called.
        old: Its value in the one run.
        new: In the other.
        missing: The run that lacks it; None where both have it.
    """

    name: str
    old: Any
    new: Any
    missing: Side | None = None


def of(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """Lists what differs, in the order of the new mapping, and then of the old one."""
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        _change(name, old, new)
        for name in names
        if name not in old or name not in new or old[name] != new[name]
    )


def all_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """Lists all, also what is the same, if anything differs; nothing otherwise."""
    names = [*new, *(name for name in old if name not in new)]
    return tuple(_change(name, old, new) for name in names) if of(old, new) else ()


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Names values by dotted path; lists are values."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def largest_first(found: Sequence[Change]) -> tuple[Change, ...]:
    """Orders changes of numbers by how far they moved; what one lacks counts as 0 there."""
    return tuple(sorted(found, key=lambda each: -abs((each.new or 0.0) - (each.old or 0.0))))


def _change(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Change:
    missing: Side | None = "a" if name not in old else "b" if name not in new else None
    return Change(name, old.get(name), new.get(name), missing)
