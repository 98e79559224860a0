"""Predict's JSON: requests and answers by rows (`instances`) or by columns (`inputs`)."""

import base64
import enum
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from serving import errors
from serving import signatures as signatures_lib
from serving.codec import json_document, json_values

_KINDS = "biufO"  # NumPy's kinds of booleans, integers, floats and strings
_BYTES_SUFFIX = "_bytes"  # names of outputs whose strings are bytes, not text


# Writes JSON.
Write = Callable[[Any], bytes]


class Format(enum.Enum):
    """How tensors are laid out."""

    ROW = "instances"
    COLUMN = "inputs"


def signature_name(document: Mapping[str, Any]) -> str:
    """Reads which signature is asked; empty for the default one.

    Raises:
        ServingError: If it is no text.
    """
    name = document.get("signature_name", "")
    if not isinstance(name, str):
        raise errors.invalid(
            f"JSON Value: {json_document.show(document)} not formatted correctly. "
            "'signature_name' key must be a string value."
        )
    return name


def decode(
    document: Mapping[str, Any], signature: signatures_lib.Signature
) -> tuple[Format, dict[str, np.ndarray]]:
    """Reads the tensors of a request.

    Raises:
        ServingError: If they are not there, or do not fit the signature.
    """
    by_row, by_column = (format_.value in document for format_ in (Format.ROW, Format.COLUMN))
    if by_row and by_column:
        raise _misshapen(
            document,
            "Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist ",
        )
    if by_row:
        return Format.ROW, _rows(document, signature)
    if by_column:
        return Format.COLUMN, _columns(document["inputs"], signature)
    raise errors.invalid("Missing 'inputs' or 'instances' key")


def _misshapen(value: Any, problem: str) -> errors.ServingError:
    return errors.invalid(f"JSON Value: {json_document.show(value)} {problem}")


def _rows(
    document: Mapping[str, Any], signature: signatures_lib.Signature
) -> dict[str, np.ndarray]:
    instances, specs = document["instances"], signature.inputs
    if not isinstance(instances, list):
        raise _misshapen(document, "Excepting 'instances' to be an list/array")
    if not instances:
        raise _misshapen(document, "No values in 'instances' array")
    if not _is_object(instances[0]):
        return _plain_rows(instances, specs)
    for place, instance in enumerate(instances):
        if not _is_object(instance):
            raise errors.invalid(f"Expecting object but got list at item {place} of input list")
        if instance.keys() != specs.keys():
            raise errors.invalid(
                f"Failed to process element: {place} of 'instances' list. JSON object: "
                f"{json_document.show(instance)} keys must be equal to: {','.join(specs)}"
            )
    return {
        name: _stack([instance[name] for instance in instances], spec, f" key: {name}")
        for name, spec in specs.items()
    }


def _plain_rows(
    instances: list[Any], specs: Mapping[str, signatures_lib.TensorSpec]
) -> dict[str, np.ndarray]:
    if len(specs) > 1:
        raise errors.invalid(
            "instances is a plain list, but expecting list of objects as multiple input tensors "
            "required as per tensorinfo_map"
        )
    [(name, spec)] = specs.items()
    for place, instance in enumerate(instances):
        if _is_object(instance):
            raise errors.invalid(
                f"Expecting value/list but got object at item {place} of input list"
            )
    return {name: _stack(instances, spec, "")}


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and not json_values.is_base64(value)


def _stack(values: list[Any], spec: signatures_lib.TensorSpec, key: str) -> np.ndarray:
    """Makes one array of a value for each row.

    Raises:
        ServingError: That names the first row which does not fit.
    """
    try:
        return json_values.to_array(values, spec)
    except errors.ServingError as error:
        whole = error
    shape: tuple[int, ...] | None = None
    for place, value in enumerate(values):
        try:
            received = json_values.to_array(value, spec).shape
            shape = received if shape is None else shape
            _compare(received, shape)
        except errors.ServingError as error:
            raise errors.ServingError(
                error.code,
                f"Failed to process element: {place}{key} of 'instances' list. "
                f"Error: {error.code.name}: {error.message}",
            ) from None
    raise whole


def _compare(received: tuple[int, ...], first: tuple[int, ...]) -> None:
    sizes = [int(np.prod(shape)) for shape in (first, received)]
    if sizes[0] != sizes[1]:
        raise errors.invalid(f"Expecting tensor size: {sizes[0]} but got: {sizes[1]}")
    if received != first:
        want, got = ("[" + ",".join(map(str, shape)) + "]" for shape in (first, received))
        raise errors.invalid(f"Expecting shape {want} but got: {got}")


