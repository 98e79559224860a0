"""KServe's protocol v2: metadata and infer. Its v1 shares TensorFlow Serving's paths (`models`).

References:
    KServe, "Open Inference Protocol (V2)": rest_predict_v2.yaml
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from serving import errors, lifecycle, manager, metrics
from serving import signatures as signatures_lib
from serving.codec import json_predict, json_values
from serving.rest import http, models

# KServe's names of dtypes, by TensorFlow's.
DATATYPES = {
    "bool": "BOOL",
    "double": "FP64",
    "float": "FP32",
    "half": "FP16",
    "string": "BYTES",
    **{f"int{bits}": f"INT{bits}" for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": f"UINT{bits}" for bits in (8, 16, 32, 64)},
}
_MODEL = r"/v2/models/(?P<model>[^/:]+)(?:/versions/(?P<version>[0-9]+))?"


class KServe:
    """Answers KServe's clients.

    Args:
        served: What is served.
        counted: Counts requests.
    """

    def __init__(self, served: manager.Manager, counted: metrics.Metrics) -> None:
        self._models = served
        self._counted = counted

    def routes(self) -> list[http.Route]:
        """Lists the routes; those of health are in `health`."""
        return [
            http.Route.of("GET", "/v2/?", self.server),
            http.Route.of("GET", _MODEL + "/ready", self.ready),
            http.Route.of("GET", _MODEL, self.metadata),
            http.Route.of("POST", _MODEL + "/infer", self.infer),
        ]

    async def server(self, request: http.Request) -> http.Response:
        """Tells what server this is."""
        return http.answer({"name": "meritline", "version": "2", "extensions": []})

    async def ready(self, request: http.Request) -> http.Response:
        """Tells whether a model answers."""
        with self._models.lease(*models.target(request.names)) as served:
            name = request.names["model"]
            return http.answer({"name": name, "version": str(served.number), "ready": True})

    async def metadata(self, request: http.Request) -> http.Response:
        """Tells what the default signature takes and gives."""
        name, number, _ = models.target(request.names)
        with self._models.lease(name, number) as served:
            signature = served.model.signature("")
            statuses = self._models.statuses(name)
            return http.answer(
                {
                    "name": name,
                    "versions": [
                        str(status.number)
                        for status in statuses
                        if status.state is lifecycle.State.AVAILABLE
                    ],
                    "platform": "tensorflow_savedmodel",
                    "inputs": _specs(signature.inputs),
                    "outputs": _specs(signature.outputs),
                }
            )

    async def infer(self, request: http.Request) -> http.Response:
        """Answers tensors with tensors; `parameters.signature_name` chooses another signature."""
        with (
            models.counting(self._counted, self._models, request, "Predict"),
            self._models.lease(*models.target(request.names)) as served,
        ):
            document = await models.read(request.body)
            signature = served.model.signature(_signature_name(document))
            wanted = _wanted(document, signature)
            inputs = _inputs(document, signature)
            outputs = await served.ask(signature, inputs, request.deadline)
            write, data = json_predict.columns({key: outputs[key].ravel() for key in wanted})
            answered = [
                {**_spec(key, signature.outputs[key]), "shape": list(outputs[key].shape)}
                for key in wanted
            ]
            answer = {
                "model_name": request.names["model"],
                "model_version": str(served.number),
                "outputs": [{**told, "data": data[told["name"]]} for told in answered],
            }
            if isinstance(document.get("id"), str):
                answer["id"] = document["id"]
            return http.Response(write(answer))


def _specs(specs: Mapping[str, signatures_lib.TensorSpec]) -> list[dict[str, Any]]:
    return [_spec(name, spec) for name, spec in specs.items()]


def _spec(name: str, spec: signatures_lib.TensorSpec) -> dict[str, Any]:
    datatype = DATATYPES.get(spec.dtype_name, spec.dtype_name.upper())
    sizes = [-1 if size is None else size for size in spec.shape or (None,)]
    return {"name": name, "datatype": datatype, "shape": sizes}


def _signature_name(document: Mapping[str, Any]) -> str:
    parameters = document.get("parameters")
    return json_predict.signature_name(parameters if isinstance(parameters, dict) else {})


def _wanted(document: Mapping[str, Any], signature: signatures_lib.Signature) -> list[str]:
    """Chooses outputs; all of them unless some are named.

    Raises:
        ServingError: If one is named that is none.
    """
    told = document.get("outputs")
    if not told:
        return list(signature.outputs)
    names = []
    for one in _list(told, "outputs"):
        name = one.get("name") if isinstance(one, dict) else None
        if not isinstance(name, str) or name not in signature.outputs:
            raise errors.invalid(
                f"`outputs` must name outputs of the model ({', '.join(signature.outputs)}). "
                f"Received: {name!r}"
            )
        names.append(name)
    return names


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise errors.invalid(f"`{name}` must be a list")
    return value


def _inputs(
    document: Mapping[str, Any], signature: signatures_lib.Signature
) -> dict[str, np.ndarray]:
    """Reads the tensors.

    Raises:
        ServingError: If one is not as it must be.
    """
    told = _list(document.get("inputs"), "inputs")
    return dict(_input(one, signature) for one in told)


def _input(told: Any, signature: signatures_lib.Signature) -> tuple[str, np.ndarray]:
    name = told.get("name") if isinstance(told, dict) else None
    if not isinstance(name, str) or name not in signature.inputs:
        raise errors.invalid(
            f"`inputs` must name inputs of the model ({', '.join(signature.inputs)}). "
            f"Received: {name!r}"
        )
    spec = signature.inputs[name]
    if told.get("datatype") != DATATYPES.get(spec.dtype_name):
        raise errors.invalid(
            f"`datatype` of {name} must be {DATATYPES.get(spec.dtype_name)}. "
            f"Received: {told.get('datatype')!r}"
        )
    shape = told.get("shape")
    if not isinstance(shape, list) or not all(type(size) is int and size >= 0 for size in shape):
        raise errors.invalid(f"`shape` of {name} must be a list of sizes. Received: {shape!r}")
    array = json_values.to_array(told.get("data"), spec)  # flat, or nested as the shape says
    if array.size != math.prod(shape) or len(shape) > json_values.MAX_RANK:
        raise errors.invalid(
            f"`data` of {name} must have as many elements as `shape` says ({shape}). "
            f"Received: {array.size}"
        )
    try:
        return name, array.reshape(shape)
    except (OverflowError, ValueError):  # sizes that no array may have, even beside a 0
        raise errors.invalid(f"`shape` of {name} is too large. Received: {shape}") from None
