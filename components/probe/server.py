"""The serving process: `python -I server.py MODEL_DIR REPLIES_FD [HIDDEN ...]`.

It stands in for a model server: it imports TensorFlow and tensorflow_text, whose ops stock
TensorFlow Serving links as well, and nothing of this project. The modules named as hidden can't be
imported, installed or not. It reads orders from standard input, a line of JSON each, and answers
each with a line.
"""

import base64
import importlib
import importlib.abc
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

_MESSAGE = 400  # characters of a message that are told
_NODE = re.compile(r"^\{\{function_node [^}]*\}\} ")


class Hiding(importlib.abc.MetaPathFinder):
    """Makes modules look as if they were not installed."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> None:
        """Refuses what is hidden, and leaves all else to other finders."""
        if fullname.partition(".")[0] in self._names:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


def hide(names: Iterable[str]) -> None:
    """Hides modules, and makes sure that they are.

    Raises:
        RuntimeError: If one of them can be imported all the same.
    """
    sys.meta_path.insert(0, Hiding(names))
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        raise RuntimeError(f"`{name}` must not be importable where a model is served.")


def serve(directory: str, orders: Iterable[str], reply: Callable[[dict], None]) -> None:
    """Loads a model, tells its signatures, and answers.

    Args:
        directory: Of the SavedModel.
        orders: Lines; each has `signature` and `inputs`, name to a TensorProto in base64.
        reply: Told the signatures, then for each order `outputs` and the `seconds` that the call
            took, or the `error` that refused it.
    """
    import tensorflow as tf
    import tensorflow_text  # noqa: F401 - registers the ops that the models are made of

    started = time.perf_counter()
    signatures = tf.saved_model.load(directory).signatures
    reply({"seconds": time.perf_counter() - started, "signatures": _offered(signatures)})
    for line in orders:
        reply(answer(tf, signatures, json.loads(line)))


def answer(tf: Any, signatures: Mapping[str, Any], order: Mapping[str, Any]) -> dict[str, Any]:
    """Calls a signature, and tells what came of it.

    Args:
        tf: TensorFlow.
        signatures: What is called, by name.
        order: As `serve` takes them.
    """
    inputs = {name: _tensor(tf, value) for name, value in order["inputs"].items()}
    try:
        started = time.perf_counter()
        called = signatures[order["signature"]](**inputs)
        outputs = {name: value.numpy() for name, value in called.items()}
        seconds = time.perf_counter() - started
    except (tf.errors.OpError, MemoryError) as error:
        return {"error": f"{type(error).__name__}: {_told(str(error))}"}
    except UnicodeDecodeError as error:
        # TensorFlow's own message held bytes of the request, and could not become an error.
        told = error.object.decode("utf-8", "replace")
        return {"error": f"InvalidArgumentError: {_told(told)}"}
    return {
        "seconds": seconds,
        "outputs": {name: _spelled(tf, value) for name, value in outputs.items()},
    }


def _told(message: str) -> str:
    """Takes what a message says; before it stands where in the graph that was."""
    lines = [_NODE.sub("", line).strip() for line in message.splitlines()]
    where = ("Graph execution error", "Detected at node", "<stack traces", "[[", "(most recent")
    says = [line for line in lines if line and not line.startswith(where)]
    return next(iter(says), message.strip())[:_MESSAGE]


def _offered(signatures: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {
            "inputs": _specs(function.structured_input_signature[1]),
            "outputs": _specs(function.structured_outputs),
        }
        for name, function in signatures.items()
    }


def _specs(specs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {
            "dtype": spec.dtype.name,
            "shape": None if spec.shape.rank is None else spec.shape.as_list(),
        }
        for name, spec in specs.items()
    }


def _tensor(tf: Any, spelled: str) -> Any:
    from tensorflow.core.framework import tensor_pb2

    proto = tensor_pb2.TensorProto.FromString(base64.b64decode(spelled))
    return tf.constant(tf.make_ndarray(proto))


def _spelled(tf: Any, value: Any) -> str:
    return base64.b64encode(tf.make_tensor_proto(value).SerializeToString()).decode()


def main(directory: str, replies_fd: str, *hidden: str) -> None:
    """Serves orders until standard input ends, as it does with the process that wrote to it."""
    hide(hidden)
    with os.fdopen(int(replies_fd), "w", buffering=1) as replies:

        def reply(found: dict) -> None:
            replies.write(json.dumps(found) + "\n")

        serve(directory, sys.stdin, reply)


if __name__ == "__main__":
    main(*sys.argv[1:])