def _columns(inputs: Any, signature: signatures_lib.Signature) -> dict[str, np.ndarray]:
    specs = signature.inputs
    if _is_object(inputs):
        for name in specs:
            if name not in inputs:
                raise errors.invalid(f"Missing named input: {name} in 'inputs' object.")
        return {name: json_values.to_array(inputs[name], spec) for name, spec in specs.items()}
    if len(specs) > 1:
        raise errors.invalid(
            "inputs is a plain value/list, but expecting an object as multiple input tensors "
            "required as per tensorinfo_map"
        )
    [(name, spec)] = specs.items()
    return {name: json_values.to_array(inputs, spec)}


def encode(format_: Format, outputs: Mapping[str, np.ndarray]) -> bytes:
    """Writes the answer; one output stands bare, several become objects.

    Raises:
        ServingError: If rows are asked for and outputs have none, or not as many.
    """
    if format_ is Format.COLUMN:
        write, written = columns(outputs)
        return write({"outputs": written.popitem()[1] if len(written) == 1 else written})
    rows = _check_rows(outputs)
    write, written = columns(outputs)
    if not rows:
        return write({"predictions": []})
    if len(written) == 1:
        return write({"predictions": written.popitem()[1]})
    by_row = zip(*written.values(), strict=True)
    return write({"predictions": [dict(zip(written, row, strict=True)) for row in by_row]})


def columns(outputs: Mapping[str, np.ndarray]) -> tuple[Write, dict[str, Any]]:
    """Makes of each output what JSON can hold, and gives what writes it.

    orjson writes arrays as they are, but neither NaN nor infinities: where there are some, lists
    are made, and the standard library writes them.

    Raises:
        ServingError: If an output is of a kind that JSON has no numbers for.
    """
    outputs = {name: _writable(value) for name, value in outputs.items()}
    is_finite = all(
        value.dtype.kind != "f" or bool(np.isfinite(value).all()) for value in outputs.values()
    )
    if is_finite:
        return json_document.dump, {
            name: _plain(name, value) if _is_plain(value) else np.ascontiguousarray(value)
            for name, value in outputs.items()
        }
    return json_document.dump_any, {name: _plain(name, value) for name, value in outputs.items()}


def _check_rows(outputs: Mapping[str, np.ndarray]) -> int:
    rows = None
    for name, value in outputs.items():
        if not value.ndim:
            raise errors.invalid(f"Tensor name: {name} has no shape information ")
        if rows not in (None, value.shape[0]):
            raise errors.invalid(
                f"Tensor name: {name} has inconsistent batch size: {value.shape[0]} "
                f"expecting: {rows}"
            )
        rows = value.shape[0]
    return rows or 0


def _writable(value: np.ndarray) -> np.ndarray:
    if value.dtype.kind in _KINDS:
        return value
    if value.dtype.name == "bfloat16":  # of no kind that NumPy knows
        return value.astype(np.float32)
    raise errors.invalid(f"Failed to write JSON value for tensor type: {value.dtype.name}")


def _is_plain(value: np.ndarray) -> bool:
    """Whether orjson cannot write an array as it is."""
    return value.dtype == object or not value.ndim or value.dtype == np.float16


def _plain(name: str, value: np.ndarray) -> Any:
    """Makes lists; of a float as many digits as tell it from the next one."""
    if value.dtype == object:
        return _strings(value.tolist(), name.endswith(_BYTES_SUFFIX))
    if value.dtype.kind == "f" and value.dtype != np.float64:
        value = np.array([shortest(item) for item in value.ravel()]).reshape(value.shape)
    return value.tolist()


def shortest(value: float | np.floating) -> float:
    """Makes a double that is written with as few digits as the float needs."""
    return float(str(value if isinstance(value, np.floating) else np.float32(value)))


def _strings(value: Any, as_bytes: bool) -> Any:
    """Makes text of bytes, in lists too."""
    if isinstance(value, list):
        return [_strings(item, as_bytes) for item in value]
    if not isinstance(value, bytes):
        return str(value)
    if as_bytes:
        return {"b64": base64.b64encode(value).decode()}
    return value.decode("utf-8", "replace")
