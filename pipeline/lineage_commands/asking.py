"""What all commands of `meritline lineage` share: where to look, and how to answer."""

import dataclasses
import datetime
import enum
import functools
import json
import pathlib
import sys
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import click
import rich.text

from pipeline import config_options, console_text, errors, summary_table
from pipeline import workspace as workspace_lib

if typing.TYPE_CHECKING:
    from pipeline import lineage
    from pipeline.lineage import facts

HELP = {"help_option_names": ["-h", "--help"]}
_OF_A_PIPELINE = (
    click.option(
        "--workspace",
        "directory",
        metavar="DIR",
        default=workspace_lib.DEFAULT,
        show_default=True,
        help="Where runs put their files: DIR, or DIR/<name>; of a compiled pipeline its root.",
    ),
    click.option("--name", metavar="NAME", help="Which pipeline, where there are several."),
)
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Answer with JSON, for programs.")
NOTHING = "-"
Lines = Iterable[str | rich.text.Text]


def question(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options to a command, and makes what is wrong a line and status 2."""
    return question_of_programs(_AS_JSON(command))


def question_of_programs(command: Callable[..., Any]) -> Callable[..., Any]:
    """Does the same for a command that answers programs alone."""

    @functools.wraps(command)
    def asked(*args: Any, **given: Any) -> None:
        try:
            command(*args, **given)
        except errors.ConfigError as error:
            config_options.refuse(*error.problems)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            sys.exit(errors.ExitStatus.INTERRUPTED)

    made: Callable[..., Any] = asked
    for option in reversed(_OF_A_PIPELINE):
        made = option(made)
    return made


def given(option: str) -> bool:
    """Tells whether the user has given an option, and not its default has."""
    source = click.get_current_context().get_parameter_source(option)
    return source is not click.core.ParameterSource.DEFAULT


def find(directory: str, name: str | None) -> workspace_lib.Workspace:
    """Finds the one workspace that is meant.

    Raises:
        ConfigError: If there is none, or several and no name says which.
    """
    path = pathlib.Path(directory).expanduser().resolve()
    found = {at.root.name: at for at in _workspaces(path)}
    if not found:
        raise errors.ConfigError(
            f"`--workspace` must hold a run; `meritline run` makes one. Received: {path}"
        )
    if len(found) == 1 and (name is None or path in {at.root for at in found.values()}):
        return next(iter(found.values()))
    if name in found:
        return found[name]
    raise errors.ConfigError(
        f"`--name` must be one of {', '.join(sorted(found))}. Received: {name or 'none'}"
    )


def history(directory: str, name: str | None) -> "lineage.History":
    """Reads all that is recorded of the pipeline that is meant.

    Raises:
        ConfigError: If there is none, or it cannot be read.
    """
    from pipeline import lineage  # a dry run does without ML Metadata

    workspace = find(directory, name)
    if name is None and workspace.metadata.is_server:
        name = workspace.root.name  # a server is shared, a workspace is one pipeline's
    return lineage.read(workspace, name)


def answer(found: object, as_json: bool, lines: Callable[[], Lines]) -> None:
    """Prints an answer: for people by default.

    Args:
        found: The answer, of plain values and dataclasses.
        as_json: Whether it is for a program.
        lines: What people read.
    """
    if as_json:
        click.echo(json.dumps(plain(found), indent=1, ensure_ascii=False))
        return
    for line in lines():
        text = line.plain if isinstance(line, rich.text.Text) else line
        click.echo(console_text.printable(text, sys.stdout.encoding or "utf-8"))


def plain(value: object) -> object:
    """Makes JSON of an answer: fields by their names, times in ISO 8601."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value


def when(time: datetime.datetime) -> str:
    """Spells a time as people's clocks show it."""
    return time.astimezone().strftime("%Y-%m-%d %H:%M")


def headline(found: "facts.Facts") -> Iterator[str]:
    """Yields what a run is and what came of it."""
    pushed = f", pushed {found.pushed}" if found.pushed else ""
    judged = f", {found.verdict}" if found.verdict else ""
    value = "" if found.value is None else f", {found.metric} {console_text.number(found.value)}"
    time = console_text.duration(found.seconds)
    yield f"Run {found.run}: {found.state.value}{judged}{pushed}{value}, {time}"


def told(title: str, text: str) -> Iterator[str]:
    """Yields lines below a title, as the summary of a run has them."""
    yield title
    for line in text.splitlines():
        yield f"  {line}"


def table(rows: Sequence[Sequence[str]], right: Sequence[int]) -> Iterator[str]:
    """Yields rows in columns."""
    for line in summary_table.lines(rows, right):
        yield line.plain


def _workspaces(path: pathlib.Path) -> list[workspace_lib.Workspace]:
    """Lists the workspaces of a directory: itself, or those right below it."""
    directories = [path, *(sorted(path.iterdir()) if path.is_dir() else [])]
    found = [workspace_lib.Workspace.found(each) for each in directories if each.is_dir()]
    of_itself = [at for at in found[:1] if at is not None]
    return of_itself or [at for at in found if at is not None]
