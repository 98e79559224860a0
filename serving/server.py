"""The server: models, REST and gRPC in one process, from start to a graceful end."""

import asyncio
import contextlib
import logging
import math
import signal
import socket
from collections.abc import AsyncIterator

import grpc
import uvicorn

from serving import config, connection, manager, metrics, reload
from serving.rest import app, health
from serving.rpc import server as rpc_server

_LOG = logging.getLogger(__name__)
_MOMENT = 0.001  # seconds
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Server:
    """Serves until it is told to stop.

    Args:
        settings: What and where.

    Attributes:
        port: Of REST, once started.
        grpc_port: Of gRPC, once started, if there is one.
        models: What is served.
    """

    def __init__(self, settings: config.ServerConfig) -> None:
        self._settings = settings
        self.port = settings.port
        self.grpc_port = settings.grpc_port
        self._counted = metrics.Metrics()
        self.models = manager.Manager(settings, self._counted)
        self._health = health.Health(self.models, settings.health_route)
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """Tells it to stop; what was accepted is still answered."""
        self._stopped.set()

    async def run(self, watched: reload.Watch | None = None) -> None:
        """Serves until SIGTERM, SIGINT or `stop`.

        Args:
            watched: A file of settings, whose models are taken anew whenever it changes.
        """
        loop = asyncio.get_running_loop()
        for name in _SIGNALS:
            loop.add_signal_handler(name, self.stop)
        async with self.started():
            waiting: list[asyncio.Future] = [asyncio.ensure_future(self._stopped.wait())]
            if watched is not None:
                follow = watched.follow(self._settings.loading.poll_seconds, self.models.apply)
                waiting.append(asyncio.ensure_future(follow))
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            _LOG.info("stopping")
            for task in waiting:
                task.cancel()

    @contextlib.asynccontextmanager
    async def started(self) -> AsyncIterator["Server"]:
        """Serves as long as the context lasts."""
        settings = self._settings
        listener = _listen(settings.host, settings.port)
        self.port = listener.getsockname()[1]
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(listener.close)
            rpc = await self._start_rpc()
            on_failure.pop_all()
        web = self._web()
        serving = asyncio.ensure_future(web.serve([listener]))
        while not web.started and not serving.done():
            await asyncio.sleep(_MOMENT)
        self.models.start()
        _LOG.info("REST on http://%s:%d", settings.host, self.port)
        if settings.page:
            _LOG.info("a page to try it: http://%s:%d/", settings.host, self.port)
        try:
            yield self
        finally:
            self._health.stop()
            web.should_exit = True
            stopping = [] if rpc is None else [rpc.stop(settings.drain_seconds)]
            await asyncio.gather(serving, *stopping)
            await asyncio.to_thread(self.models.stop)

    async def _start_rpc(self) -> grpc.aio.Server | None:
        if self._settings.grpc_port is None:
            return None
        rpc, self.grpc_port = rpc_server.build(self._settings, self.models, self._counted)
        await rpc.start()
        _LOG.info("gRPC on %s:%d", self._settings.host, self.grpc_port)
        return rpc

    def _web(self) -> "_Web":
        settings = uvicorn.Config(
            app.build(self._settings, self.models, self._health, self._counted),
            http=connection.Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=self._settings.limits.max_connections,
            timeout_keep_alive=60,
            # In whole seconds; 0 is an end at once, None would be none.
            timeout_graceful_shutdown=math.ceil(self._settings.drain_seconds),
        )
        return _Web(settings)


class _Web(uvicorn.Server):
    """uvicorn's server; signals are for the whole process."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


def _listen(host: str, port: int) -> socket.socket:
    """Opens a port.

    Raises:
        OSError: If it is taken, or the address is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        reason = error.strerror or error
        raise OSError(f"`port` must be free. Received: {host}:{port} ({reason})") from error
    return listener
