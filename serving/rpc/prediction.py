"""PredictionService: predict, classify, regress, several of these at once, and metadata."""

from typing import Any

import grpc
from tensorflow_serving.apis import (
    classification_pb2,
    get_model_metadata_pb2,
    inference_pb2,
    model_pb2,
    predict_pb2,
    prediction_service_pb2_grpc,
    regression_pb2,
)

from serving import config, errors, inference, manager, version
from serving import signatures as signatures_lib
from serving.codec import tensor_protos
from serving.rpc import calls

_METADATA_FIELD = "signature_def"
# What an InferenceResult calls the result of a method.
_KINDS = {
    signatures_lib.CLASSIFY_METHOD: "classification_result",
    signatures_lib.REGRESS_METHOD: "regression_result",
}


class Prediction(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Answers as TensorFlow Serving's `PredictionService` does.

    Args:
        models: What is served.
        rules: What holds for every call.
        limits: What a request may cost.
    """

    def __init__(self, models: manager.Manager, rules: calls.Calls, limits: config.Limits) -> None:
        self._models = models
        self._rules = rules
        self._limits = limits

    async def Predict(self, request: Any, context: grpc.aio.ServicerContext) -> Any:  # noqa: N802
        """Answers tensors with tensors."""
        return await self._rules.answer(
            context, self._predict(request, context), request.model_spec.name, "Predict"
        )

    async def Classify(self, request: Any, context: grpc.aio.ServicerContext) -> Any:  # noqa: N802
        """Answers examples with labels and scores."""
        return await self._rules.answer(
            context, self._classify(request, context), request.model_spec.name, "Classify"
        )

    async def Regress(self, request: Any, context: grpc.aio.ServicerContext) -> Any:  # noqa: N802
        """Answers examples with numbers."""
        return await self._rules.answer(
            context, self._regress(request, context), request.model_spec.name, "Regress"
        )

    async def MultiInference(  # noqa: N802
        self, request: Any, context: grpc.aio.ServicerContext
    ) -> Any:
        """Answers the same examples by several signatures."""
        name = request.tasks[0].model_spec.name if request.tasks else ""
        return await self._rules.answer(
            context, self._infer(request, context), name, "MultiInference"
        )

    async def GetModelMetadata(  # noqa: N802
        self, request: Any, context: grpc.aio.ServicerContext
    ) -> Any:
        """Tells what a version can be asked."""
        return await self._rules.answer(context, self._metadata(request))

    async def _predict(
        self, request: predict_pb2.PredictRequest, context: grpc.aio.ServicerContext
    ) -> predict_pb2.PredictResponse:
        with self._models.lease(*calls.target(request)) as served:
            signature = served.model.signature(request.model_spec.signature_name)
            wanted = _wanted(signature, request.output_filter)
            inputs = {
                name: tensor_protos.decode(name, proto, self._limits.max_body_bytes)
                for name, proto in request.inputs.items()
            }
            outputs = await served.ask(signature, inputs, self._rules.deadline(context))
            response = predict_pb2.PredictResponse(model_spec=_spec(request, served, signature))
            for name in wanted:
                response.outputs[name].CopyFrom(tensor_protos.encode(outputs[name]))
            return response

    async def _classify(
        self, request: classification_pb2.ClassificationRequest, context: grpc.aio.ServicerContext
    ) -> classification_pb2.ClassificationResponse:
        told = await self._of_examples(
            request, request.input, signatures_lib.CLASSIFY_METHOD, context
        )
        return classification_pb2.ClassificationResponse(**told)

    async def _regress(
        self, request: regression_pb2.RegressionRequest, context: grpc.aio.ServicerContext
    ) -> regression_pb2.RegressionResponse:
        told = await self._of_examples(
            request, request.input, signatures_lib.REGRESS_METHOD, context
        )
        return regression_pb2.RegressionResponse(**told)

    async def _infer(
        self, request: inference_pb2.MultiInferenceRequest, context: grpc.aio.ServicerContext
    ) -> inference_pb2.MultiInferenceResponse:
        """Answers one task after the other.

        Raises:
            ServingError: If there are none, or their models differ, or one is of no known kind.
        """
        if not request.tasks:
            raise errors.invalid("Inference request must have at least one InferenceTask")
        names = {task.model_spec.name for task in request.tasks}
        if len(names) > 1:
            raise errors.invalid(
                f"All ModelSpecs in a MultiInferenceRequest must access the same model name. "
                f"Received: {', '.join(sorted(names))}"
            )
        response = inference_pb2.MultiInferenceResponse()
        for task in request.tasks:
            told = await self._of_examples(task, request.input, task.method_name, context)
            kind = _KINDS[task.method_name]
            response.results.add(model_spec=told["model_spec"], **{kind: told["result"]})
        return response

    async def _of_examples(
        self, task: Any, given: Any, method: str, context: grpc.aio.ServicerContext
    ) -> dict[str, Any]:
        """Asks a version about examples; gives who answered as `model_spec`, and the `result`."""
        if method not in _KINDS:
            raise errors.ServingError(
                errors.Code.UNIMPLEMENTED, f"Unsupported signature method_name: {method}"
            )
        with self._models.lease(*calls.target(task)) as served:
            name, deadline = task.model_spec.signature_name, self._rules.deadline(context)
            signature, result = await inference.infer(served, name, method, given, deadline)
            return {"model_spec": _spec(task, served, signature), "result": result}

    async def _metadata(
        self, request: get_model_metadata_pb2.GetModelMetadataRequest
    ) -> get_model_metadata_pb2.GetModelMetadataResponse:
        target = calls.target(request)
        if not request.metadata_field:
            raise errors.invalid("GetModelMetadataRequest must specify at least one metadata_field")
        for field in request.metadata_field:
            if field != _METADATA_FIELD:
                raise errors.invalid(f"Metadata field {field} is not supported")
        with self._models.lease(*target) as served:
            found = get_model_metadata_pb2.SignatureDefMap()
            for name, signature in served.model.signature_defs.items():
                found.signature_def[name].CopyFrom(signature)
            response = get_model_metadata_pb2.GetModelMetadataResponse()
            response.model_spec.name = request.model_spec.name
            response.model_spec.version.value = served.number
            response.metadata[_METADATA_FIELD].Pack(found)
            return response


def _spec(
    request: Any, served: version.ServedVersion, signature: signatures_lib.Signature
) -> model_pb2.ModelSpec:
    """Tells which version and which signature have answered."""
    spec = model_pb2.ModelSpec(name=request.model_spec.name, signature_name=signature.name)
    spec.version.value = served.number
    return spec


def _wanted(signature: signatures_lib.Signature, output_filter: Any) -> list[str]:
    """Chooses outputs; all of them unless some are named.

    Raises:
        ServingError: If one is named that is none.
    """
    for name in output_filter:
        if name not in signature.outputs:
            raise errors.invalid(
                f"output tensor alias not found in signature: {name} Outputs expected to be in "
                f"the set {{{','.join(signature.outputs)}}}."
            )
    return list(output_filter) or list(signature.outputs)
