"""The command line: `meritline run`. TFX is imported only when something really runs."""

import pathlib
import sys

import click

from pipeline import config as config_lib
from pipeline import dry_run as dry_run_lib
from pipeline import errors, overrides, preflight
from pipeline import workspace as workspace_lib

_DEFAULT_PRESET = config_lib.PRESETS / "sentiment.yaml"
_TABLES = {".csv", ".tsv", ".jsonl", ".json", ".parquet", ".txt", ".gz"}
_HELP = {"help_option_names": ["-h", "--help"]}


@click.group(context_settings=_HELP)
@click.version_option(package_name="meritline", prog_name="meritline")
def main() -> None:
    """Turn a table of text into a validated, trained, judged and served transformer."""


@main.command("run", context_settings=_HELP)
@click.argument("config_path", metavar="[CONFIG]", required=False)
@click.option("--data", metavar="CSV", help="A table to learn from; with CONFIG, in its place.")
@click.option("--text", metavar="COLUMN", help="The column with the text.  [default: text]")
@click.option("--label", metavar="COLUMN", help="The column with the label.  [default: label]")
@click.option(
    "--workspace",
    "directory",
    metavar="DIR",
    default=workspace_lib.DEFAULT,
    show_default=True,
    help="Where the run's files go, in DIR/<name>.",
)
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Set one value above the config's, such as train.epochs=5. May be given again.",
)
@click.option(
    "--dry-run", is_flag=True, help="Show the resolved config and the graph, run nothing."
)
def run_command(
    config_path: str | None,
    data: str | None,
    text: str | None,
    label: str | None,
    directory: str,
    settings: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Run a pipeline: the CONFIG file's, or one for your own CSV, or else the sentiment demo.

    \b
    meritline run
    meritline run my.yaml --set train.epochs=5
    meritline run --data reviews.csv --text review --label stars

    Paths are taken from the current directory. Exit status: 0 pushed, 1 crashed, 2 the config or
    the command line is wrong, 3 not blessed, 4 the data was refused.
    """  # noqa: D301 - click takes a backspace alone on a line to mean: do not wrap what follows
    try:
        config = _config(config_path, data, text, label, settings)
        workspace = workspace_lib.Workspace.at(directory, config.name)
        sys.exit(_dry_run(config, workspace) if dry_run else _run(config, workspace))
    except errors.ConfigError as error:
        for problem in error.problems:
            click.echo(f"error: {problem}", err=True)
        sys.exit(errors.ExitStatus.CONFIG)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        sys.exit(errors.ExitStatus.INTERRUPTED)


def _config(
    config_path: str | None,
    data: str | None,
    text: str | None,
    label: str | None,
    settings: tuple[str, ...],
) -> config_lib.Config:
    """Makes the config that the command line asks for; `--set` stands above everything."""
    if config_path is None and data is None and not (text is None and label is None):
        raise click.UsageError("--text and --label need --data or CONFIG.")
    if config_path is not None and pathlib.Path(config_path).suffix.lower() in _TABLES:
        raise errors.ConfigError(
            f"`CONFIG` must be a YAML file; a table is given with --data. Received: {config_path}"
        )
    columns = {"text": text, "label": label}
    given = {key: column for key, column in columns.items() if column is not None}
    if config_path is None and data is not None:
        return config_lib.from_columns(data, **given, overrides=settings)
    if data is not None:
        given["path"] = data
    above = [
        overrides.Override(("data", key), value, "--data" if key == "path" else f"--{key}")
        for key, value in given.items()
    ]
    return config_lib.load(config_path or _DEFAULT_PRESET, [*above, *settings])


def _dry_run(config: config_lib.Config, workspace: workspace_lib.Workspace) -> int:
    """Shows what would run; a file that is missing is told after that."""
    click.echo(dry_run_lib.render(config, workspace), nl=False)
    preflight.check(config)
    return errors.ExitStatus.PUSHED


def _run(config: config_lib.Config, workspace: workspace_lib.Workspace) -> int:
    """Runs the pipeline, once all has been checked that can be checked at once."""
    preflight.check(config)
    # Beam's executors have absl parse sys.argv, and absl refuses options that it does not know.
    del sys.argv[1:]
    from pipeline import run  # takes its time, and TFX's after it

    return run.run(config, workspace)


if __name__ == "__main__":
    main()
