"""A loaded SavedModel: what it is asked with, and the session that answers.

It is loaded as TensorFlow Serving loads it, as a graph in a session, rather than as Python objects
(`tf.saved_model.load`): loading holds Python's lock for less long, so that the version which still
answers does not stutter, and closing a session frees its memory for sure.
"""

import errno
import pathlib
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_text  # noqa: F401 - registers the ops of text models
from tensorflow.core.protobuf import config_pb2, rewriter_config_pb2

from serving import errors
from serving import signatures as signatures_lib

Tensors = Mapping[str, np.ndarray]

# TensorFlow's Python layer explains at length where in a graph an error arose.
_HEADING = "Graph execution error:\n\n"
# What a graph asserts: its words in brackets, and then the values.
_ASSERTION = re.compile(r"assertion failed: \[(.*?)\] \[(.*?)\](?:\n|$)", re.DOTALL)
_SYSTEM = {
    None: errors.Code.NOT_FOUND,
    errno.ENOENT: errors.Code.NOT_FOUND,
    errno.EACCES: errors.Code.PERMISSION_DENIED,
    errno.ENOMEM: errors.Code.RESOURCE_EXHAUSTED,
}
_WHERE = ("\n\nOriginal stack trace", "\n\t [[", "\nErrors may have originated", " [Op:")


class Servable:
    """A SavedModel that answers.

    Args:
        path: Its directory.

    Attributes:
        path: Its directory.
        signatures: What it can be asked, by name.
        signature_defs: The same as protos, as they were saved.

    Raises:
        ServingError: If it cannot be loaded.
    """

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self._session = tf.compat.v1.Session(graph=tf.Graph(), config=_session_config())
        try:
            meta_graph = self._load()
        except (tf.errors.OpError, OSError, ValueError, TypeError, RuntimeError, KeyError) as error:
            self._session.close()
            raise translate(error) from error
        self.signatures = signatures_lib.read(meta_graph)
        self.signature_defs = {name: meta_graph.signature_def[name] for name in self.signatures}
        self._callables: dict[str, Callable[..., list[Any]]] = {}
        with self._session.graph.as_default():
            for name, signature in self.signatures.items():
                self._callables[name] = self._session.make_callable(
                    [spec.tensor_name for spec in signature.outputs.values()],
                    [spec.tensor_name for spec in signature.inputs.values()],
                )
        self._session.graph.finalize()

    def _load(self) -> Any:
        with self._session.graph.as_default():
            return tf.compat.v1.saved_model.load(
                self._session, [tf.saved_model.SERVING], str(self.path)
            )

    def signature(self, name: str) -> signatures_lib.Signature:
        """Finds a signature; an empty name is the default one's.

        Raises:
            ServingError: If there is none of that name.
        """
        name = name or signatures_lib.DEFAULT
        try:
            return self.signatures[name]
        except KeyError:
            raise errors.invalid(
                f'Serving signature name: "{name}" not found in signature def'
            ) from None

    def run(self, signature: signatures_lib.Signature, inputs: Tensors) -> dict[str, np.ndarray]:
        """Answers; may be called from any thread, several at once.

        Args:
            signature: One of `signatures`.
            inputs: By name, of the signature's dtypes and shapes; strings are arrays of bytes.

        Raises:
            ServingError: If the model refuses the inputs.
        """
        fed = (inputs[name] for name in signature.inputs)
        try:
            values = self._callables[signature.name](*fed)
        except (tf.errors.OpError, ValueError, RuntimeError) as error:
            raise translate(error) from error
        return dict(zip(signature.outputs, map(np.asarray, values), strict=True))

    def close(self) -> None:
        """Frees what it holds; nothing may be running."""
        self._callables.clear()
        self._session.close()


def _session_config() -> Any:
    """Leaves out what is for training: planning how to spare memory, which takes long and warns."""
    config = config_pb2.ConfigProto()
    rewriting = config.graph_options.rewrite_options
    rewriting.memory_optimization = rewriter_config_pb2.RewriterConfig.NO_MEM_OPT
    return config


def translate(error: Exception) -> errors.ServingError:
    """Makes a client's error of one of TensorFlow's."""
    if isinstance(error, errors.ServingError):
        return error
    code, message = errors.Code.INTERNAL, str(error)
    if isinstance(error, tf.errors.OpError):
        code, message = errors.Code(error.error_code), error.message
    elif isinstance(error, OSError):
        # TensorFlow's loader tells of what it does not find without a number of the system's.
        code = _SYSTEM.get(error.errno, errors.Code.UNAVAILABLE)
    message = message.removeprefix(_HEADING)
    if found := _ASSERTION.match(message):
        message = found[1] + found[2]
    for mark in _WHERE:
        message = message.partition(mark)[0]
    return errors.ServingError(code, message.strip() or type(error).__name__)
