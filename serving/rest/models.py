"""TensorFlow Serving's routes: predict, classify, regress, status and metadata of models.

The answers are those of `model_servers/http_rest_api_handler.cc`; `GET /v1/models...` answers
KServe's protocol v1 as well, whose keys stand beside TensorFlow Serving's.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from serving import config, errors, inference, lifecycle, manager, metrics, version
from serving import signatures as signatures_lib
from serving.codec import examples, json_document, json_predict, metadata
from serving.rest import http

_MODEL = r"/v1/models/(?P<model>[^/:]+)"
_VERSION = r"(?:/versions/(?P<version>[0-9]+)|/labels/(?P<label>[^/:]+))?"
OF_MODEL = _MODEL + _VERSION
# Larger bodies are read in a thread, so that the others need not wait for it.
_LARGE_BYTES = 2**17


class Models:
    """Answers about models.

    Args:
        models: What is served.
        counted: Counts requests.
    """

    def __init__(self, models: manager.Manager, counted: metrics.Metrics) -> None:
        self._models = models
        self._counted = counted

    def routes(self) -> list[http.Route]:
        """Lists the routes."""
        of_model = OF_MODEL
        return [
            http.Route.of("POST", of_model + ":predict", self.predict),
            http.Route.of("POST", of_model + ":classify", self.classify),
            http.Route.of("POST", of_model + ":regress", self.regress),
            http.Route.of("GET", of_model + "/metadata", self.metadata),
            http.Route.of("GET", of_model, self.status),
            http.Route.of("GET", "/v1/models/?", self.models),
        ]

    async def predict(self, request: http.Request) -> http.Response:
        """Answers `:predict`, by rows or by columns."""
        with self._count(request, "Predict"):
            of_model = target(request.names)
            document = await read(request.body)  # first: what is no JSON is told before all else
            with self._models.lease(*of_model) as served:
                return await predict(served, document, request.deadline)

    async def classify(self, request: http.Request) -> http.Response:
        """Answers `:classify`."""
        with self._count(request, "Classify"):
            result = await self._infer(request, signatures_lib.CLASSIFY_METHOD)
        rows = [
            [[label.label, json_predict.shortest(label.score)] for label in row.classes]
            for row in result.classifications
        ]
        return http.Response(json_document.dump_any({"results": rows}))

    async def regress(self, request: http.Request) -> http.Response:
        """Answers `:regress`."""
        with self._count(request, "Regress"):
            result = await self._infer(request, signatures_lib.REGRESS_METHOD)
        values = [json_predict.shortest(one.value) for one in result.regressions]
        return http.Response(json_document.dump_any({"results": values}))

    def _count(self, request: http.Request, api: str) -> contextlib.AbstractContextManager[None]:
        return counting(self._counted, self._models, request, api)

    async def _infer(self, request: http.Request, method: str) -> Any:
        of_model = target(request.names)
        document = await read(request.body)
        name, given = json_predict.signature_name(document), examples.decode(document)
        with self._models.lease(*of_model) as served:
            _, result = await inference.infer(served, name, method, given, request.deadline)
            return result

    async def status(self, request: http.Request) -> http.Response:
        """Answers which versions there are, and how they are."""
        name, number, label = target(request.names)
        if label is not None:
            number = self._models.resolve(name, label)
        statuses = self._models.statuses(name, number)
        return http.answer(
            {
                "model_version_status": [_status(status) for status in statuses],
                "name": name,
                "ready": any(status.state is lifecycle.State.AVAILABLE for status in statuses),
            }
        )

    async def metadata(self, request: http.Request) -> http.Response:
        """Answers what a version can be asked."""
        name, number, label = target(request.names)
        with self._models.lease(name, number, label) as served:
            return http.answer(metadata.to_json(name, served.number, served.model))

    async def models(self, request: http.Request) -> http.Response:
        """Answers that a model must be named; and which ones there are, as KServe does."""
        error = errors.invalid("Missing model name in request.")
        return http.answer({"error": error.message, "models": self._models.names}, error.http)


async def predict(
    served: version.ServedVersion, document: Mapping[str, Any], deadline: float
) -> http.Response:
    """Predicts with a version."""
    signature = served.model.signature(json_predict.signature_name(document))
    format_, inputs = json_predict.decode(document, signature)
    outputs = await served.ask(signature, inputs, deadline)
    return http.Response(json_predict.encode(format_, outputs))


async def read(body: bytes) -> dict[str, Any]:
    """Reads JSON."""
    if len(body) < _LARGE_BYTES:
        return json_document.parse(body)
    return await asyncio.to_thread(json_document.parse, body)


def counting(
    counted: metrics.Metrics, served: manager.Manager, request: http.Request, api: str
) -> contextlib.AbstractContextManager[None]:
    """Counts a request of a model."""
    name = request.names["model"] or ""
    return counted.request(name if name in served.names else "", api, "REST")


def target(names: Mapping[str, str | None]) -> tuple[str, int | None, str | None]:
    """Reads which model is meant: its name, and the version's number or label, if told.

    Raises:
        ServingError: If the number is too large to be one.
    """
    version_text = names.get("version")
    number = None if version_text is None else int(version_text[:20])
    if number is not None and (len(version_text or "") > 19 or number > config.MAX_INT64):
        raise errors.invalid(f"Failed to convert version: {version_text} to numeric.")
    return names["model"] or "", number, names.get("label")


def _status(status: lifecycle.VersionStatus) -> dict[str, Any]:
    code = errors.Code.OK if status.error is None else status.error.code
    message = "" if status.error is None else status.error.message
    return {
        "version": str(status.number),
        "state": status.state.name,
        "status": {"error_code": code.name, "error_message": message},
    }
