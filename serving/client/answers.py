"""What a server answers, as Python has it."""

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from serving.client import errors, transport

Reason = Literal["end", "stop", "length"]
# Statuses that the errors would have that come when an answer has begun.
_STATUSES = {
    "INVALID_ARGUMENT": 400,
    "RESOURCE_EXHAUSTED": 429,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}


class Label(NamedTuple):
    """A label and how it was scored."""

    label: str
    score: float


class VersionStatus(NamedTuple):
    """A version of a model: START, LOADING, AVAILABLE, UNLOADING or END, and what went wrong."""

    version: int
    state: str
    error_code: str
    error_message: str


class Tensor(NamedTuple):
    """An input or output: its dtype, such as `DT_STRING`, and its shape; None is of any size."""

    dtype: str
    shape: tuple[int | None, ...] | None


class Signature(NamedTuple):
    """One way to ask a model."""

    method_name: str
    inputs: Mapping[str, Tensor]
    outputs: Mapping[str, Tensor]


class Metadata(NamedTuple):
    """What a version can be asked."""

    version: int
    signatures: Mapping[str, Signature]


class Token(NamedTuple):
    """A token that was written, and the text that is sure since; it may be empty."""

    token_id: int
    text: str


class End(NamedTuple):
    """The end of a text that was written.

    Attributes:
        text: The rest of it.
        reason: `end` where the model ended it, `stop` at a stop, `length` at `max_new_tokens`.
        tokens: How many it took.
        seed: With which the same text comes again.
        version: That wrote it.
    """

    text: str
    reason: Reason
    tokens: int
    seed: int
    version: int


def statuses(answer: Any) -> list[VersionStatus]:
    """Reads the status of a model."""
    return [
        VersionStatus(
            int(one["version"]),
            one["state"],
            one["status"]["error_code"],
            one["status"]["error_message"],
        )
        for one in answer["model_version_status"]
    ]


def metadata(answer: Any) -> Metadata:
    """Reads the metadata of a version."""
    told = answer["metadata"]["signature_def"]["signature_def"]
    signatures = {
        name: Signature(one["method_name"], _tensors(one["inputs"]), _tensors(one["outputs"]))
        for name, one in told.items()
    }
    return Metadata(int(answer["model_spec"]["version"]), signatures)


def _tensors(told: Mapping[str, Any]) -> dict[str, Tensor]:
    return {name: Tensor(one["dtype"], _shape(one["tensor_shape"])) for name, one in told.items()}


def _shape(told: Mapping[str, Any]) -> tuple[int | None, ...] | None:
    if told["unknown_rank"]:
        return None
    sizes = (int(dim["size"]) for dim in told["dim"])
    return tuple(None if size < 0 else size for size in sizes)


def events(answer: transport.Answer) -> Iterator[Token | End]:
    """Reads server-sent events as they come, and closes the answer.

    Raises:
        ClientError: If one of them is an error, or the last one does not come.
    """
    try:
        name = ""
        for line in answer.lines():
            key, _, value = line.decode().rstrip("\n").partition(": ")
            if key == "event":
                name = value
            elif key == "data":
                yield _event(name, json.loads(value))
                if name == "end":
                    return
        raise errors.UnreachableError("The connection ended before the text")
    finally:
        answer.close()


def _event(name: str, told: Mapping[str, Any]) -> Token | End:
    if name == "error":
        raise errors.refusal(_STATUSES.get(told["code"], 500), told["error"])
    if name == "end":
        return End(**{**told, "version": int(told["version"])})
    return Token(**told)


def from_base64(value: Any) -> Any:
    """Makes bytes of `{"b64": ...}`, wherever it stands."""
    if isinstance(value, list):
        return [from_base64(item) for item in value]
    if isinstance(value, dict):
        if value.keys() == {"b64"}:
            return base64.b64decode(value["b64"])
        return {key: from_base64(item) for key, item in value.items()}
    return value
