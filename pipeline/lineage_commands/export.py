"""`meritline lineage export`: all that is recorded, for other programs."""

import contextlib
import json
import os
import pathlib
from collections.abc import Iterable, Iterator

import click

from pipeline import errors
from pipeline.lineage_commands import asking

_JSON, _OPENLINEAGE = "json", "openlineage"


@click.command("export", context_settings=asking.HELP)
@asking.question_of_programs
@click.option(
    "--format",
    "format_",
    type=click.Choice([_JSON, _OPENLINEAGE]),
    default=_JSON,
    show_default=True,
    help="One document, or an event of OpenLineage a line.",
)
@click.option(
    "--namespace", metavar="NAME", help="Of the jobs in OpenLineage.  [default: meritline]"
)
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(path_type=pathlib.Path, dir_okay=False),
    help="Write there, the whole or nothing.  [default: the terminal]",
)
def export(
    directory: str,
    name: str | None,
    format_: str,
    namespace: str | None,
    output: pathlib.Path | None,
) -> None:
    """Tell other programs all that is recorded: runs, what their nodes did, artifacts.

    \b
    meritline lineage export --output lineage.json
    meritline lineage export --format openlineage --namespace reviews-team > events.ndjson

    OpenLineage has a run's START and end, and those of each of its nodes; nothing is sent. The same
    records give the same events, with the same ids.
    """  # noqa: D301 - click takes a backspace alone on a line to mean: do not wrap what follows
    if namespace is not None and format_ != _OPENLINEAGE:
        raise errors.ConfigError(
            f"`--namespace` needs --format {_OPENLINEAGE}. Received: {namespace}"
        )
    lines = _lines(directory, name, format_, namespace)
    if output is None:
        for line in lines:
            click.echo(line)
    else:
        _write(output, lines)


def _lines(directory: str, name: str | None, format_: str, namespace: str | None) -> Iterator[str]:
    from pipeline import lineage

    history = asking.history(directory, name)
    if format_ == _JSON:
        found = asking.plain(lineage.everything.of(history))
        yield json.dumps(found, indent=1, ensure_ascii=False)
        return
    from pipeline.lineage import events  # takes its time, for OpenLineage's sake

    yield from events.of(history, namespace or events.NAMESPACE)


def _write(path: pathlib.Path, lines: Iterable[str]) -> None:
    """Writes a file whole or not at all.

    Raises:
        ConfigError: If it cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
        part.replace(path)
    except OSError as error:
        raise errors.ConfigError(
            f"`--output` must be a file that can be written. Received: {path} ({error.strerror})"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
