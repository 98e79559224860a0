"""Tokens and labels that one run knows and the other does not."""

import dataclasses
from collections.abc import Sequence

from pipeline.lineage import facts, files, records
from pipeline.lineage.diff import absent
from schemas import features

_ASSETS = "transform_fn/assets"
_WHAT = "vocabulary"


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    r"""Two vocabularies beside each other.

    Entries are as their file spells them: of bytes with escapes, `\x0a` for a line end.

    Attributes:
        old: Entries of the one.
        new: Entries of the other.
        shared: Entries of both.
        moved: Those of both that have another id.
        added: Entries of the other alone, by their rank there.
        dropped: Entries of the one alone, by their rank there.
    """

    old: int
    new: int
    shared: int
    moved: int
    added: tuple[str, ...]
    dropped: tuple[str, ...]


def tokens(old: records.Run, new: records.Run) -> Vocabulary | None:
    """Compares what texts are made of; None where it is the same.

    Raises:
        AbsentError: If a run has no vocabulary, or its file is gone.
    """
    return _compare(old, new, features.TOKEN_VOCABULARY)


def targets(old: records.Run, new: records.Run) -> Vocabulary | None:
    """Compares what the texts that are to be written are made of; None where it is the same.

    Raises:
        NothingError: If neither run writes texts with a vocabulary of their own.
        AbsentError: If one run has none, or its file is gone.
    """
    return _compare(old, new, features.TARGET_VOCABULARY)


def labels(old: records.Run, new: records.Run) -> Vocabulary | None:
    """Compares what a text may be called; None where it is the same.

    Raises:
        NothingError: If neither run has labels.
        AbsentError: If one run has none, or their file is gone.
    """
    return _compare(old, new, features.LABEL_VOCABULARY)


def compare(old: Sequence[str], new: Sequence[str]) -> Vocabulary:
    """Compares entries, each in the order of its ids."""
    olds, news = ({entry: id_ for id_, entry in enumerate(of)} for of in (old, new))
    shared = [entry for entry in news if entry in olds]
    return Vocabulary(
        old=len(old),
        new=len(new),
        shared=len(shared),
        moved=sum(olds[entry] != news[entry] for entry in shared),
        added=tuple(entry for entry in news if entry not in olds),
        dropped=tuple(entry for entry in olds if entry not in news),
    )


def _compare(old: records.Run, new: records.Run, name: str) -> Vocabulary | None:
    made = [absent.artifact(run, facts.TRANSFORM_GRAPH, _WHAT) for run in (old, new)]
    if not any(_may_have(each, name) for each in made):
        raise absent.NothingError(name)
    if made[0].id == made[1].id:
        return None
    one, other = (
        _entries(absent.read(run, each, f"{_ASSETS}/{name}", _WHAT))
        for run, each in zip((old, new), made, strict=True)
    )
    return None if one == other else compare(one, other)


def _may_have(made: records.Artifact, name: str) -> bool:
    """Whether there is such a vocabulary, or nobody can tell any more."""
    root = files.path(made)
    return root is None or (root / _ASSETS / name).exists()


def _entries(text: bytes) -> list[str]:
    """Splits lines at line ends alone: a token may be one of Unicode's other separators."""
    return text.decode("utf-8", "backslashreplace").removesuffix("\n").split("\n")
