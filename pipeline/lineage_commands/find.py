"""`meritline lineage find`: artifacts by their type and their properties."""

import sys
import typing
from collections.abc import Iterator, Sequence

import click

from pipeline import console_text
from pipeline.lineage_commands import asking

if typing.TYPE_CHECKING:
    from pipeline.lineage import finding, properties

# As the exit statuses of grep(1); what is wrong with the question has status 2.
_NOTHING_FOUND = 1


@click.command("find", context_settings=asking.HELP)
@asking.question
@click.option("--artifact", "type_", metavar="TYPE", required=True, help="Such as Model.")
@click.option(
    "--where",
    "wheres",
    metavar="KEY=VALUE",
    multiple=True,
    help="What a property must be, or != < <= > >=; or id, uri, run, node, created. May be given "
    "again: all must hold.",
)
@click.option("--last", type=click.IntRange(min=1), help="Show that many, the newest.")
def find(
    directory: str,
    name: str | None,
    as_json: bool,
    type_: str,
    wheres: tuple[str, ...],
    last: int | None,
) -> None:
    """Find artifacts by what was noted of them.

    \b
    meritline lineage find --artifact ModelEvaluation --where 'accuracy>=0.9'
    meritline lineage find --artifact PushedModel --where pushed=1 --last 1
    meritline lineage find --artifact Examples --where node=Ingest --where created=2026-11-24

    A run is meant by the beginning of its id, too, or by `latest`; an artifact is its that it made,
    not its that the cache answered it with. An artifact without the key is not found.

    Exit status: 0 something was found, 1 nothing was, 2 the question is wrong.
    """  # noqa: D301 - click takes a backspace alone on a line to mean: do not wrap what follows
    from pipeline import lineage

    conditions = [lineage.conditions.read(each) for each in wheres]
    history = asking.history(directory, name)
    found = lineage.finding.of(history, type_, conditions, last)
    keys = list(dict.fromkeys(each.key for each in conditions))
    asking.answer(found, as_json, lambda: _lines(history.pipeline, type_, found, keys))
    if not found:
        sys.exit(_NOTHING_FOUND)


def _lines(
    pipeline: str, type_: str, found: "Sequence[finding.Found]", keys: Sequence[str]
) -> Iterator[str]:
    from pipeline import lineage

    kind = found[0].type.rpartition(".")[2] if found else type_
    yield f"{pipeline}: {kind}, {f'{len(found):,}' if found else 'none'} found"
    if not found:
        return
    asked = [key for key in keys if key not in lineage.conditions.OWN]
    head = ("id", "run", "node", "when", *asked, "uri")
    rows = [
        (*_row(each), *(_spell(each.properties.get(key)) for key in asked), each.uri)
        for each in found
    ]
    yield from asking.table([head, *rows], right=[0])


def _row(found: "finding.Found") -> tuple[str, ...]:
    made_by = (found.run or asking.NOTHING, found.node or asking.NOTHING)
    return (str(found.id), *made_by, asking.when(found.created))


def _spell(value: "properties.Value") -> str:
    from pipeline.lineage import conditions

    return console_text.number(value) if isinstance(value, float) else conditions.spell(value)
