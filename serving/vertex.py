"""Vertex AI's contract for containers, and KServe's for storage: what the environment tells.

References:
    Vertex AI, "Custom container requirements for inference": AIP_HTTP_PORT, AIP_HEALTH_ROUTE,
    AIP_PREDICT_ROUTE, AIP_STORAGE_URI
"""

import pathlib
import tempfile
from collections.abc import Mapping
from typing import Any

from serving import config

_ROUTES = {"AIP_HEALTH_ROUTE": "health_route", "AIP_PREDICT_ROUTE": "predict_route"}
# What Vertex AI lets through to a container.
_MAX_BODY_BYTES = 1_500_000


def settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Reads the settings that the environment tells; none outside of Vertex AI.

    Raises:
        ConfigError: If the port is no number.
    """
    if "AIP_HTTP_PORT" not in environment:
        return {}
    port = environment["AIP_HTTP_PORT"]
    if not port.isdigit():
        raise config.ConfigError(f"`AIP_HTTP_PORT` must be a number. Received: {port!r}")
    told: dict[str, Any] = {"host": "0.0.0.0", "port": int(port), "grpc_port": None}  # noqa: S104
    told["limits"] = {"max_body_bytes": _MAX_BODY_BYTES}
    told.update({key: environment[name] for name, key in _ROUTES.items() if environment.get(name)})
    if uri := environment.get("AIP_STORAGE_URI"):
        told["models"] = [{"name": "model", "base_path": str(fetch(uri))}]
    return told


def fetch(uri: str) -> pathlib.Path:
    """Brings a model here from where it is stored; what is here already stays.

    Raises:
        ConfigError: If there is nothing.
    """
    if "://" not in uri:
        return pathlib.Path(uri)
    import tensorflow as tf  # takes its time, and is wanted for its file systems alone

    if not tf.io.gfile.isdir(uri):
        raise config.ConfigError(f"`AIP_STORAGE_URI` must be a directory. Received: {uri!r}")
    here = pathlib.Path(tempfile.mkdtemp(prefix="model-"))
    for directory, _, files in tf.io.gfile.walk(uri):
        into = here / directory[len(uri) :].strip("/")
        into.mkdir(parents=True, exist_ok=True)
        for name in files:
            tf.io.gfile.copy(f"{directory.rstrip('/')}/{name}", str(into / name))
    return here
