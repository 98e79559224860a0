"""A tiny SavedModel with a signature of every kind, and a server of it in a thread."""

import asyncio
import contextlib
import http.client
import json
import pathlib
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import tensorflow as tf
from tensorflow.python.saved_model import method_name_updater

from serving import config, server

NAME = "tiny"
_FLOATS = tf.TensorSpec([None, 2], tf.float32)


class Module(tf.Module):
    """Answers what a test can work out by hand; `mark` tells which version answered."""

    def __init__(self, mark: float) -> None:
        super().__init__()
        self.mark = tf.Variable(mark)

    def texts(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        return {
            "length": tf.cast(tf.strings.length(text), tf.float32) / 10.0,
            "letters_bytes": tf.strings.substr(text, 0, 1),
            "text": text,
            "version": tf.fill(tf.shape(text), self.mark),
        }

    def sums(self, a: tf.Tensor, b: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"sum": a + b}

    def quotients(self, x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"y": 1.0 / x}

    def whole(self, n: tf.Tensor, yes: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"n": n + 1, "no": tf.logical_not(yes)}

    def scalar(self, x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"total": tf.reduce_sum(x)}

    def narrow(self, x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"y": tf.gather([1.0, 2.0], x)}

    def classify(self, inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        x = _parse(inputs)
        classes = tf.tile([["no", "yes"]], [tf.shape(x)[0], 1])
        return {"classes": classes, "scores": tf.stack([1.0 - x, x], axis=1)}

    def regress(self, inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"outputs": 2.0 * _parse(inputs)}


def _parse(inputs: tf.Tensor) -> tf.Tensor:
    return tf.io.parse_example(inputs, {"x": tf.io.FixedLenFeature([], tf.float32)})["x"]


def save(directory: pathlib.Path, mark: float) -> None:
    """Writes it as one version."""
    module, text = Module(mark), tf.TensorSpec([None], tf.string)
    signatures = {
        "serving_default": (module.texts, {"text": text}),
        "sums": (module.sums, {"a": _FLOATS, "b": _FLOATS}),
        "quotients": (module.quotients, {"x": tf.TensorSpec([None], tf.float32)}),
        "whole": (
            module.whole,
            {"n": tf.TensorSpec([None], tf.int32), "yes": tf.TensorSpec([None], tf.bool)},
        ),
        "scalar": (module.scalar, {"x": tf.TensorSpec([None], tf.float32)}),
        "narrow": (module.narrow, {"x": tf.TensorSpec([None], tf.int64)}),
        "classify": (module.classify, {"inputs": text}),
        "regress": (module.regress, {"inputs": text}),
    }
    concrete = {
        name: tf.function(function).get_concrete_function(
            **{key: tf.TensorSpec(spec.shape, spec.dtype, key) for key, spec in specs.items()}
        )
        for name, (function, specs) in signatures.items()
    }
    tf.saved_model.save(module, str(directory), signatures=concrete)
    updater = method_name_updater.MethodNameUpdater(str(directory))
    for name in ("classify", "regress"):
        updater.replace_method_name(name, f"tensorflow/serving/{name}")
    updater.save()


def put(saved: pathlib.Path, base_path: pathlib.Path, number: int) -> None:
    """Makes a saved model a version, at one go."""
    shutil.copytree(saved, base_path / f"copy-{number}")
    (base_path / f"copy-{number}").rename(base_path / str(number))


def put_all(directory: pathlib.Path, **models: tuple[pathlib.Path, int]) -> list[dict[str, Any]]:
    """Puts a version, saved model and number, of each model below a directory; gives configs."""
    for name, (saved, number) in models.items():
        put(saved, directory / name, number)
    return [{"name": name, "base_path": str(directory / name)} for name in models]


class Client:
    """Asks over one connection that is kept."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def send(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """Sends a request; returns status and body."""
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        return response.status, response.read()

    def get(self, path: str) -> tuple[int, Any]:
        """Gets JSON."""
        status, body = self.send("GET", path)
        return status, json.loads(body)

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        """Posts JSON, or bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, answer = self.send("POST", path, data)
        return status, json.loads(answer)

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()


def settings(base_path: pathlib.Path, **further: Any) -> config.ServerConfig:
    """Makes the settings of a server of one model, on free ports, that looks often."""
    values = {
        "models": [{"name": NAME, "base_path": str(base_path)}],
        "port": 0,
        "grpc_port": 0,
        "loading": {"poll_seconds": 0.02, "settle_seconds": 0.0, "retry_seconds": 0.0},
    }
    return config.build({**values, **further}, "test")


class Running:
    """A server in a thread of its own."""

    def __init__(self, what: config.ServerConfig) -> None:
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=[what], daemon=True)
        self._thread.start()
        assert self._started.wait(30)

    def _run(self, what: config.ServerConfig) -> None:
        self._loop.run_until_complete(self._serve(what))
        self._loop.close()

    async def _serve(self, what: config.ServerConfig) -> None:
        async with server.Server(what).started() as self.server:
            self._started.set()
            await self._ended.wait()

    def end(self) -> None:
        """Tells it to stop; it goes on until it has."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ended.set)

    def join(self) -> None:
        """Waits until it has stopped."""
        self._thread.join(30)
        assert not self._thread.is_alive()


@contextlib.contextmanager
def serving(what: config.ServerConfig, ready: bool = True) -> Iterator[server.Server]:
    """Runs a server in a thread of its own, until the context ends."""
    running = Running(what)
    try:
        if ready:
            wait_for(running.server.models.is_ready)
        yield running.server
    finally:
        running.end()
        running.join()


def wait_for(condition: Any, seconds: float = 30.0) -> None:
    """Waits until something holds."""
    ticks = threading.Event()
    for _ in range(int(seconds * 200)):
        if condition():
            return
        ticks.wait(0.005)
    raise AssertionError("it never came to be")
