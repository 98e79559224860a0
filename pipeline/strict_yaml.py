"""Reads YAML strictly, and leaves it to the config's types what a scalar means.

YAML 1.1 reads `[no, yes]` as booleans, `007` as an octal and `1e-3` as text. Here each scalar stays
as it was written, so that `labels: [no, yes]` are two words and `learning_rate: 1e-3` is a number.
Only an unquoted `null`, `~` or nothing at all is null. Keys given twice, tags and aliases are
errors: each is read by others as something that its writer did not mean.
"""

import dataclasses
import pathlib
from typing import Any

import yaml

from pipeline import errors

KeyPath = tuple[str | int, ...]

_NULLS = ("", "~", "null", "Null", "NULL")
_PLAIN_TAGS = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))


@dataclasses.dataclass(frozen=True)
class Document:
    """Values with the place that each came from.

    Attributes:
        source: What messages call the whole: the file's path as given.
        values: Mappings, lists, text and None, nested.
        origins: Path of keys to the place of that value, such as `config.yaml:7` or `--set`.
    """

    source: str
    values: dict[str, Any]
    origins: dict[KeyPath, str]


def read(path: pathlib.Path) -> Document:
    """Reads a file that holds one mapping.

    Raises:
        ConfigError: If there is no such file, or it is not UTF-8, not YAML or not a mapping.
    """
    return parse(_read_text(path), str(path))


def parse(text: str, source: str) -> Document:
    """Parses text that holds one mapping; empty text is an empty one.

    Raises:
        ConfigError: If the text is not YAML, or is something else than a mapping.
    """
    origins: dict[KeyPath, str] = {}
    values = _parse(text, source, origins)
    if values is None:
        values = {}
    if not isinstance(values, dict):
        kind = "a list" if isinstance(values, list) else "a single value"
        raise errors.ConfigError(f"{source}: must hold `key: value` lines. Received: {kind}")
    return Document(source, values, origins)


def parse_value(text: str, source: str) -> Any:
    """Parses text that holds any one value.

    Raises:
        ConfigError: If the text is not YAML.
    """
    return _parse(text, source, {})


def _read_text(path: pathlib.Path) -> str:
    """Reads a file, saying in one line why where that fails."""
    if path.is_dir():
        raise errors.ConfigError(f"{path}: must be a file. Received: a directory")
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise errors.ConfigError(f"{path}: no such file") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise errors.ConfigError(f"{path}: cannot be read: {reason}") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        raise errors.ConfigError(
            f"{path}:{line}: must be UTF-8. Received: the byte 0x{byte:02x}"
        ) from error


def _parse(text: str, source: str, origins: dict[KeyPath, str]) -> Any:
    """Parses one YAML document, noting in `origins` where each value stands."""
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
        builder = _Builder(source, origins)
        values = builder.build(node, ()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        place = _place(source, error.problem_mark)
        raise errors.ConfigError(f"{place}: is not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        reason = getattr(error, "reason", "it cannot be parsed")
        raise errors.ConfigError(f"{source}: is not YAML: {reason}") from error
    except RecursionError as error:
        raise errors.ConfigError(f"{source}: is nested too deeply") from error
    if builder.problems:
        raise errors.ConfigError(builder.problems)
    return values


class _Builder:
    """Turns YAML nodes into values, and collects what breaks a rule on the way."""

    def __init__(self, source: str, origins: dict[KeyPath, str]) -> None:
        self.source = source
        self.origins = origins
        self.problems: list[str] = []
        self._seen: set[int] = set()

    def build(self, node: yaml.Node, path: KeyPath) -> Any:
        """Returns the value of a node that stands at `path`."""
        if path:
            self.origins[path] = _place(self.source, node.start_mark)
        if id(node) in self._seen:
            return self._refuse(node, "aliases (`*name`) are not read; write the value out")
        if node.tag not in _PLAIN_TAGS:
            return self._refuse(node, f"tags are not read. Received: {node.tag}")
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, i)) for i, item in enumerate(node.value)]
        is_null = node.value in _NULLS and _is_unquoted(node)
        return None if is_null else node.value

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(key_node, "a key must be text")
                continue
            key_path = (*path, key_node.value)
            if key_node.value in values:
                key = ".".join(map(str, key_path))
                self._refuse(key_node, f"`{key}` is given twice; first: {self.origins[key_path]}")
                continue
            values[key_node.value] = self.build(value_node, key_path)
            self.origins[key_path] = _place(self.source, key_node.start_mark)
        return values

    def _refuse(self, node: yaml.Node, problem: str) -> None:
        self.problems.append(f"{_place(self.source, node.start_mark)}: {problem}")


def is_option(place: str) -> bool:
    """Tells whether a place is an option of the command line, not a line of a file."""
    return place.startswith("--")


def _place(source: str, mark: yaml.Mark | None) -> str:
    return source if mark is None or is_option(source) else f"{source}:{mark.line + 1}"


def _is_unquoted(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style is None
