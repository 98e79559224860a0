"""`meritline lineage diff`: what differs between two runs."""

import json
import typing
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click

from pipeline import console_text
from pipeline.lineage_commands import asking, diff_data, diff_metrics

if typing.TYPE_CHECKING:
    from pipeline.lineage import diff as diff_lib
    from pipeline.lineage.diff import changes, vocabulary

_MAX_SHOWN = 10  # tokens
_MAX_CHARACTERS = 60  # of a value
_ABSENT = "not there"


@click.command("diff", context_settings=asking.HELP)
@click.argument("a")
@click.argument("b")
@asking.question
def diff(directory: str, name: str | None, as_json: bool, a: str, b: str) -> None:
    """Tell what differs between two runs, A and B.

    \b
    meritline lineage diff latest~1 latest

    A and B are runs' ids, the beginnings of them, `latest`, `latest~1` for the one before it, or
    pushed versions. How sure a difference of metrics is, is told for independent test rows.
    """  # noqa: D301 - click takes a backspace alone on a line to mean: do not wrap what follows
    from pipeline import lineage

    history = asking.history(directory, name)
    runs = (lineage.facts.run_or_version(history, each) for each in (a, b))
    found = lineage.diff.of(history, *runs)
    asking.answer(found, as_json, lambda: _lines(found))


def _lines(found: "diff_lib.Diff") -> Iterator[str]:
    for side, run in (("A", found.a), ("B", found.b)):
        for line in asking.headline(run):
            yield f"{side}  {line}"
    for section in _sections(found):
        if section:
            yield ""
            yield from section
    yield ""
    if found.same:
        yield f"The same  {', '.join(found.same)}"
    for reason in dict.fromkeys(found.not_compared.values()):
        parts = [part for part, of_part in found.not_compared.items() if of_part == reason]
        yield f"Not compared  {', '.join(parts)}: {reason}"


def _sections(found: "diff_lib.Diff") -> Iterator[Sequence[str]]:
    """Yields what differs, the most important first."""
    yield list(diff_metrics.lines(found.metrics)) if found.metrics else []
    yield list(_changed("Config", found.config, _value))
    yield list(_changed("Runtime parameters", found.parameters, _value))
    yield list(diff_data.rows(found.rows or ()))
    yield list(diff_data.files(found.files)) if found.files else []
    yield list(diff_data.statistics(found.statistics)) if found.statistics else []
    yield list(diff_data.texts(found.texts or ()))
    yield list(asking.told("Schema", "\n".join(found.schema))) if found.schema else []
    yield list(_vocabulary("Vocabulary", found.tokens))
    yield list(_vocabulary("Target vocabulary", found.targets))
    yield list(_vocabulary("Labels", found.labels))
    yield list(_changed("Code", found.code, str))
    yield list(_changed("Versions", found.versions, str))
    yield list(_changed("Machine", found.machine, str))


def _changed(
    title: str, found: "Sequence[changes.Change] | None", spell: Callable[[Any], str]
) -> Iterator[str]:
    if not found:
        return
    yield title
    yield from asking.table(
        [
            (
                each.name,
                _ABSENT if each.missing == "a" else spell(each.old),
                "→",
                _ABSENT if each.missing == "b" else spell(each.new),
            )
            for each in found
        ],
        right=(),
    )


def _value(value: object) -> str:
    """Spells a value of the config as YAML and JSON have it."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MAX_CHARACTERS else f"{text[: _MAX_CHARACTERS - 3]}..."


def _vocabulary(title: str, found: "vocabulary.Vocabulary | None") -> Iterator[str]:
    if found is None:
        return
    moved = f", {found.moved:,} of them with another id" if found.moved else ""
    yield f"{title}  {found.old:,} → {found.new:,}, {found.shared:,} in both{moved}"
    rows = [
        (name, f"{len(entries):,}", _entries(entries))
        for name, entries in (("added", found.added), ("dropped", found.dropped))
        if entries
    ]
    yield from asking.table(rows, right=(1,))


def _entries(entries: Sequence[str]) -> str:
    """Spells the first entries by rank; those of bytes may begin with a space."""
    shown = " ".join(f"`{console_text.printable(each)}`" for each in entries[:_MAX_SHOWN])
    return f"{shown} ..." if len(entries) > _MAX_SHOWN else shown
