"""What holds for every call: the API key, the deadline, errors by their codes."""

import asyncio
import contextlib
import hmac
import logging
from collections.abc import Awaitable
from typing import Any, TypeVar

import grpc
from tensorflow_serving.apis import model_pb2

from serving import config, errors, manager, metrics

_LOG = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")
_STATUS_CODES = {code.value[0]: code for code in grpc.StatusCode}


class Calls:
    """Answers calls within their rules.

    Args:
        models: Whose names may be counted by.
        counted: Counts calls.
        limits: How long a call may take.
        api_key: What clients must show, if anything.
    """

    def __init__(
        self,
        models: manager.Manager,
        counted: metrics.Metrics,
        limits: config.Limits,
        api_key: str | None,
    ) -> None:
        self._models = models
        self._counted = counted
        self._limits = limits
        self._api_key = api_key.encode() if api_key else None

    async def answer(
        self,
        context: grpc.aio.ServicerContext,
        answer: Awaitable[_Answer],
        model_name: str = "",
        api: str = "",
    ) -> Any:
        """Waits for an answer, and tells errors as gRPC does.

        Args:
            context: The call's.
            answer: Makes the answer.
            model_name: The model that is asked, if any.
            api: What it is asked, to be counted.
        """
        known = model_name if model_name in self._models.names else ""
        counting = self._counted.request(known, api, "GRPC") if api else contextlib.nullcontext()
        try:
            self._check_key(context)
            with counting:
                return await answer
        except errors.ServingError as error:
            told = error
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - the client gets an answer, the log the rest
            _LOG.exception("a call failed")
            told = errors.ServingError(errors.Code.INTERNAL, repr(error))
        finally:
            if hasattr(answer, "close"):
                answer.close()  # it was never begun where the key was wrong
        return await context.abort(_STATUS_CODES[int(told.code)], told.message)

    def deadline(self, context: grpc.aio.ServicerContext) -> float:
        """Tells until when the call must be answered, by the event loop's clock."""
        remaining = context.time_remaining()
        limit = self._limits.timeout_seconds
        seconds = limit if remaining is None else min(remaining, limit)
        return asyncio.get_running_loop().time() + seconds

    def _check_key(self, context: grpc.aio.ServicerContext) -> None:
        if self._api_key is None:
            return
        shown = dict(context.invocation_metadata() or ())
        key = shown.get("x-api-key") or str(shown.get("authorization", "")).removeprefix("Bearer ")
        if not hmac.compare_digest(str(key).encode(), self._api_key):
            raise errors.ServingError(errors.Code.UNAUTHENTICATED, "A valid API key must be shown")


def target(request: Any) -> tuple[str, int | None, str | None]:
    """Reads which model is meant: its name, and the version's number or label, if told.

    Raises:
        ServingError: If no model is.
    """
    if not request.HasField("model_spec"):
        raise errors.invalid("Missing ModelSpec")
    spec: model_pb2.ModelSpec = request.model_spec
    choice = spec.WhichOneof("version_choice")
    number = spec.version.value if choice == "version" else None
    return spec.name, number, spec.version_label if choice == "version_label" else None
