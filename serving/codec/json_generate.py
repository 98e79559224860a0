r"""What a client asks of a text that is written on: JSON to the inputs of `generate_start`.

```json
{"text": "Once", "max_new_tokens": 50, "temperature": 0.8, "stop": ["\n"], "seed": 7}
```
"""

import secrets
from collections.abc import Mapping
from typing import Any

import numpy as np

from serving import errors
from serving import signatures as signatures_lib
from serving.codec import json_document, json_values

TEXT, STOP, SEED = "text", "stop", "seed"
# What is wished where nothing is said; a seed is drawn.
DEFAULTS: Mapping[str, float] = {
    "max_new_tokens": 128,
    "temperature": 1.0,
    "top_k": 0,
    "top_p": 1.0,
    "repetition_penalty": 1.0,
}
KEYS = (TEXT, *DEFAULTS, SEED, STOP)
_SEED_BITS = 31  # a seed is read and typed again by people, and where numbers are doubles


def decode(
    document: Mapping[str, Any], signature: signatures_lib.Signature
) -> dict[str, np.ndarray]:
    """Reads a request.

    Args:
        document: The client's.
        signature: What takes it, but for its further inputs.

    Returns:
        Arrays of one row, by name.

    Raises:
        ServingError: If a key is unknown, missing, or of another kind.
    """
    unknown = [key for key in document if key not in KEYS]
    if unknown:
        raise errors.invalid(
            f"A request to write must have no other keys than: {', '.join(KEYS)}. "
            f"Received: {json_document.show(unknown[0])}"
        )
    if TEXT not in document:
        raise errors.invalid(f"Missing '{TEXT}' key")
    values = {**DEFAULTS, SEED: secrets.randbits(_SEED_BITS), STOP: [], **document}
    if not isinstance(values[STOP], list):
        values[STOP] = [values[STOP]]
    if any(isinstance(stop, list) for stop in values[STOP]):
        raise errors.invalid(f"`{STOP}` must be a text, or a list of texts")
    return {
        key: _array(key, [values[key]], signature.inputs[key])
        for key in KEYS
        if key in signature.inputs
    }


def _array(key: str, row: list[Any], spec: signatures_lib.TensorSpec) -> np.ndarray:
    if isinstance(row[0], list) and key != STOP:
        raise errors.invalid(
            f"`{key}` must be a single value. Received: {json_document.show(row[0])}"
        )
    try:
        return json_values.to_array(row, spec)
    except errors.ServingError as error:
        raise errors.invalid(f"`{key}`: {error.message}") from None
