"""Turns what is wrong with a config into lines that name place, key, rule and value.

One such line: ``config.yaml:7: `train.batch_size` must be at least 1. Received: 0``
"""

import difflib
import json
import re
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
    "tuple_type": "must be a list, such as [a, b]",
    "list_type": "must be a list, such as [a, b]",
    "dict_type": "must hold `key: value` pairs",
    "model_type": "must hold `key: value` pairs",
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be at most {le:,g}",
    "string_too_short": "must not be empty",
    "too_short": "must have at least {min_length} entries",
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
        place = _origin(details, document)
        found.extend(f"{place}: {text}" for text in _describe(details, model).splitlines())
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


def _describe(details: pydantic_core.ErrorDetails, model: type[pydantic.BaseModel]) -> str:
    loc = details["loc"]
    key = ".".join(map(str, loc))
    if details["type"] == "extra_forbidden":
        return _unknown_key(loc, model)
    if details["type"] == "value_error":
        return _own_words(details, model)
    context = dict(details.get("ctx", {}))
    if details["type"] == "literal_error":
        context["expected"] = context["expected"].replace("'", "").replace(" or ", ", ")
    rule = _RULES.get(details["type"])
    # A kind that is not in the table still gets its line, in its author's words.
    rule = rule.format(**context) if rule else f"is not valid: {details['msg']}"
    if details["type"] == "missing":
        return f"`{key}` {rule}"
    return f"`{key}` {rule}. Received: {show(details['input'])}"


def _own_words(details: pydantic_core.ErrorDetails, model: type[pydantic.BaseModel]) -> str:
    """Returns our validators' own message, with a section's keys spelled out in full."""
    message = str(details["ctx"]["error"])
    section = _section_at(details["loc"], model)
    if section is None or section is model:
        return message
    prefix = ".".join(map(str, details["loc"]))
    return re.sub(rf"`({'|'.join(_keys(section))})`", rf"`{prefix}.\1`", message)


def _unknown_key(loc: strict_yaml.KeyPath, model: type[pydantic.BaseModel]) -> str:
    """Says that a key is unknown, and which known one is near."""
    *parents, last = map(str, loc)
    siblings = _keys(_section_at(loc[:-1], model) or model)
    meant = nearest(last, siblings)
    text = f"`{'.'.join(map(str, loc))}` is not a known key"
    if meant is not None:
        return f"{text}. Did you mean `{'.'.join([*parents, meant])}`?"
    by_last_part = {key.rpartition(".")[2]: key for key in reversed(_dotted_keys(model))}
    meant = nearest(last, list(by_last_part))
    if meant is not None:
        return f"{text}. Did you mean `{by_last_part[meant]}`?"
    return f"{text}. Known keys: {', '.join(siblings)}"


def _origin(details: pydantic_core.ErrorDetails, document: strict_yaml.Document) -> str:
    """Finds the place of the value at fault, or of the nearest thing around it."""
    loc = details["loc"]
    if details["type"] == "value_error":
        # A rule about several keys: an option that set one of them is what broke it.
        for path, place in document.origins.items():
            if path[: len(loc)] == loc and place.startswith("--"):
                return place
    if details["type"] != "missing" and loc in document.origins:
        return document.origins[loc]
    return document.source


def _section_at(
    loc: strict_yaml.KeyPath, model: type[pydantic.BaseModel]
) -> type[pydantic.BaseModel] | None:
    """Finds the section at a path of keys; None where something else stands."""
    current: Any = model
    for key in loc:
        fields = {field.alias or name: field for name, field in current.model_fields.items()}
        annotation = fields[str(key)].annotation if str(key) in fields else None
        if not is_section(annotation):
            return None
        current = annotation
    return current


def is_section(annotation: Any) -> bool:
    """Tells whether a field's type is a section of the config."""
    return isinstance(annotation, type) and issubclass(annotation, trainer_config.Section)


def _keys(section: type[pydantic.BaseModel]) -> list[str]:
    """Lists a section's keys as they are written in a config."""
    return [field.alias or name for name, field in section.model_fields.items()]


def _dotted_keys(section: type[pydantic.BaseModel], prefix: str = "") -> list[str]:
    """Lists all keys below a section, outer ones first, such as `train` and `train.epochs`."""
    found = []
    for name, field in section.model_fields.items():
        key = prefix + (field.alias or name)
        found.append(key)
        if is_section(field.annotation):
            found.extend(_dotted_keys(field.annotation, f"{key}."))  # type: ignore[arg-type]
    return found
