"""What an answer must look like, whatever was asked."""

from collections.abc import Iterable, Iterator

import numpy as np

from components.probe import client


def faults(outputs: client.Tensors, spec: client.Signature, count: int) -> Iterator[str]:
    """Yields what is wrong with the form of an answer.

    Args:
        outputs: Name to value, the batch as first axis.
        spec: What the signature says that it gives.
        count: Rows that were asked.
    """
    if outputs.keys() != spec.outputs.keys():
        yield f"outputs must be {_listed(spec.outputs)}. Received: {_listed(outputs)}"
    for name, value in outputs.items():
        told = spec.outputs.get(name)
        if told is None:
            continue
        shape = told.shape or (None,)
        fits = value.ndim == len(shape) if told.shape else value.ndim >= 1
        axes = zip(shape[1:], value.shape[1:], strict=False)
        if not fits or value.shape[0] != count or any(a not in (None, b) for a, b in axes):
            wanted = ", ".join("any" if axis is None else str(axis) for axis in shape[1:])
            yield (
                f"`{name}` must be of the shape ({count}{', ' if wanted else ''}{wanted}). "
                f"Received: {value.shape}"
            )
        elif value.dtype.kind == "f" and not np.isfinite(value).all():
            off = value[~np.isfinite(value)].ravel()[0]
            yield f"`{name}` must be finite. Received: {off}"
        elif value.dtype.kind == "O" and (broken := _broken(value)) is not None:
            yield f"`{name}` must be UTF-8. Received: {broken!r}"


def _broken(texts: np.ndarray) -> bytes | None:
    """Finds a text that is no UTF-8, which no server could put into JSON."""
    text: bytes
    for text in texts.ravel():
        try:
            text.decode("utf-8")
        except UnicodeDecodeError:
            return text[:60]
    return None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
