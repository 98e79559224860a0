"""The options by which every command finds its config."""

import pathlib
import sys
import typing
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click

from components.ingest import formats
from pipeline import config as config_lib
from pipeline import errors, overrides
from pipeline import workspace as workspace_lib

_DEFAULT_PRESET = config_lib.PRESETS / "sentiment.yaml"
_OPTIONS = (
    click.argument("config_path", metavar="[CONFIG]", required=False),
    click.option(
        "--data",
        metavar="FILES",
        help="What to learn from, with CONFIG in place of its own: a file, a directory or a "
        "'pattern*' of csv, tsv, jsonl, parquet or tfrecord, gzipped or not.",
    ),
    click.option("--eval", "eval_data", metavar="FILES", help="What to stop by.  [default: dealt]"),
    click.option(
        "--test", "test_data", metavar="FILES", help="What to judge by.  [default: dealt]"
    ),
    click.option("--text", metavar="COLUMN", help="The column with the text.  [default: text]"),
    click.option("--label", metavar="COLUMN", help="The column with the label.  [default: label]"),
    click.option(
        "--set",
        "settings",
        metavar="KEY=VALUE",
        multiple=True,
        help="Set one value above the config's, such as train.epochs=5. May be given again.",
    ),
)
_WORKSPACE = click.option(
    "--workspace",
    "directory",
    metavar="DIR",
    default=workspace_lib.DEFAULT,
    show_default=True,
    help="Where the run's files go, in DIR/<name>.",
)


def add(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the argument and the options to a command, in the order of its help."""
    return add_config(_WORKSPACE(command))


def add_config(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds what finds a config alone, for a command without a workspace."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def refuse(*problems: str) -> typing.NoReturn:
    """Ends a command whose config or command line breaks rules: a line for each, and status 2."""
    for problem in problems:
        click.echo(f"error: {problem}", err=True)
    sys.exit(errors.ExitStatus.CONFIG)


def read(
    config_path: str | None = None,
    data: str | None = None,
    eval_data: str | None = None,
    test_data: str | None = None,
    text: str | None = None,
    label: str | None = None,
    settings: Sequence[str] = (),
) -> config_lib.Config:
    """Makes the config that the command line asks for; `--set` stands above everything.

    Raises:
        ConfigError: If anything about it is wrong; a line for each problem.
        UsageError: If columns or files of one split are named, but not what to learn from.
    """
    if data is None and not (eval_data is None and test_data is None):
        raise click.UsageError("--eval and --test need --data.")
    if config_path is None and data is None and not (text is None and label is None):
        raise click.UsageError("--text and --label need --data or CONFIG.")
    if config_path is not None and _is_data(config_path):
        raise errors.ConfigError(
            f"`CONFIG` must be a YAML file; a table is given with --data. Received: {config_path}"
        )
    columns = {"text": text, "label": label}
    given = {key: column for key, column in columns.items() if column is not None}
    files = [] if data is None else list(_files(data, eval_data, test_data))
    if config_path is None and data is not None:
        return config_lib.from_columns(data, **given, overrides=[*files, *settings])
    above = [overrides.Override(("data", key), value, f"--{key}") for key, value in given.items()]
    return config_lib.load(config_path or _DEFAULT_PRESET, [*files, *above, *settings])


def _files(data: str, eval_data: str | None, test_data: str | None) -> Iterator[overrides.Override]:
    """Yields the files of all splits, which stand in place of all those of the config."""
    parted = not (eval_data is None and test_data is None)
    yield overrides.Override(("data", "path"), None if parted else data, "--data")
    yield overrides.Override(("data", "train"), data if parted else None, "--data")
    yield overrides.Override(("data", "eval"), eval_data, "--eval")
    yield overrides.Override(("data", "test"), test_data, "--test")


def _is_data(path: str) -> bool:
    endings = (*formats.EXTENSIONS, ".json", ".gz")
    return pathlib.PurePath(path).name.lower().endswith(endings)
