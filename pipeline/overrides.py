"""Values given on the command line that stand above the config's own: `--set section.key=value`."""

import copy
import dataclasses
from collections.abc import Sequence
from typing import Any

from pipeline import errors, strict_yaml

# Sections whose parts may be written as one value: what that value is short for, such as the level
# in `leakage: warn`. A setting of one of them must not undo the other.
_SHORT_FOR = {"validate": "level"}


@dataclasses.dataclass(frozen=True)
class Override:
    """One value for one key.

    Attributes:
        keys: The path to the key, such as `("train", "epochs")`.
        value: What it is set to, as `strict_yaml` reads it.
        origin: The option that gave it, for messages.
    """

    keys: tuple[str, ...]
    value: Any
    origin: str = "--set"


def parse(text: str) -> Override:
    """Parses `section.key=value`; the value is YAML, so `[a, b]` is a list and `null` is null.

    Raises:
        ConfigError: If there is no `=`, a part of the key is empty, or the value is not YAML.
    """
    key, equals, value = text.partition("=")
    keys = tuple(part.strip() for part in key.split("."))
    if not equals or not all(keys):
        raise errors.ConfigError(f"--set: must be `section.key=value`. Received: {text}")
    return Override(keys, strict_yaml.parse_value(value, f"--set {'.'.join(keys)}"))


def apply(
    document: strict_yaml.Document, overrides: Sequence[str | Override]
) -> strict_yaml.Document:
    """Returns the document with the overrides in it; of two for one key, the later one holds.

    Args:
        document: What the overrides stand above; it is left as it is.
        overrides: Parsed ones, or text as after `--set`.

    Raises:
        ConfigError: If the text of an override cannot be parsed; one line for each such.
    """
    values, origins = copy.deepcopy(document.values), dict(document.origins)
    for override in _parse_all(overrides):
        replaced = _put(values, override)
        for path in [path for path in origins if path[: len(replaced)] == replaced]:
            del origins[path]
        origins[replaced] = override.origin
    return dataclasses.replace(document, values=values, origins=origins)


def _parse_all(overrides: Sequence[str | Override]) -> list[Override]:
    parsed: list[Override] = []
    problems: list[str] = []
    for override in overrides:
        try:
            parsed.append(override if isinstance(override, Override) else parse(override))
        except errors.ConfigError as error:
            problems.extend(error.problems)
    if problems:
        raise errors.ConfigError(problems)
    return parsed


def _put(values: dict[str, Any], override: Override) -> tuple[str, ...]:
    """Sets one nested key, making the mappings on the way to it.

    Returns:
        The path to what was replaced: the key, or what stood in the way to it.
    """
    replaced = _spell_out(values, override)
    *parents, last = replaced
    for depth, key in enumerate(parents, start=1):
        if not isinstance(values.get(key), dict):
            values[key] = {}  # where this is no section, its type refuses it
            replaced = min(replaced, override.keys[:depth], key=len)
        values = values[key]
    values[last] = override.value
    return replaced


def _spell_out(values: dict[str, Any], override: Override) -> tuple[str, ...]:
    """Writes out the short form where a part has one and the override is of another kind.

    Returns:
        The path to the key that is to be set.
    """
    section, part = (*override.keys, "", "")[:2]
    parts = values.get(section)
    if section not in _SHORT_FOR or not isinstance(parts, dict):
        return override.keys
    whole = len(override.keys) == 2
    if whole and isinstance(parts.get(part), dict) and isinstance(override.value, str):
        return (*override.keys, _SHORT_FOR[section])
    if not whole and isinstance(parts.get(part), str):
        parts[part] = {_SHORT_FOR[section]: parts[part]}
    return override.keys
