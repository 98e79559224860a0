"""Texts that stand twice: in one split, under two labels, in two splits; exactly and nearly."""

import dataclasses

import numpy as np

from components.statistics import distinct, neighbours, text_statistics


@dataclasses.dataclass(frozen=True)
class Repeated:
    """Shares of `text_statistics.SplitText`, as they are told there."""

    duplicates: text_statistics.Share
    near_duplicates: text_statistics.Share
    conflicts: text_statistics.Share


def within(texts: distinct.DistinctTexts) -> Repeated:
    """Compares the texts of one split."""
    texts.compact()
    folds = texts.at_depth(texts.depth)
    values = folds.signatures()
    partners, lanes = neighbours.within(values)
    return Repeated(
        duplicates=_duplicates(folds),
        near_duplicates=_near_duplicates(folds, partners, lanes),
        conflicts=_conflicts(folds),
    )


def overlap(
    split: tuple[str, distinct.DistinctTexts], other: tuple[str, distinct.DistinctTexts]
) -> text_statistics.Overlap:
    """Compares the texts of two splits, each with its name."""
    for _, texts in (split, other):
        texts.compact()
    # A text is in both samples, or in none.
    depth = max(split[1].depth, other[1].depth)
    folds, others = split[1].at_depth(depth), other[1].at_depth(depth)
    places = np.searchsorted(others.hashes, folds.hashes)
    is_there = places < len(others.hashes)
    is_there[is_there] = others.hashes[places[is_there]] == folds.hashes[is_there]
    partners, lanes = neighbours.across(folds.signatures(), others.signatures())
    exact = np.where(is_there, places, -1)
    near = np.where(is_there, places, partners)
    near_lanes = np.where(is_there, 0, lanes)  # those that are the same stand with `exact`
    return text_statistics.Overlap(
        split=split[0],
        other=other[0],
        exact=_shared(folds, exact, folds.counts, others, "also"),
        near=_shared(folds, near, near_lanes, others, "like"),
    )


def example(origin: bytes, text: bytes, note: str) -> text_statistics.RowExample:
    """Names a row."""
    return text_statistics.RowExample(
        origin=origin.decode("utf-8", "replace"),
        text=text.decode("utf-8", "replace")[: text_statistics.MAX_SHOWN_CHARACTERS],
        note=note,
    )


def _duplicates(folds: distinct.Folds) -> text_statistics.Share:
    examples = []
    for fold in _worst(folds.counts, folds.counts > 1):
        rows = folds.rows_of(fold)
        count = int(folds.counts[fold])
        times = f", {count:,} times in all" if count > 2 else ""
        examples.append(example(rows.last, rows.text, f"also {_shown(rows.first)}{times}"))
    return text_statistics.Share(int((folds.counts - 1).sum()), folds.rows, tuple(examples))


def _near_duplicates(
    folds: distinct.Folds, partners: np.ndarray, lanes: np.ndarray
) -> text_statistics.Share:
    is_near = partners >= 0
    # Two that are each other's nearest are told once.
    numbers = np.arange(len(partners))
    is_told = is_near & ~((partners[partners] == numbers) & (partners < numbers))
    examples = _pairs(folds, partners, _worst(lanes, is_told), folds, "like")
    return text_statistics.Share(
        count=int(folds.counts[is_near | (folds.counts > 1)].sum()),
        total=folds.rows,
        examples=examples,
    )


def _conflicts(folds: distinct.Folds) -> text_statistics.Share:
    has_label = folds.table["label"].is_valid().to_numpy().astype(np.int64)
    counts = folds.table["count"].to_numpy() * has_label
    labels, rows = folds.sums(has_label), folds.sums(counts)
    examples = []
    for fold in _worst(rows, labels > 1):
        one, other = folds.labels_of(fold)[:2]
        note = f"{_shown(one.label)}; {_shown(other.label)} in {_shown(other.first)}"
        examples.append(example(one.first, one.text, note))
    return text_statistics.Share(int(rows[labels > 1].sum()), folds.rows, tuple(examples))


def _shared(
    folds: distinct.Folds, found: np.ndarray, weights: np.ndarray, others: distinct.Folds, word: str
) -> text_statistics.Share:
    """Makes the share of the folds that found one among others, -1 where they did not."""
    worst = _worst(weights, (found >= 0) & (weights > 0))
    examples = _pairs(folds, found, worst, others, word)
    return text_statistics.Share(int(folds.counts[found >= 0].sum()), folds.rows, examples)


def _pairs(
    folds: distinct.Folds,
    partners: np.ndarray,
    chosen: list[int],
    others: distinct.Folds,
    word: str,
) -> tuple[text_statistics.RowExample, ...]:
    examples = []
    for fold in chosen:
        rows, partner = folds.rows_of(fold), others.rows_of(int(partners[fold]))
        examples.append(example(rows.first, rows.text, f"{word} {_shown(partner.first)}"))
    return tuple(examples)


def _worst(weights: np.ndarray, is_chosen: np.ndarray) -> list[int]:
    """Lists the folds of the greatest weights; of equal ones, any, but always the same."""
    chosen = np.flatnonzero(is_chosen)
    order = np.argsort(-weights[chosen], kind="stable")[: text_statistics.MAX_EXAMPLES]
    return chosen[order].tolist()


def _shown(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")
