"""Generation, token by token: a text that is written on while the client reads it.

`POST /v1/models/NAME:generate_stream` answers with server-sent events: a `token` for each token,
with its id and the text that is sure by now, and at last one `end`, with the rest of the text and
the reason why there is no more; or an `error`. The texts of all events, joined, are what the
signature `generate` gives.

References:
    WHATWG, HTML Living Standard, sec. 9.2 (server-sent events)
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any

import numpy as np

from serving import config, errors, manager, metrics, version
from serving import signatures as signatures_lib
from serving.codec import json_document, json_generate, text_pieces
from serving.rest import http, models

START, MORE = "generate_start", "generate_more"
_TURNS = "turns"
_MAX_TURNS = 64
# A part of a text should take about a moment: a client that goes away costs no more.
_BRISK_SECONDS, _SLOW_SECONDS = 0.02, 0.08

_LOG = logging.getLogger(__name__)

Events = AsyncGenerator[bytes, None]


class Streams:
    """Answers about texts that grow.

    Args:
        served: What is served.
        counted: Counts requests.
        limits: How many texts may grow at once.
    """

    def __init__(
        self, served: manager.Manager, counted: metrics.Metrics, limits: config.Limits
    ) -> None:
        self._models = served
        self._counted = counted
        self._max_streams = limits.max_streams
        self._streams = 0

    def routes(self) -> list[http.Route]:
        """Lists the routes."""
        return [http.Route.of("POST", models.OF_MODEL + ":generate_stream", self.generate)]

    async def generate(self, request: http.Request) -> http.Stream:
        """Answers `:generate_stream`; what is wrong with a request is told by the status."""
        events = self._events(request)
        first = await anext(events)
        return http.Stream(_all(first, events), request.deadline)

    async def _events(self, request: http.Request) -> Events:
        with (
            models.counting(self._counted, self._models, request, "Generate"),
            self._place(),
            self._models.lease(*models.target(request.names)) as served,
        ):
            start = served.model.signature(START)
            inputs = json_generate.decode(await models.read(request.body), start)
            pieces = text_pieces.TextPieces(inputs[json_generate.STOP].ravel().tolist())
            count, is_end = 0, False
            async for part in _parts(served, start, inputs, request.deadline):
                count += int(part["tokens"][0])
                is_end = bool(part["stopped"][0])
                for token_id, piece in _tokens(part):
                    yield event("token", {"token_id": token_id, "text": pieces.add(piece)})
            reason = "stop" if pieces.is_stopped else "end" if is_end else "length"
            told = {"text": pieces.finish(), "reason": reason, "tokens": count}
            seed = int(inputs[json_generate.SEED][0])
            yield event("end", {**told, "seed": seed, "version": str(served.number)})

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        """Takes one of the places for texts that grow at once."""
        if self._streams >= self._max_streams:
            raise errors.ServingError(
                errors.Code.RESOURCE_EXHAUSTED,
                f"At most {self._max_streams} texts may be written at once",
            )
        self._streams += 1
        try:
            yield
        finally:
            self._streams -= 1


async def _parts(
    served: version.ServedVersion,
    signature: signatures_lib.Signature,
    inputs: Mapping[str, np.ndarray],
    deadline: float,
) -> AsyncGenerator[Mapping[str, np.ndarray], None]:
    """Asks for the first token, and then for as many at once as take about a moment."""
    clock = asyncio.get_running_loop().time
    turns = 1
    while True:
        began = clock()
        asked = {**inputs, _TURNS: np.array(turns, np.int32)}
        part = await served.ask(signature, asked, deadline)
        yield part
        if part["done"][0]:
            return
        took = clock() - began
        if took < _BRISK_SECONDS:
            turns = min(2 * turns, _MAX_TURNS)
        elif took > _SLOW_SECONDS:
            turns = max(turns // 2, 1)
        signature = served.model.signature(MORE)
        inputs = {name: part[name] for name in signature.inputs if name != _TURNS}


def _tokens(part: Mapping[str, np.ndarray]) -> Iterator[tuple[int, bytes]]:
    count = int(part["tokens"][0])
    ids, pieces = part["token_ids"][0, :count], part["pieces_bytes"][0, :count]
    return zip(ids.tolist(), pieces.tolist(), strict=True)


async def _all(first: bytes, rest: Events) -> Events:
    """Gives the first event and the rest of them; what goes wrong there is an event, too."""
    async with contextlib.aclosing(rest):
        yield first
        try:
            async for part in rest:
                yield part
        except errors.ServingError as error:
            yield event("error", {"error": error.message, "code": error.code.name})
        except Exception as error:  # noqa: BLE001 - the client gets an answer, the log the rest
            _LOG.exception("A text could not be written on")
            yield event("error", {"error": repr(error), "code": errors.Code.INTERNAL.name})


def event(name: str, data: Mapping[str, Any]) -> bytes:
    """Writes a server-sent event."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), json_document.dump(data))
