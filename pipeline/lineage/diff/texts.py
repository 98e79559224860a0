"""What is counted of texts beyond TFDV's statistics: lengths, shares of odd rows, words."""

import dataclasses
from collections.abc import Mapping

from components.data_gate import distances, unigrams
from components.statistics import text_statistics
from pipeline.lineage import facts, records
from pipeline.lineage.diff import absent, changes

_WHAT = "text statistics"
_SHARES = (
    *("near_empty", "control_characters", "duplicates", "near_duplicates", "conflicts"),
    *("truncated", "unknown_tokens"),
)


@dataclasses.dataclass(frozen=True)
class Texts:
    """The texts of a split that differ.

    Attributes:
        split: The split.
        lengths: What is other about their lengths.
        shares: What is other about shares of rows, or of tokens, by the name of the check.
        words: How far the words have drifted, and what chance may add; None where they are not
            comparable.
    """

    split: str
    lengths: tuple[changes.Change, ...]
    shares: tuple[changes.Change, ...]
    words: distances.Distance | None


def of(old: records.Run, new: records.Run) -> tuple[Texts, ...] | None:
    """Compares the texts, split by split; None where they are the same.

    Raises:
        AbsentError: If a run has counted none, or the files are gone.
    """
    found = absent.pair(old, new, facts.TEXT_STATISTICS, _WHAT)
    if found is None:
        return None
    one, other = (
        absent.parsed(
            *(run, made, text_statistics.FILE_NAME, _WHAT),
            lambda content: text_statistics.TextStatistics.from_json(content.decode()),
        )
        for run, made in zip((old, new), found, strict=True)
    )
    return compare(one, other) or None


def compare(
    old: text_statistics.TextStatistics, new: text_statistics.TextStatistics
) -> tuple[Texts, ...]:
    """Compares the texts of the splits that both have; those that are the same are left out."""
    both = (split for split in new.splits if split in old.splits)
    found = (_split(split, old, new) for split in both)
    return tuple(
        each for each in found if each.lengths or each.shares or (each.words and each.words.value)
    )


def _split(
    split: str, old: text_statistics.TextStatistics, new: text_statistics.TextStatistics
) -> Texts:
    one, other = old.splits[split], new.splits[split]
    return Texts(
        split=split,
        lengths=changes.of(_lengths(one), _lengths(other)),
        shares=changes.of(_shares(split, old), _shares(split, new)),
        words=_words(one, other),
    )


def _lengths(split: text_statistics.SplitText) -> Mapping[str, float]:
    histograms = {"characters": split.characters, "tokens": split.tokens}
    return {
        f"{name} {unit}": getattr(told, field)
        for unit, told in histograms.items()
        for name, field in (("mean", "mean"), ("95 % of", "p95"), ("most", "maximum"))
    }


def _shares(split: str, told: text_statistics.TextStatistics) -> Mapping[str, float]:
    of_split = told.splits[split]
    found = {name: getattr(of_split, name).fraction for name in _SHARES}
    for over in told.overlaps:
        if over.split == split:
            found[f"also in {over.other}"] = over.exact.fraction
            found[f"nearly in {over.other}"] = over.near.fraction
    return found


def _words(
    old: text_statistics.SplitText, new: text_statistics.SplitText
) -> distances.Distance | None:
    if not (sum(old.unigrams) and sum(new.unigrams)) or len(old.unigrams) != len(new.unigrams):
        return None
    return unigrams.between(old, new)
