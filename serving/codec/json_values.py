"""Nested JSON lists to arrays, checked on the way.

Whole levels are checked at once; only when something is amiss are the elements looked at one by
one, for an error in TensorFlow Serving's words (`util/json_tensor.cc`).
"""

import base64
import binascii
import itertools
from typing import Any

import numpy as np

from serving import errors
from serving import signatures as signatures_lib
from serving.codec import json_document

MAX_RANK = 32  # NumPy's
# Largest integer that a float has exactly: 2^digits - 1.
_EXACT = {"float": 2**24 - 1, "double": 2**53 - 1, "half": 2**11 - 1}
_LARGEST = {
    "float": float(np.finfo(np.float32).max),
    "double": float(np.finfo(np.float64).max),
    "half": float(np.finfo(np.float16).max),
}
_INTEGERS = {
    **{name: (np.iinfo(name).min, np.iinfo(name).max) for name in ("int8", "int16", "int32")},
    **{name: (np.iinfo(name).min, np.iinfo(name).max) for name in ("int64", "uint8", "uint16")},
    **{name: (np.iinfo(name).min, np.iinfo(name).max) for name in ("uint32", "uint64")},
}


def to_array(value: Any, spec: signatures_lib.TensorSpec) -> np.ndarray:
    """Makes an array of a value, list, or list of lists.

    Args:
        value: As it stood in JSON; bytes may be `{"b64": ...}`.
        spec: Tells the dtype; the shape is the value's own.

    Raises:
        ServingError: If lists are uneven, or an element is of another kind.
    """
    leaves, shape = _flatten(value)
    if leaves is None:
        _explain(value, 0, _shape(value), spec)
        raise errors.invalid(f"JSON Value: {json_document.show(value)} is uneven")
    array = np.empty(len(leaves), spec.dtype)
    array[:] = _convert(leaves, spec)
    return array.reshape(shape)


def _flatten(value: Any) -> tuple[list[Any] | None, tuple[int, ...]]:
    """Takes nested lists apart: leaves and shape; no leaves where lists are uneven."""
    level: list[Any] = [value]
    shape: list[int] = []
    while level and isinstance(level[0], list):
        if set(map(type, level)) != {list} or len(shape) == MAX_RANK:
            return None, ()
        [length, *others] = set(map(len, level))
        if others:
            return None, ()
        shape.append(length)
        level = list(itertools.chain.from_iterable(level))
    if list in set(map(type, level)):
        return None, ()
    return level, tuple(shape)


def _convert(leaves: list[Any], spec: signatures_lib.TensorSpec) -> list[Any]:
    """Makes elements of the dtype, all kinds of which are known to be right."""
    kinds = set(map(type, leaves))
    name = spec.dtype_name
    if name == "string":
        return [_bytes(leaf, spec) for leaf in leaves]
    if name in _EXACT and kinds <= {int, float}:
        limit = _LARGEST[name]
        for leaf in leaves:
            if (type(leaf) is int and abs(leaf) > _EXACT[name]) or limit < abs(leaf) < np.inf:
                raise _lossy(leaf, name)
        return leaves
    if name in _INTEGERS and kinds <= {int}:
        least, most = _INTEGERS[name]
        if not leaves or (min(leaves) >= least and max(leaves) <= most):
            return leaves
    if name == "bool" and kinds <= {bool}:
        return leaves
    for leaf in leaves:
        _check(leaf, spec)
    return leaves


def _check(leaf: Any, spec: signatures_lib.TensorSpec) -> None:
    """Checks one element.

    Raises:
        ServingError: If it is of another kind than the dtype.
    """
    name = spec.dtype_name
    if name == "string":
        _bytes(leaf, spec)
        return
    if name == "bool" and type(leaf) is bool:
        return
    if name in _EXACT and type(leaf) in (int, float):
        return
    if name in _INTEGERS and type(leaf) is int:
        least, most = _INTEGERS[name]
        if least <= leaf <= most:
            return
    if spec.dtype is None:
        raise errors.ServingError(
            errors.Code.UNIMPLEMENTED,
            f"Conversion of JSON Value: {json_document.show(leaf)} to type: {name}",
        )
    raise _type_error(leaf, name)


def _bytes(leaf: Any, spec: signatures_lib.TensorSpec) -> bytes:
    if type(leaf) is str:
        try:
            return leaf.encode()
        except UnicodeEncodeError:
            raise errors.invalid(
                "JSON Parse error: The surrogate pair in string is invalid. at offset: 0"
            ) from None
    if isinstance(leaf, dict):
        return from_base64(leaf)
    raise _type_error(leaf, spec.dtype_name)


def is_base64(value: Any) -> bool:
    """Whether a value is bytes, written as `{"b64": ...}`."""
    return isinstance(value, dict) and len(value) == 1 and isinstance(value.get("b64"), str)


def from_base64(value: Any) -> bytes:
    """Reads bytes, written as `{"b64": ...}`.

    Raises:
        ServingError: If they are not written so.
    """
    if not is_base64(value):
        raise errors.invalid(
            f"JSON Value: {json_document.show(value)} not formatted correctly for base64 data"
        )
    text = value["b64"]
    try:
        return base64.b64decode(
            text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), validate=True
        )
    except (binascii.Error, ValueError):
        raise errors.invalid("Unable to base64 decode") from None


def _type_error(leaf: Any, dtype_name: str) -> errors.ServingError:
    return errors.invalid(
        f"JSON Value: {json_document.show(leaf)} Type: {json_document.kind(leaf)} "
        f"is not of expected type: {dtype_name}"
    )


def _lossy(leaf: Any, dtype_name: str) -> errors.ServingError:
    return errors.invalid(
        f"Cannot convert JSON value: {json_document.show(leaf)} to {dtype_name} "
        "without loss of precision."
    )


def _shape(value: Any) -> list[int]:
    """Reads the shape off the first elements, as TensorFlow Serving does."""
    shape: list[int] = []
    while isinstance(value, list):
        if len(shape) == MAX_RANK:
            raise errors.invalid(f"JSON Value: has more than {MAX_RANK} levels of lists")
        shape.append(len(value))
        if not value:
            break
        value = value[0]
    return shape


def _explain(value: Any, level: int, shape: list[int], spec: signatures_lib.TensorSpec) -> None:
    """Finds the first element that is amiss.

    Raises:
        ServingError: That tells it.
    """
    if not isinstance(value, list):
        if level != len(shape):
            raise errors.invalid(
                f"JSON Value: {json_document.show(value)} found at incorrect level: {level + 1} "
                f"in the JSON DOM. Expected at level: {len(shape)}"
            )
        _check(value, spec)
        return
    if level >= len(shape):
        raise errors.invalid(
            f"Encountered list at unexpected level: {level} expected < {len(shape)}"
        )
    if len(value) != shape[level]:
        raise errors.invalid(
            f"Encountered list at unexpected size: {len(value)} at level: {level} "
            f"expected size: {shape[level]}"
        )
    for item in value:
        _explain(item, level + 1, shape, spec)
