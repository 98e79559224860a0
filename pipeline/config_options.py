"""The options by which every command finds its config."""

import pathlib
from collections.abc import Callable
from typing import Any

import click

from components.ingest import formats
from pipeline import config as config_lib
from pipeline import errors, overrides
from pipeline import workspace as workspace_lib

_DEFAULT_PRESET = config_lib.PRESETS / "sentiment.yaml"
_FILES_OF_SPLITS = ("train", "eval", "test")
_OPTIONS = (
    click.argument("config_path", metavar="[CONFIG]", required=False),
    click.option(
        "--data",
        metavar="FILES",
        help="What to learn from, with CONFIG in place of its own: a file, a directory or a "
        "'pattern*' of csv, tsv, jsonl, parquet or tfrecord, gzipped or not.",
    ),
    click.option("--text", metavar="COLUMN", help="The column with the text.  [default: text]"),
    click.option("--label", metavar="COLUMN", help="The column with the label.  [default: label]"),
    click.option(
        "--workspace",
        "directory",
        metavar="DIR",
        default=workspace_lib.DEFAULT,
        show_default=True,
        help="Where the run's files go, in DIR/<name>.",
    ),
    click.option(
        "--set",
        "settings",
        metavar="KEY=VALUE",
        multiple=True,
        help="Set one value above the config's, such as train.epochs=5. May be given again.",
    ),
)


def add(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the argument and the options to a command, in the order of its help."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read(
    config_path: str | None,
    data: str | None,
    text: str | None,
    label: str | None,
    settings: tuple[str, ...],
) -> config_lib.Config:
    """Makes the config that the command line asks for; `--set` stands above everything.

    Raises:
        ConfigError: If anything about it is wrong; a line for each problem.
        UsageError: If columns are named, but no files.
    """
    if config_path is None and data is None and not (text is None and label is None):
        raise click.UsageError("--text and --label need --data or CONFIG.")
    if config_path is not None and _is_data(config_path):
        raise errors.ConfigError(
            f"`CONFIG` must be a YAML file; a table is given with --data. Received: {config_path}"
        )
    columns = {"text": text, "label": label}
    given = {key: column for key, column in columns.items() if column is not None}
    if config_path is None and data is not None:
        return config_lib.from_columns(data, **given, overrides=settings)
    above = [overrides.Override(("data", key), value, f"--{key}") for key, value in given.items()]
    if data is not None:
        # It stands in place of all files of the config.
        above.append(overrides.Override(("data", "path"), data, "--data"))
        above += [overrides.Override(("data", key), None, "--data") for key in _FILES_OF_SPLITS]
    return config_lib.load(config_path or _DEFAULT_PRESET, [*above, *settings])


def _is_data(path: str) -> bool:
    endings = (*formats.EXTENSIONS, ".json", ".gz")
    return pathlib.PurePath(path).name.lower().endswith(endings)
