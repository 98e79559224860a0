"""The command line: `meritline`. TFX is imported only when something really runs."""

import pathlib
import sys
from typing import Any

import click

from pipeline import config as config_lib
from pipeline import config_options, errors, initial_model, preflight, schema_command, serve_command
from pipeline import dry_run as dry_run_lib
from pipeline import workspace as workspace_lib
from pipeline.lineage_commands import group
from pipeline.remote import compile_command

_HELP = {"help_option_names": ["-h", "--help"]}


@click.group(context_settings=_HELP)
@click.version_option(package_name="meritline", prog_name="meritline")
def main() -> None:
    """Turn a table of text into a validated, trained, judged and served transformer."""


@main.command("run", context_settings=_HELP)
@config_options.add
@click.option(
    "--dry-run", is_flag=True, help="Show the resolved config and the graph, run nothing."
)
@click.option(
    "--compiled",
    metavar="FILE",
    type=click.Path(path_type=pathlib.Path),
    help="In place of a config: run what `meritline compile` has made as its backend would.",
)
@click.option(
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    help="With --compiled: a runtime parameter. May be given again.",
)
@click.option(
    "--parallel",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="With --compiled: tasks that may run at one time.",
)
def run_command(
    directory: str,
    dry_run: bool,
    compiled: pathlib.Path | None,
    parameters: tuple[str, ...],
    parallel: int,
    **given: Any,
) -> None:
    """Run a pipeline: the CONFIG file's, or one for your own data, or else the sentiment demo.

    \b
    meritline run
    meritline run my.yaml --set train.epochs=5
    meritline run --data reviews.csv --text review --label stars
    meritline run --data train.csv --eval dev.csv --test test.csv
    meritline run --data 'reviews/*.jsonl.gz' --text review --label stars
    meritline run --compiled pipeline.json --parameter epochs=1

    Paths are taken from the current directory. Exit status: 0 pushed, 1 crashed, 2 the config or
    the command line is wrong, 3 not blessed, 4 the data was refused.
    """  # noqa: D301 - click takes a backspace alone on a line to mean: do not wrap what follows
    try:
        if compiled is not None:
            if dry_run or any(given.values()):
                raise click.UsageError("--compiled stands in place of a config and its options.")
            sys.exit(_run_compiled(compiled, parameters, parallel))
        if parameters:
            raise click.UsageError("--parameter needs --compiled.")
        config = config_options.read(**given)
        workspace = workspace_lib.Workspace.at(directory, config.name, config.metadata)
        sys.exit(_dry_run(config, workspace) if dry_run else _run(config, workspace))
    except errors.ConfigError as error:
        config_options.refuse(*error.problems)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        sys.exit(errors.ExitStatus.INTERRUPTED)


def _dry_run(config: config_lib.Config, workspace: workspace_lib.Workspace) -> int:
    """Shows what would run; a file that is missing is told after that."""
    click.echo(dry_run_lib.render(config, workspace), nl=False)
    preflight.check(config)
    initial_model.find(config, workspace)
    return errors.ExitStatus.PUSHED


def _run(config: config_lib.Config, workspace: workspace_lib.Workspace) -> int:
    """Runs the pipeline, once all has been checked that can be checked at once."""
    preflight.check(config)
    initial_model.find(config, workspace)
    # Beam's executors have absl parse sys.argv, and absl refuses options that it does not know.
    del sys.argv[1:]
    from pipeline import run  # takes its time, and TFX's after it

    return run.run(config, workspace)


def _run_compiled(path: pathlib.Path, parameters: tuple[str, ...], parallel: int) -> int:
    """Runs a compiled pipeline; the commands of its tasks import TFX, not this process."""
    from pipeline.spec_runner import command

    return command.run(path, parameters, parallel)


main.add_command(compile_command.compile_)
main.add_command(group.lineage)
main.add_command(schema_command.schema)
main.add_command(serve_command.serve)


if __name__ == "__main__":
    main()
