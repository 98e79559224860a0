"""The command line: `meritline serve`. The server is a program of its own, which this becomes."""

import os
import pathlib
import sys

import click

from pipeline import config_options, errors
from pipeline import workspace as workspace_lib

_PROGRAM = [sys.executable, "-m", "serving"]


@click.command("serve", context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[DIRECTORY] [OPTIONS]")
def serve(arguments: tuple[str, ...]) -> None:
    """Serve what was pushed, over REST and gRPC; `meritline serve --help` has more.

    \b
    meritline serve
    meritline serve workspace/sentiment --port 9000

    DIRECTORY is a workspace, the directory of one of its runs, a serving directory or a version;
    without it, `workspace`.
    """  # noqa: D301 - click takes a backspace alone on a line to mean: do not wrap what follows
    told = list(arguments)
    if set(told) & {"-h", "--help"}:
        click.echo(click.get_current_context().get_help())
        click.echo("\nThe options are those of the server:\n")
        sys.stdout.flush()
        os.execv(sys.executable, [*_PROGRAM, "--help"])  # noqa: S606
        return
    chosen = []
    if not told or not told[0].startswith("-"):
        chosen = [told.pop(0)] if told else [workspace_lib.DEFAULT]
    elif "--config" not in told and "--model" not in told:
        chosen = [workspace_lib.DEFAULT]
    try:
        served = [argument for directory in chosen for argument in find(pathlib.Path(directory))]
    except errors.ConfigError as error:
        config_options.refuse(*error.problems)
    # No child: signals and the exit status are the server's own.
    os.execv(sys.executable, [*_PROGRAM, *served, *told])  # noqa: S606


def find(directory: pathlib.Path) -> list[str]:
    """Finds what a directory has to serve, as arguments of the server.

    Raises:
        ConfigError: If that is nothing.
    """
    path = directory.expanduser().resolve()
    if _is_serving_directory(path) or (path / "saved_model.pb").is_file():
        return [str(path)]
    runs = [path, *(sorted(path.iterdir()) if path.is_dir() else [])]
    pushed = [workspace_lib.Workspace(run).serving for run in runs]
    found = [serving for serving in pushed if _is_serving_directory(serving)]
    if not found:
        raise errors.ConfigError(
            "There must be a pushed model: in a workspace, the directory of a run, a serving "
            f"directory or a version. Received: {directory}"
        )
    return [part for serving in found for part in ("--model", f"{serving.name}={serving}")]


def _is_serving_directory(path: pathlib.Path) -> bool:
    """Whether there are versions: directories named by integers."""
    return path.is_dir() and any(child.name.isdecimal() for child in path.iterdir())
