"""The command line: `meritline schema diff|accept`. TFX is imported only under way."""

import logging
import sys
import typing
from typing import Any

import click

from pipeline import config as config_lib
from pipeline import config_options, errors, quiet
from pipeline import workspace as workspace_lib

if typing.TYPE_CHECKING:
    from pipeline import schema_change

_HELP = {"help_option_names": ["-h", "--help"]}
# As the exit statuses of diff(1); what is wrong with the config or the workspace has status 2.
_SAME, _DIFFERENT = 0, 1
_LOG = "schema.log"


@click.group(context_settings=_HELP)
def schema() -> None:
    """Show and take a change of the data's schema.

    The data is that of the newest run in the workspace, refused and failed ones included.
    """


@schema.command("diff", context_settings=_HELP)
@config_options.add
def diff_command(directory: str, **given: Any) -> None:
    """Show what the schema would have to allow to take the data as it is.

    \b
    meritline schema diff my.yaml
    meritline schema diff --data reviews.csv --text review --label stars

    Exit status: 0 nothing, 1 something, 2 the config or the workspace is wrong.
    """  # noqa: D301 - click takes a backspace alone on a line to mean: do not wrap what follows
    config, workspace = _read(directory, **given)
    found = _under_way(config, workspace, accepts=False)
    sys.exit(_DIFFERENT if found.lines else _SAME)


@schema.command("accept", context_settings=_HELP)
@config_options.add
def accept_command(directory: str, **given: Any) -> None:
    """Write the schema that takes the data as it is.

    It goes to the file of `data.schema`, relaxed where the data breaks it and nowhere else, or,
    where the config names none, to schemas/<name>/schema.pbtxt below the current directory.

    \b
    meritline schema accept my.yaml
    meritline schema accept --data reviews.csv --text review --label stars

    Exit status: 0 done, 2 the config or the workspace is wrong.
    """  # noqa: D301 - click takes a backspace alone on a line to mean: do not wrap what follows
    config, workspace = _read(directory, **given)
    _under_way(config, workspace, accepts=True)


def _read(directory: str, **given: Any) -> tuple[config_lib.Config, workspace_lib.Workspace]:
    """Makes the config and finds its workspace, which must have seen a run; ends with status 2."""
    try:
        config = config_options.read(**given)
    except errors.ConfigError as error:
        config_options.refuse(*error.problems)
    workspace = workspace_lib.Workspace.at(directory, config.name, config.metadata)
    if not workspace.has_runs:
        config_options.refuse(
            "`--workspace` must hold a run of this config; `meritline run` makes one. "
            f"Received: {workspace.root}"
        )
    return config, workspace


def _under_way(
    config: config_lib.Config, workspace: workspace_lib.Workspace, accepts: bool
) -> "schema_change.Comparison":
    """Imports TFX and compares, with the noise in a log; shows what comes of it."""
    try:
        with quiet.to_log(workspace.logs / _LOG):
            found, told = _compare(config, workspace, accepts)
    except OSError as error:
        config_options.refuse(
            "`--workspace` must be a directory that can be written. "
            f"Received: {workspace.root} ({error.strerror})"
        )
    except errors.ConfigError as error:
        config_options.refuse(*error.problems)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        sys.exit(errors.ExitStatus.INTERRUPTED)
    for line in told:
        click.echo(line)
    return found


def _compare(
    config: config_lib.Config, workspace: workspace_lib.Workspace, accepts: bool
) -> "tuple[schema_change.Comparison, list[str]]":
    """Compares the schema with the data, and writes the one that takes it if that is asked for.

    Returns:
        The comparison, and what to tell of it.

    Raises:
        ConfigError: Whatever goes wrong.
    """
    try:
        from pipeline import schema_change  # takes its time, for TFX's sake

        found = schema_change.compare(config, workspace)
        told = schema_change.tell(found)
        if accepts:
            told += schema_change.write(config, found)
        elif found.lines:
            told.append("`meritline schema accept` with the same arguments takes it as it is")
        return found, told
    except errors.ConfigError:
        raise
    except Exception as error:
        logging.getLogger(__name__).exception("The command failed.")
        line = " ".join(f"{type(error).__name__}: {error}".split())
        raise errors.ConfigError(f"{line}; log: {workspace.logs / _LOG}") from error
