"""Rows of each split and rows put aside, from properties alone; and the files that they are of."""

import dataclasses
from collections.abc import Sequence

from components.ingest import origins
from pipeline.lineage import facts, records
from pipeline.lineage.diff import absent, changes
from schemas import features

_EXAMPLES = "examples"
# Of the quarantine: property to what it is called.
_ASIDE = {"rows_in": "read", "rows": "put aside"}


@dataclasses.dataclass(frozen=True)
class Files:
    """The files that examples came from.

    Attributes:
        added: Those of the other run alone.
        gone: Those of the one run alone.
        changed: Those with other bytes under the same path, before and after.
        moved: Those with the same bytes under another path, before and after.
        kept: How many are the same.
    """

    added: tuple[origins.Origin, ...]
    gone: tuple[origins.Origin, ...]
    changed: tuple[tuple[origins.Origin, origins.Origin], ...]
    moved: tuple[tuple[origins.Origin, origins.Origin], ...]
    kept: int


def rows(old: records.Run, new: records.Run) -> tuple[changes.Change, ...] | None:
    """Compares how many rows there are; None where it is the same number of each.

    Raises:
        AbsentError: If a run has no examples, or has not noted how many.
    """
    if absent.pair(old, new, facts.EXAMPLES, _EXAMPLES) is None:
        return None
    return changes.all_of(_counts(old), _counts(new)) or None


def files(old: records.Run, new: records.Run) -> Files | None:
    """Compares the files; None where all are the same.

    Raises:
        AbsentError: If a run has not noted its files, or they are gone.
    """
    if absent.pair(old, new, facts.EXAMPLES, _EXAMPLES) is None:
        return None
    found = compare(_origins(old), _origins(new))
    return found if found.added or found.gone or found.changed or found.moved else None


def compare(old: Sequence[origins.Origin], new: Sequence[origins.Origin]) -> Files:
    """Compares files by source and path, and what is left by its bytes."""
    olds, news = ({(each.source, each.path): each for each in of} for of in (old, new))
    both = [key for key in news if key in olds]
    added = [each for key, each in news.items() if key not in olds]
    gone = [each for key, each in olds.items() if key not in news]
    moved = []
    for each in list(added):
        of_bytes = (it for it in gone if (it.source, it.sha256) == (each.source, each.sha256))
        before = next(of_bytes, None)
        if before is not None:
            moved.append((before, each))
            added.remove(each)
            gone.remove(before)
    changed = [(olds[key], news[key]) for key in both if olds[key].sha256 != news[key].sha256]
    kept = len(both) - len(changed)
    return Files(tuple(added), tuple(gone), tuple(changed), tuple(moved), kept)


def _counts(run: records.Run) -> dict[str, int]:
    examples = absent.artifact(run, facts.EXAMPLES, _EXAMPLES).properties
    noted = {split: examples.get(f"rows_{split}") for split in features.SPLITS}
    quarantine = run.output(*facts.QUARANTINE)
    if quarantine:
        noted |= {name: quarantine.properties.get(key) for key, name in _ASIDE.items()}
    found = {name: int(count) for name, count in noted.items() if isinstance(count, int | float)}
    if not found:
        raise absent.AbsentError(f"{run.id} has not noted its rows")
    return found


def _origins(run: records.Run) -> tuple[origins.Origin, ...]:
    examples = absent.artifact(run, facts.EXAMPLES, _EXAMPLES)
    return absent.parsed(
        *(run, examples, origins.FILE_NAME, _EXAMPLES),
        lambda content: origins.from_json(content.decode()),
    )
