"""`meritline lineage why`: what decided on a model."""

import typing
from collections.abc import Iterator, Sequence

import click

from pipeline import console_text
from pipeline.lineage_commands import asking

if typing.TYPE_CHECKING:
    from components.evaluator import verdict
    from pipeline.lineage import why as why_lib


@click.command("why", context_settings=asking.HELP)
@click.argument("run", metavar="RUN|VERSION")
@asking.question
def why(directory: str, name: str | None, as_json: bool, run: str) -> None:
    """Tell why the model of a RUN, or a pushed VERSION, was blessed or not, pushed or not.

    RUN is a run's id, the beginning of it, or `latest`.
    """
    from pipeline import lineage

    history = asking.history(directory, name)
    found = lineage.why.of(history, lineage.facts.run_or_version(history, run))
    asking.answer(found, as_json, lambda: _lines(found))


def _lines(found: "why_lib.Why") -> Iterator[str]:
    yield from asking.headline(found.facts)
    if found.stopped:
        yield from asking.told(f"{found.stopped} {found.facts.state.value}", found.error)
    for title, lines in (
        ("Judged", found.reasons),
        ("Trial", found.trial),
        ("Data", found.data),
        ("Probe", found.probe),
    ):
        yield from asking.told(title, "\n".join(lines)) if lines else ()
    if found.baseline:
        version = f", version {found.baseline.version}" if found.baseline.version else ""
        yield f"Beside  the model of run {found.baseline.run}{version}"
    yield f"Pushed  {found.pushed}"
    if found.bounds:
        yield ""
        yield from asking.table([_HEAD, *map(_row, _failed_first(found.bounds))], right=(3, 4, 5))


_HEAD = ("metric", "rows", "bound", "value", "at", "baseline", "")


def _failed_first(bounds: "Sequence[verdict.Bound]") -> "list[verdict.Bound]":
    return sorted(bounds, key=lambda bound: bound.passed)


def _row(bound: "verdict.Bound") -> tuple[str, ...]:
    apart = (bound.bound,)
    return (
        bound.metric,
        bound.slice,
        bound.kind,
        console_text.number(bound.value, apart),
        console_text.number(bound.bound),
        asking.NOTHING if bound.baseline is None else console_text.number(bound.baseline),
        "holds" if bound.passed else "does not hold",
    )
