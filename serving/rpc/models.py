"""ModelService: how the versions of a model are, and which models there shall be."""

import logging
from typing import Any

import grpc
from tensorflow_serving.apis import (
    get_model_status_pb2,
    model_management_pb2,
    model_service_pb2_grpc,
)

from serving import config_file, errors, manager
from serving.rpc import calls

_LOG = logging.getLogger(__name__)


class Models(model_service_pb2_grpc.ModelServiceServicer):
    """Answers as TensorFlow Serving's `ModelService` does.

    Args:
        models: What is served.
        rules: What holds for every call.
    """

    def __init__(self, models: manager.Manager, rules: calls.Calls) -> None:
        self._models = models
        self._rules = rules

    async def GetModelStatus(  # noqa: N802
        self, request: Any, context: grpc.aio.ServicerContext
    ) -> Any:
        """Tells how versions are."""
        return await self._rules.answer(context, self._status(request))

    async def HandleReloadConfigRequest(  # noqa: N802
        self, request: Any, context: grpc.aio.ServicerContext
    ) -> Any:
        """Takes other models, policies or labels."""
        return await self._rules.answer(context, self._reload(request))

    async def _status(
        self, request: get_model_status_pb2.GetModelStatusRequest
    ) -> get_model_status_pb2.GetModelStatusResponse:
        name, number, label = calls.target(request)
        if label is not None:
            number = self._models.resolve(name, label)
        response = get_model_status_pb2.GetModelStatusResponse()
        for status in self._models.statuses(name, number):
            told = response.model_version_status.add(version=status.number, state=status.state)
            if status.error is not None:
                told.status.error_code = int(status.error.code)
                told.status.error_message = status.error.message
            else:
                told.status.SetInParent()
        return response

    async def _reload(
        self, request: model_management_pb2.ReloadConfigRequest
    ) -> model_management_pb2.ReloadConfigResponse:
        try:
            models = config_file.models_of(request.config)
        except config_file.ConfigError as error:
            raise errors.invalid(str(error)) from None
        _LOG.info("told to serve: %s", ", ".join(model.name for model in models))
        self._models.apply(models)
        response = model_management_pb2.ReloadConfigResponse()
        response.status.SetInParent()
        return response
