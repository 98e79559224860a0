"""Turns what is wrong with a config into lines that name place, key, rule and value.

One such line: ``config.yaml:7: `train.batch_size` must be at least 1. Received: 0``
"""

import difflib
import json
import re
import typing
from collections.abc import Sequence
from typing import Any

import pydantic
import pydantic_core

from pipeline import strict_yaml
from trainer import config as trainer_config

_MAX_VALUE_CHARS = 80

# What each kind of violation means to the one who wrote the config.
_RULES = {
    "missing": "must be given",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number of usual size",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "string_unicode": "must be UTF-8",
    "tuple_type": "must be a list, such as [a, b]",
    "list_type": "must be a list, such as [a, b]",
    "dict_type": "must hold `key: value` pairs",
    "model_type": "must hold `key: value` pairs",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "literal_error": "must be one of {expected}",
}


def lines(
    error: pydantic.ValidationError,
    document: strict_yaml.Document,
    model: type[pydantic.BaseModel],
) -> list[str]:
    """Returns one line for each problem.

    Args:
        error: What validating the document's values raised.
        document: Where the values came from.
        model: What they were validated against; its keys are suggested for unknown ones.
    """
    found: list[str] = []
    for details in error.errors(include_url=False):
        for text in _describe(details, model).splitlines():
            found.append(f"{_origin(details, text, document)}: {text}")
    return found


def show(value: Any) -> str:
    """Renders a value as it would be written in a config, shortened where it is long."""
    if isinstance(value, str) and value and value == value.strip() and value.isprintable():
        text = value
    else:
        text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MAX_VALUE_CHARS else f"{text[: _MAX_VALUE_CHARS - 1]}…"


def nearest(name: str, names: list[str]) -> str | None:
    """Finds the name that was most likely meant, whatever its case."""
    by_lower = {known.lower(): known for known in reversed(names)}
    close = difflib.get_close_matches(name.lower(), list(by_lower), n=1)
    return by_lower[close[0]] if close else None


def refuse_repeated(key: str, names: Sequence[str]) -> None:
    """Refuses a list that holds a name twice.

    Raises:
        ValueError: If it does; the message names the key and the name.
    """
    for i, name in enumerate(names):
        if name in names[:i]:
            raise ValueError(f"`{key}` must not hold anything twice. Received: {show(name)} twice")


def _describe(details: pydantic_core.ErrorDetails, model: type[pydantic.BaseModel]) -> str:
    loc = details["loc"]
    key = _dotted(loc)
    if details["type"] == "extra_forbidden":
        return _unknown_key(loc, model)
    if details["type"] == "value_error":
        return _own_words(details, model)
    if details["type"] == "missing":
        return f"`{key}` {rule(details)}"
    return f"`{key}` {rule(details)}. Received: {show(details['input'])}"


def rule(details: pydantic_core.ErrorDetails) -> str:
    """Tells the rule that a value breaks, such as `must be at least 1`."""
    context = {name: _plain(value) for name, value in details.get("ctx", {}).items()}
    if details["type"] == "literal_error":
        context["expected"] = context["expected"].replace("'", "").replace(" or ", ", ")
    found = _RULES.get(details["type"])
    # A kind that is not in the table still gets its line, in its author's words.
    return found.format(**context) if found else f"is not valid: {details['msg']}"


def _dotted(loc: strict_yaml.KeyPath) -> str:
    """Writes a path of keys as people do: `data.labels[0]`."""
    parts = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in loc)
    return "".join(parts).removeprefix(".")


def _plain(value: Any) -> Any:
    """Renders a bound as people write it: 1,048,576 and 0.5."""
    if isinstance(value, float) and not value.is_integer():
        return f"{value:g}"
    return f"{int(value):,}" if isinstance(value, int | float) else value


def _own_words(details: pydantic_core.ErrorDetails, model: type[pydantic.BaseModel]) -> str:
    """Returns our validators' own message, with a section's keys spelled out in full."""
    message = str(details["ctx"]["error"])
    section = _section_at(details["loc"], model)
    if section is None or section is model:
        return message
    prefix = _dotted(details["loc"])
    return re.sub(rf"`({'|'.join(_keys(section))})`", rf"`{prefix}.\1`", message)


def _unknown_key(loc: strict_yaml.KeyPath, model: type[pydantic.BaseModel]) -> str:
    """Says that a key is unknown, and which known one is near."""
    *parents, last = map(str, loc)
    siblings = _keys(_section_at(loc[:-1], model) or model)
    meant = nearest(last, siblings)
    text = f"`{_dotted(loc)}` is not a known key"
    if meant is not None:
        return f"{text}. Did you mean `{'.'.join([*parents, meant])}`?"
    by_last_part = {key.rpartition(".")[2]: key for key in reversed(_dotted_keys(model))}
    meant = nearest(last, list(by_last_part))
    if meant is not None:
        return f"{text}. Did you mean `{by_last_part[meant]}`?"
    return f"{text}. Known keys: {', '.join(siblings)}"


def _origin(details: pydantic_core.ErrorDetails, text: str, document: strict_yaml.Document) -> str:
    """Finds the place of the value at fault, or of the nearest thing around it."""
    if details["type"] != "value_error":
        return _nearest_origin(details["loc"], document)
    # A rule of ours may be about several keys; where an option set one of them, that broke it.
    broken = text.partition(". Received: ")[0]
    keys = re.findall("`([^`]+)`", broken)
    # As written, since a key may hold points itself, as those of a space to search do.
    places = {_dotted(path): place for path, place in document.origins.items()}
    given = [places[key] for key in keys if key in places]
    by_option = [place for place in given if strict_yaml.is_option(place)]
    return next(iter(by_option or given), _nearest_origin(tuple(keys[0].split(".")), document))


def _nearest_origin(path: strict_yaml.KeyPath, document: strict_yaml.Document) -> str:
    while path and path not in document.origins:
        path = path[:-1]
    return document.origins.get(path, document.source)


def _section_at(
    loc: strict_yaml.KeyPath, model: type[pydantic.BaseModel]
) -> type[pydantic.BaseModel] | None:
    """Finds the section at a path of keys; None where something else stands."""
    current: Any = model
    for key in loc:
        fields = {field.alias or name: field for name, field in current.model_fields.items()}
        current = section_of(fields[str(key)].annotation) if str(key) in fields else None
        if current is None:
            return None
    return current


def is_section(annotation: Any) -> bool:
    """Tells whether a field's type is a section of the config, which is always there."""
    return isinstance(annotation, type) and issubclass(annotation, trainer_config.Section)


def section_of(annotation: Any) -> type[pydantic.BaseModel] | None:
    """Finds the section that a field's type is, or may be; None where it is no section."""
    among = (annotation, *typing.get_args(annotation))
    return next((each for each in among if is_section(each)), None)


def _keys(section: type[pydantic.BaseModel]) -> list[str]:
    """Lists a section's keys as they are written in a config."""
    return [field.alias or name for name, field in section.model_fields.items()]


def _dotted_keys(section: type[pydantic.BaseModel], prefix: str = "") -> list[str]:
    """Lists all keys below a section, outer ones first, such as `train` and `train.epochs`."""
    found = []
    for name, field in section.model_fields.items():
        key = prefix + (field.alias or name)
        found.append(key)
        section_below = section_of(field.annotation)
        if section_below is not None:
            found.extend(_dotted_keys(section_below, f"{key}."))
    return found
