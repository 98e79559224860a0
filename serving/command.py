"""The command line: `python -m serving DIR`, or `--config FILE` for several models."""

import asyncio
import functools
import logging
import os
import pathlib
import sys
import tempfile
from typing import Any

import click

from serving import config, memory, quiet, reload, versions, vertex

_FORMAT = "%(asctime)s %(levelname).1s %(name)s: %(message)s"
_KEY = "MERITLINE_API_KEY"


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("directory", required=False, type=click.Path(path_type=pathlib.Path))
@click.option("--model-name", help="What clients call the model; by default its directory's name.")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME=DIR",
    help="Serve this model; may be given several times.",
)
@click.option(
    "--config",
    "file",
    type=click.Path(path_type=pathlib.Path),
    help="Settings in YAML or JSON, or a model_config_list; options here count for more.",
)
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1, this machine alone]")
@click.option("--port", type=int, help="Port of REST.  [default: 8501]")
@click.option("--grpc-port", type=int, help="Port of gRPC.  [default: 8500]")
@click.option("--max-batch-size", type=int, help="Rows of a batch.  [default: 64]")
@click.option("--batch-timeout-micros", type=int, help="How long a batch waits.  [default: 0]")
@click.option("--no-batching", is_flag=True, help="Answer requests one by one.")
def main(directory: pathlib.Path | None, **given: Any) -> None:
    """Serve models as TensorFlow Serving does, over REST and gRPC.

    DIRECTORY holds versions of one model, directories named by integers; or it is such a version.
    Where the environment has MERITLINE_API_KEY, clients must show it.
    """
    logging.basicConfig(level=logging.INFO, format=_FORMAT)
    quiet.tensorflow()
    reread = functools.partial(read, directory, dict(os.environ), **given)
    try:
        settings = reread()
    except config.ConfigError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    import uvloop

    from serving import server  # takes its time, with TensorFlow

    uvloop.install()
    memory.freeze()
    watched = None if given["file"] is None else reload.Watch(given["file"], reread)
    try:
        asyncio.run(server.Server(settings).run(watched))
    except OSError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)


def read(
    directory: pathlib.Path | None,
    environment: dict[str, str],
    model_name: str | None = None,
    models: tuple[str, ...] = (),
    file: pathlib.Path | None = None,
    **given: Any,
) -> config.ServerConfig:
    """Puts together what the file, the environment and the command line tell.

    Raises:
        ConfigError: If something breaks a rule.
    """
    values: dict[str, Any] = {}
    if file is not None:
        from serving import config_file  # takes its time: it knows TensorFlow Serving's protos

        values = config_file.read(file)
    values.update(vertex.settings(environment))
    if environment.get(_KEY):
        values["api_key"] = environment[_KEY]
    told = [_named(model) for model in models]
    if directory is not None:
        told.insert(0, _of(directory, model_name or directory.expanduser().resolve().name))
    if told:
        values["models"] = told
    found = values.get("models") or []
    if isinstance(found, list):  # else `build` tells that it is none
        values["models"] = [_with_version(model) for model in found]
    _set(values, **given)
    return config.build(values, "settings" if file is None else str(file))


def _set(values: dict[str, Any], no_batching: bool = False, **given: Any) -> None:
    """Sets what the command line tells."""
    batching = {} if not no_batching else {"enabled": False}
    for key in ("max_batch_size", "batch_timeout_micros"):
        if given.get(key) is not None:
            batching[key] = given[key]
    if batching:
        values["batching"] = {**(values.get("batching") or {}), **batching}
    for key in ("host", "port", "grpc_port"):
        if given.get(key) is not None:
            values[key] = given[key]


def _named(model: str) -> dict[str, Any]:
    name, sign, directory = model.partition("=")
    if not sign:
        raise config.ConfigError(f"`--model` must be NAME=DIR. Received: {model!r}")
    return _of(pathlib.Path(directory), name)


def _of(directory: pathlib.Path, name: str) -> dict[str, Any]:
    path = directory.expanduser().resolve()
    if not path.is_dir():
        raise config.ConfigError(f"There must be a serving directory. Received: {directory}")
    return {"name": name, "base_path": str(path)}


def _with_version(model: Any) -> Any:
    """Makes a version's own directory the only version of a model."""
    path = pathlib.Path(str(model.get("base_path"))) if isinstance(model, dict) else None
    if path is None or not versions.is_model(path):
        return model
    if versions.is_number(path.name):
        only = {"specific": {"versions": [int(path.name)]}}
        renamed = {"name": path.parent.name} if model.get("name") == path.name else {}
        return {**model, **renamed, "base_path": str(path.parent), "version_policy": only}
    base_path = pathlib.Path(tempfile.mkdtemp(prefix="versions-"))
    (base_path / "1").symlink_to(path)
    return {**model, "base_path": str(base_path)}
