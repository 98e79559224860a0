"""Asks a server: `client.Client("http://127.0.0.1:8501").predict("sentiment", ["A text."])`."""

import types
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from serving.client import answers, transport


class Client:
    """Asks a server; may be used by several threads, and as a context that closes it.

    Args:
        address: Such as `http://127.0.0.1:8501`.
        api_key: What the server wants to be shown.
        timeout_seconds: How long to wait for a connection, and for each part of an answer.
        retries: How often a request is sent again that the server has done nothing about; see
            `transport`.

    Every method raises a `errors.ClientError`; where the server refused it has its words.
    Methods take the version that is meant by number or label; without, the newest answers.
    """

    def __init__(
        self,
        address: str,
        *,
        api_key: str | None = None,
        timeout_seconds: float = 60.0,
        retries: int = 2,
    ) -> None:
        self._transport = transport.Transport(address, api_key, timeout_seconds, retries)

    def __enter__(self) -> "Client":
        """Begins."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        """Closes it."""
        self.close()

    def close(self) -> None:
        """Closes the connections that are kept."""
        self._transport.close()

    def predict(
        self,
        model: str,
        instances: Sequence[Any],
        *,
        signature: str = "",
        version: int | None = None,
        label: str | None = None,
    ) -> list[Any]:
        """Predicts row by row.

        Args:
            model: Its name.
            instances: Rows: a value where the signature has one input, else input name to value.
                Bytes are sent as such, NumPy arrays as lists.
            signature: Its name; the default one if empty.
            version: Its number.
            label: A further name of a version.

        Returns:
            A row for each: a value where the signature has one output, else output name to value.
        """
        path = _path(model, version, label, ":predict")
        answer = self._ask(path, signature, instances=list(instances))
        predictions: list[Any] = answers.from_base64(answer["predictions"])
        return predictions

    def predict_columns(
        self,
        model: str,
        inputs: Any,
        *,
        signature: str = "",
        version: int | None = None,
        label: str | None = None,
    ) -> Any:
        """Predicts with whole tensors.

        Args:
            model: Its name.
            inputs: Input name to tensor as lists of lists; bare where there is one input.
            signature: Its name; the default one if empty.
            version: Its number.
            label: A further name of a version.

        Returns:
            Output name to tensor, as lists of lists; bare where there is one output.
        """
        answer = self._ask(_path(model, version, label, ":predict"), signature, inputs=inputs)
        return answers.from_base64(answer["outputs"])

    def classify(
        self,
        model: str,
        examples: Sequence[Mapping[str, Any]],
        *,
        signature: str = "",
        version: int | None = None,
        label: str | None = None,
    ) -> list[list[answers.Label]]:
        """Classifies examples, feature name to value; gives all labels of each."""
        path = _path(model, version, label, ":classify")
        answer = self._ask(path, signature, examples=list(examples))
        return [[answers.Label(*pair) for pair in row] for row in answer["results"]]

    def regress(
        self,
        model: str,
        examples: Sequence[Mapping[str, Any]],
        *,
        signature: str = "",
        version: int | None = None,
        label: str | None = None,
    ) -> list[float]:
        """Gives a number for each example, feature name to value."""
        path = _path(model, version, label, ":regress")
        answer = self._ask(path, signature, examples=list(examples))
        numbers: list[float] = answer["results"]
        return numbers

    def _ask(self, path: str, signature: str, **document: Any) -> Any:
        named = {"signature_name": signature} if signature else {}
        return self._transport.ask("POST", path, {**document, **named})

    def status(
        self, model: str, *, version: int | None = None, label: str | None = None
    ) -> list[answers.VersionStatus]:
        """Tells which versions there are, and how they are, the newest first."""
        return answers.statuses(self._transport.ask("GET", _path(model, version, label, "")))

    def metadata(
        self, model: str, *, version: int | None = None, label: str | None = None
    ) -> answers.Metadata:
        """Tells what a version can be asked."""
        path = _path(model, version, label, "/metadata")
        return answers.metadata(self._transport.ask("GET", path))

    def stream(
        self,
        model: str,
        text: str,
        *,
        version: int | None = None,
        label: str | None = None,
        **wishes: Any,
    ) -> Iterator[answers.Token | answers.End]:
        """Writes on at a text; what the server refuses is told at once, not at the first token.

        Args:
            model: Its name.
            text: What is written on.
            version: Its number.
            label: A further name of a version.
            wishes: `max_new_tokens`, `temperature`, `top_k`, `top_p`, `repetition_penalty`,
                `seed`, `stop`.

        Returns:
            Tokens as they come, and at last the end. Once it is closed, the server writes no more.
        """
        path = _path(model, version, label, ":generate_stream")
        return answers.events(self._transport.open("POST", path, {"text": text, **wishes}))


def _path(model: str, version: int | None, label: str | None, what: str) -> str:
    """Makes the path of a question to a model.

    Raises:
        ValueError: If both a version and a label are told.
    """
    if version is not None and label is not None:
        raise ValueError(f"`version` or `label` must be None. Received: {version}, {label!r}")
    which = "" if version is None else f"/versions/{version}"
    if label is not None:
        which = f"/labels/{urllib.parse.quote(label, safe='')}"
    return f"/v1/models/{urllib.parse.quote(model, safe='')}{which}{what}"
