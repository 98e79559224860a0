"""`meritline lineage trace`: from what serves back to the very files, and forward."""

import typing
from collections.abc import Iterator

import click

from pipeline import console_text
from pipeline.lineage_commands import asking, served

if typing.TYPE_CHECKING:
    from pipeline.lineage import trace as trace_lib

_MAX_FILES = 20
_HEX_DIGITS = 12


@click.command("trace", context_settings=asking.HELP)
@click.argument("version", metavar="VERSION|DIRECTORY|URL")
@asking.question
def trace(directory: str, name: str | None, as_json: bool, version: str) -> None:
    """Trace a VERSION back to the very files, and forward to what was made of it.

    \b
    meritline lineage trace latest
    meritline lineage trace 1795512292
    meritline lineage trace workspace/sentiment/serving/sentiment/1795512292
    meritline lineage trace http://localhost:8501/v1/models/sentiment

    A DIRECTORY or a running server's model tells which run of which pipeline has made it; where the
    workspace is not beside it, --workspace says where that is.
    """  # noqa: D301 - click takes a backspace alone on a line to mean: do not wrap what follows
    from pipeline import lineage

    asked = served.find(version, asking.given("directory"), directory, name)
    history = asking.history(asked.directory, asked.name)
    found = lineage.trace.of(history, asked.version)
    asking.answer(found, as_json, lambda: _lines(found))


def _lines(found: "trace_lib.Trace") -> Iterator[str]:
    when = asking.when(found.pushed)
    yield f"Version {found.version} of {found.pipeline}, pushed {when} by run {found.run}"
    yield f"  {found.destination}: {found.state}"
    yield ""
    yield from asking.table(list(_facts(found)), right=())
    if found.sources:
        yield ""
        head = ("file", "size", "rows", "put aside", "sha256", "now")
        rows = [
            (
                each.origin.path,
                console_text.size(each.origin.bytes),
                f"{each.origin.rows:,}",
                f"{each.origin.aside:,}",
                each.origin.sha256[:_HEX_DIGITS],
                each.now,
            )
            for each in found.sources[:_MAX_FILES]
        ]
        yield from asking.table([head, *rows], right=(1, 2, 3))
        if len(found.sources) > _MAX_FILES:
            yield f"  and {len(found.sources) - _MAX_FILES:,} files more; --json has all"
    yield ""
    steps = [(each.node, each.key, f"{each.id}", each.run, each.uri) for each in found.steps]
    yield from asking.table([("made of", "output", "id", "run", "where"), *steps], right=(2,))
    yield ""
    yield from asking.told(
        "Since then",
        "\n".join(f"{each.what} (run {each.run})" for each in found.uses)
        or "nothing was made of it",
    )


def _facts(found: "trace_lib.Trace") -> Iterator[tuple[str, str]]:
    judged = found.facts
    if judged.value is not None:
        yield "judged", f"{judged.verdict}: {judged.metric} {console_text.number(judged.value)}"
    yield "model", found.architecture
    epochs = found.training.get("epochs")
    if epochs:
        reason, seconds = found.training.get("reason"), float(found.training.get("seconds", 0.0))
        best = f"epoch {found.training.get('best_epoch')} kept"
        yield "training", f"{reason}, {best}, {console_text.duration(seconds)}"
    settings = {name: value for name, value in found.hyperparameters.items() if value is not None}
    for section in ("model", "train", "tokenizer"):
        told = [
            f"{name.partition('.')[2]}={value}"
            for name, value in settings.items()
            if name.partition(".")[0] == section
        ]
        yield section, " ".join(told)
    if found.vocabulary is not None:
        yield (
            "vocabulary",
            console_text.count(found.vocabulary, "entry").replace("entrys", "entries"),
        )
    if found.schema:
        yield "schema", f"{len(found.schema)} lines; --json has them"
    rows = ", ".join(f"{count:,} {split}" for split, count in found.rows.items())
    aside = "" if found.aside is None else f"; {found.aside:,} put aside"
    yield "rows", f"{rows}{aside}"
