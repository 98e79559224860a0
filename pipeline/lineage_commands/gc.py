"""`meritline lineage gc`: takes artifacts away that nothing needs."""

import collections
import contextlib
import dataclasses
import shlex
import sys
import typing
from collections.abc import Iterable, Iterator, Sequence

import click

from pipeline import console_text, errors, lock
from pipeline.lineage_commands import asking

if typing.TYPE_CHECKING:
    from pipeline.lineage import garbage


@dataclasses.dataclass(frozen=True)
class Failure:
    """A directory that could not be deleted as a whole.

    Attributes:
        path: Where it lies.
        reason: What the file system says.
    """

    path: str
    reason: str


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        plan: What may go, and what not.
        deleted: How many directories have gone; None where nothing was to be deleted.
        freed: Bytes that they held; None likewise.
        failures: What could not be deleted.
    """

    plan: "garbage.Plan"
    deleted: int | None = None
    freed: int | None = None
    failures: tuple[Failure, ...] = ()


@click.command("gc", context_settings=asking.HELP)
@asking.question
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    metavar="N",
    required=True,
    help="Keep all that the newest N runs took or put out.",
)
@click.option("--delete", "deletes", is_flag=True, help="Delete; without it, only say what may go.")
def gc(directory: str, name: str | None, as_json: bool, keep: int, deletes: bool) -> None:
    """Free the disk of artifacts that no model needs which is blessed or being served.

    \b
    meritline lineage gc --keep 5
    meritline lineage gc --keep 5 --delete

    Kept are the artifacts of the newest N runs, every version that still stands in the serving
    directory, every blessed model, all that those were made of, and the records that tell of them.
    The records in ML Metadata stay, so what has gone is still known; a run that wants it makes it
    anew. Serving directory, reports and logs are not touched.

    Exit status: 0 done, 1 something could not be deleted, 2 the question is wrong, or the workspace
    is in use.
    """  # noqa: D301 - click takes a backspace alone on a line to mean: do not wrap what follows
    from pipeline import lineage
    from pipeline.lineage.site import writing

    workspace = asking.find(directory, name)
    with lock.alone(workspace) if deletes else contextlib.nullcontext():
        history = asking.history(directory, name)
        found = lineage.garbage.of(workspace, history, keep)
        if not deletes:
            how = _how(directory, name, keep)
            asking.answer(Outcome(found), as_json, lambda: _dry_lines(found, how))
            return
        ended = _delete(found, quiet=as_json)
        if writing.page_of(workspace).is_file():
            writing.write(workspace, history)  # no link of it is to lead to what has gone
    asking.answer(ended, as_json, lambda: _lines(ended))
    if ended.failures:
        sys.exit(errors.ExitStatus.CRASHED)


def _delete(found: "garbage.Plan", quiet: bool) -> Outcome:
    """Deletes type by type, and tells of each when it is done."""
    from pipeline import lineage

    deleted: list[garbage.Directory] = []
    failures = []
    for kind, directories in _by_kind(found.goes).items():
        before = len(deleted)
        for directory in directories:
            try:
                lineage.garbage.delete(directory)
                deleted.append(directory)
            except OSError as error:
                failures.append(Failure(directory.path, error.strerror or str(error)))
        if not quiet and len(deleted) > before:
            gone = deleted[before:]
            freed = console_text.size(_bytes(gone))
            click.echo(f"{kind}: {_directories(len(gone))} deleted, {freed}")
    return Outcome(found, len(deleted), _bytes(deleted), tuple(failures))


def _dry_lines(found: "garbage.Plan", how: str) -> Iterator[str]:
    if found.goes:
        yield f"{found.pipeline}: may go, since nothing needs it"
        head = ("type", "directories", "size")
        rows = [
            (kind, str(len(of_it)), console_text.size(_bytes(of_it)))
            for kind, of_it in _by_kind(found.goes).items()
        ]
        total = ("in all", str(len(found.goes)), console_text.size(found.bytes))
        yield from asking.table([head, *rows, total], right=[1, 2])
    else:
        yield f"{found.pipeline}: nothing may go"
    yield from _what_stays(found)
    if found.goes:
        yield f"nothing was deleted; to delete: {how}"


def _lines(ended: Outcome) -> Iterator[str]:
    for failure in ended.failures:
        yield f"not deleted: {failure.path} ({failure.reason})"
    freed = console_text.size(ended.freed or 0)
    yield f"{ended.plan.pipeline}: {_directories(ended.deleted or 0)} deleted, {freed} freed"
    yield from _what_stays(ended.plan)


def _what_stays(found: "garbage.Plan") -> Iterator[str]:
    yield f"kept: {_directories(len(found.kept))}, {console_text.size(_bytes(found.kept))}"
    for each in found.unknown:
        yield f"left, since no record knows it: {each.path} ({console_text.size(each.bytes)})"
    if found.elsewhere:
        amount = console_text.count(found.elsewhere, "artifact")
        yield f"left, since they are recorded outside of {found.root}: {amount}"


def _by_kind(
    directories: "Iterable[garbage.Directory]",
) -> "dict[str, list[garbage.Directory]]":
    """Groups directories by the types of artifacts, the largest first."""
    found: dict[str, list[garbage.Directory]] = collections.defaultdict(list)
    for directory in directories:
        found[directory.type.rpartition(".")[2]].append(directory)
    return dict(sorted(found.items(), key=lambda each: -_bytes(each[1])))


def _bytes(directories: "Sequence[garbage.Directory]") -> int:
    return sum(directory.bytes for directory in directories)


def _directories(count: int) -> str:
    return f"{count:,} {'directory' if count == 1 else 'directories'}"


def _how(directory: str, name: str | None, keep: int) -> str:
    named = ["--name", name] if name else []
    words = ["meritline", "lineage", "gc", "--workspace", directory, *named, "--keep", str(keep)]
    return shlex.join([*words, "--delete"])
