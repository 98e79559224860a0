"""JSON as TensorFlow Serving reads and writes it: with NaN and Infinity, errors in its words."""

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from serving import errors

# orjson reads JSON alone; these words, TensorFlow Serving reads as well.
_NOT_FINITE = re.compile(rb"NaN|Infinity")
_TYPES = {dict: "Object", list: "Array", str: "String", int: "Number", float: "Number"}
_SHOWN = 1000  # characters of a value in a message


def parse(body: bytes) -> dict[str, Any]:
    """Reads a request, which must be one object.

    Raises:
        ServingError: If it is no JSON, or no object.
    """
    if not body or body.isspace():
        raise errors.invalid("JSON Parse error: The document is empty")
    document = _parse(body)
    if not isinstance(document, dict):
        raise errors.invalid(f"JSON Value: {show(document)} Is not object")
    return document


def _parse(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if not _NOT_FINITE.search(body):
            raise _unreadable(error) from None
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        raise _unreadable(error) from None
    except (ValueError, RecursionError):  # not UTF-8, a number of too many digits, too deep
        raise errors.invalid("JSON Parse error: Invalid value. at offset: 0") from None


def _unreadable(error: json.JSONDecodeError) -> errors.ServingError:
    return errors.invalid(f"JSON Parse error: Invalid value. at offset: {error.pos}")


def dump(answer: Any) -> bytes:
    """Writes an answer, in which NumPy arrays may stand for lists; all numbers must be finite."""
    return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)


def dump_any(answer: Any) -> bytes:
    """Writes an answer of plain lists, which may hold NaN and infinities."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def kind(value: Any) -> str:
    """Names the kind of a value, as messages do."""
    if value is None:
        return "Null"
    return str(value) if isinstance(value, bool) else _TYPES[type(value)]


def show(value: Any) -> str:
    """Writes a value for a message, cut where it is long."""
    shown = ""
    for part in _parts(value):
        shown += part
        if len(shown) > _SHOWN:
            return shown[:_SHOWN] + "..."
    return shown


def _parts(value: Any) -> Iterator[str]:
    """Writes piece by piece, so that of a large value no more is written than is shown."""
    try:
        # A lone surrogate, which JSON may hold, cannot be sent.
        if isinstance(value, str):
            yield json.dumps(value[: _SHOWN + 1], ensure_ascii=not value.isprintable())
        else:
            yield from json.JSONEncoder(indent=4).iterencode(value)
    except RecursionError:
        yield "..."
