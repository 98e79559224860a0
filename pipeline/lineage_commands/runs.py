"""`meritline lineage runs`: a table of all runs."""

import typing
from collections.abc import Iterator, Sequence

import click

from pipeline import console_text
from pipeline.lineage_commands import asking

if typing.TYPE_CHECKING:
    from pipeline.lineage import facts

_HEAD = (
    "run",
    "when",
    "config",
    "state",
    "verdict",
    "trial",
    "metric",
    "",
    "pushed",
    "time",
    "cached",
)
_RIGHT = (7, 9, 10)


@click.command("runs", context_settings=asking.HELP)
@asking.question
@click.option("--last", type=click.IntRange(min=1), help="Show that many, the newest.")
def runs(directory: str, name: str | None, as_json: bool, last: int | None) -> None:
    """List the runs: what became of each, how good its model was, what was pushed.

    The newest run stands last. `config` is a digest: runs with the same had the same config.
    """
    from pipeline import lineage

    history = asking.history(directory, name)
    found = lineage.facts.of_all(history)[-(last or 0) :]
    asking.answer(found, as_json, lambda: _lines(history.pipeline, found))


def _lines(pipeline: str, found: "Sequence[facts.Facts]") -> Iterator[str]:
    yield f"{pipeline}: {len(found)} run{'' if len(found) == 1 else 's'}"
    yield from asking.table([_HEAD, *map(_row, found)], _RIGHT)


def _row(found: "facts.Facts") -> tuple[str, ...]:
    return (
        found.run,
        asking.when(found.started),
        found.config or asking.NOTHING,
        found.state.value,
        found.verdict or asking.NOTHING,
        found.trial or asking.NOTHING,
        found.metric or asking.NOTHING,
        asking.NOTHING if found.value is None else console_text.number(found.value),
        found.pushed or asking.NOTHING,
        console_text.duration(found.seconds),
        f"{100 * found.cached_share:.0f} %",
    )
