"""The command line: `python -m serving DIR`, or `--config FILE` for several models."""

import asyncio
import logging
import pathlib
import sys
from typing import Any

import click

from serving import config, quiet

_FORMAT = "%(asctime)s %(levelname).1s %(name)s: %(message)s"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("directory", required=False, type=click.Path(path_type=pathlib.Path))
@click.option("--model-name", help="What clients call the model; by default its directory's name.")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME=DIR",
    help="Serve this model; may be given several times.",
)
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1, this machine alone]")
@click.option("--port", type=int, help="Port of REST.  [default: 8501]")
@click.option("--grpc-port", type=int, help="Port of gRPC.  [default: 8500]")
def main(directory: pathlib.Path | None, **given: Any) -> None:
    """Serve models as TensorFlow Serving does, over REST and gRPC.

    DIRECTORY holds versions of one model: directories named by integers.
    """
    try:
        settings = config.build(_values(directory, **given), "command line")
    except config.ConfigError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    logging.basicConfig(level=logging.INFO, format=_FORMAT)
    quiet.tensorflow()
    import uvloop

    from serving import server  # takes its time, with TensorFlow

    uvloop.install()
    try:
        asyncio.run(_run(settings, server))
    except OSError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)


async def _run(settings: config.ServerConfig, server: Any) -> None:
    await server.Server(settings).run()


def _values(
    directory: pathlib.Path | None, model_name: str | None, models: tuple[str, ...], **given: Any
) -> dict[str, Any]:
    values = {key: value for key, value in given.items() if value is not None}
    told = [dict(zip(("name", "base_path"), model.split("=", 1), strict=False)) for model in models]
    if directory is not None:
        directory = directory.expanduser().resolve()
        told.insert(0, {"name": model_name or directory.name, "base_path": str(directory)})
    return {**values, "models": told}
