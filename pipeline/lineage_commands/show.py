"""`meritline lineage show`: one run, node by node."""

import typing
from collections.abc import Iterator

import click

from pipeline import console_text
from pipeline.lineage_commands import asking

if typing.TYPE_CHECKING:
    from pipeline.lineage import details, files

_HEX_DIGITS = 12


@click.command("show", context_settings=asking.HELP)
@click.argument("run")
@click.option("--no-digests", is_flag=True, help="Do not read artifacts to digest them.")
@asking.question
def show(directory: str, name: str | None, as_json: bool, run: str, no_digests: bool) -> None:
    """Show one RUN: what each node did, why it ran or was cached, what it put out.

    RUN is a run's id, the beginning of it, or `latest`.
    """
    from pipeline import lineage

    history = asking.history(directory, name)
    found = lineage.details.of(history, history.run(run), digest=not no_digests)
    asking.answer(found, as_json, lambda: _lines(found))


def _lines(found: "details.Details") -> Iterator[str]:
    yield from asking.headline(found.facts)
    nodes: list[tuple[str, ...]] = [
        (each.node, each.state.value, console_text.duration(each.seconds), each.why)
        for each in found.nodes
    ]
    nodes += [(node, "not run") for node in found.not_run]
    yield ""
    yield from asking.table([("node", "state", "time", "why"), *nodes], right=(2,))
    for each in found.nodes:
        if each.error:
            yield ""
            yield from asking.told(f"{each.node} {each.state.value}", each.error)
    yield ""
    head = ("artifact", "id", "type", "size", "files", "sha256", "where")
    rows = [
        (f"{each.node}.{each.key}", f"{each.id}", each.type, *_size(each.size), each.uri)
        for each in found.artifacts
    ]
    yield from asking.table([head, *rows], right=(1, 3, 4))


def _size(size: "files.Size | None") -> tuple[str, str, str]:
    if size is None:
        return "gone", asking.NOTHING, asking.NOTHING
    digest = (size.sha256 or asking.NOTHING)[:_HEX_DIGITS]
    return console_text.size(size.bytes), f"{size.files:,}", digest
