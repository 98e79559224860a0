"""The `metadata` section of the config: the database that ML Metadata writes to.

Imports no TFX.
"""

import os
import socket
from collections.abc import Iterator
from typing import Literal

import pydantic

from trainer import config as trainer_config

_TIMEOUT_SECONDS = 5.0


class MetadataConfig(trainer_config.Section):
    """The database of runs, executions and artifacts.

    Attributes:
        backend: `sqlite` is a file of the workspace; `mysql` a server, which several machines may
            share. A pipeline is known there by its name. ML Metadata's own PostgreSQL is left out:
            its version 1.16 cannot write a string with a backslash, which JSON has.
        host: The server's.
        port: The server's.
        database: Its name; it is made where it is not there and the user may make it.
        user: Who writes.
        password_env: Name of the environment variable with the password, which is written nowhere.
    """

    backend: Literal["sqlite", "mysql"] = "sqlite"
    host: str | None = pydantic.Field(None, min_length=1)
    port: int = pydantic.Field(3306, ge=1, le=65535)
    database: str = pydantic.Field("meritline", min_length=1)
    user: str | None = pydantic.Field(None, min_length=1)
    password_env: str = pydantic.Field("MERITLINE_METADATA_PASSWORD", min_length=1)

    @pydantic.model_validator(mode="after")
    def _a_server_has_an_address_and_a_file_has_none(self) -> "MetadataConfig":
        for key in ("host", "user"):
            value = getattr(self, key)
            if self.is_server and value is None:
                raise ValueError(
                    f"`metadata.{key}` must be given for the backend {self.backend}. Received: null"
                )
            if not self.is_server and value is not None:
                raise ValueError(
                    f"`metadata.{key}` is of a server; `metadata.backend` names one. "
                    f"Received: {value}"
                )
        return self

    @property
    def is_server(self) -> bool:
        """Whether it is a server, and no file."""
        return self.backend != "sqlite"

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of a server."""
        return str(self.host), self.port

    @property
    def password(self) -> str:
        """What the environment says; empty where it says nothing."""
        return os.environ.get(self.password_env, "")


def problems(config: MetadataConfig) -> Iterator[str]:
    """Yields that a server cannot be reached: ML Metadata would try for minutes, and say less."""
    if not config.is_server:
        return
    try:
        socket.create_connection(config.address, timeout=_TIMEOUT_SECONDS).close()
    except OSError as error:
        host, port = config.address
        yield (
            f"`metadata.host` must be a server of {config.backend} that can be reached. "
            f"Received: {host}:{port} ({error.strerror or error})"
        )
