"""Interpolated modified Kneser-Ney smoothing: what n-grams of a text tell of the next token.

Counts alone, in NumPy. A context is told by one integer, its tokens as digits, so that n-grams are
counted by sorting; see `Contexts`.
"""

import dataclasses
import itertools
from typing import NamedTuple

import numpy as np

from schemas import tokens

_FALLBACK = (0.5, 1.0, 1.5)  # Heafield et al. 2013, as KenLM has it for texts that are too small


@dataclasses.dataclass(frozen=True)
class Contexts:
    """Writes the tokens before another as one integer: as digits, the first the highest, times
    `order`, and their number added, which tells `[PAD]` before others from no token.

    Attributes:
        vocabulary_size: Tokens; every id is below it.
        order: The longest n-grams, in tokens: contexts have up to `order` - 1.

    Raises:
        ValueError: If an integer of 64 bits cannot tell all of them.
    """

    vocabulary_size: int
    order: int

    def __post_init__(self) -> None:
        if self.order < 2:
            raise ValueError(f"`order` must be at least 2. Received: order={self.order}")
        if self.order * self.vocabulary_size**self.order >= 2**63:
            raise ValueError(
                "`order` must be lower for a vocabulary of this size: "
                "order * vocabulary_size ** order must be below 2**63. "
                f"Received: order={self.order}, vocabulary_size={self.vocabulary_size}"
            )


class Table(NamedTuple):
    """What each context tells of the next token, contexts by rising keys.

    The probability of a token after a context is `left` times that after the context without its
    first token, and what the table adds for the token, if anything.

    Attributes:
        unigrams: Probability of each token after nothing, `(vocabulary_size,)`.
        keys: Of the contexts, rising, `(contexts,)`.
        left: What each context leaves to the shorter one, `(contexts,)`.
        starts: The first of each context's entries, and after the last, `(contexts + 1,)`.
        tokens: Token of each entry, `(entries,)`.
        added: What it adds, `(entries,)`.
    """

    unigrams: np.ndarray
    keys: np.ndarray
    left: np.ndarray
    starts: np.ndarray
    tokens: np.ndarray
    added: np.ndarray


class _Counts(NamedTuple):
    """N-grams of one length: their digits as numbers, rising, and adjusted counts."""

    numbers: np.ndarray
    counts: np.ndarray


def learn(text: np.ndarray, contexts: Contexts) -> Table:
    """Learns a table.

    Args:
        text: Token ids `(any,)`, each document ended by `[SEP]`. A context reaches back to the
            `[SEP]` before its document, and no further.
        contexts: How they are written, and how long n-grams are.

    References:
        Chen and Goodman 1998, "An Empirical Study of Smoothing Techniques for Language Modeling",
        TR-10-98, sec. 4.1.6 and eq. 26 for the discounts;
        Heafield et al. 2013, doi:10.3115/v1/P13-2121, sec. 2 for adjusted counts
    """
    size = contexts.vocabulary_size
    counted = _adjusted(_counted(text, contexts), size)
    unigrams = _unigrams(counted[0], size)
    parts = [_rows(of_order, length, contexts) for length, of_order in enumerate(counted[1:], 1)]
    keys = np.concatenate([part.keys for part in parts])
    order = np.argsort(keys, kind="stable")
    lengths = np.concatenate([np.diff(part.starts) for part in parts])[order]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    firsts = np.cumsum([0, *(len(part.tokens) for part in parts)])
    begins = np.concatenate(
        [part.starts[:-1] + at for part, at in zip(parts, firsts, strict=False)]
    )
    # Entries in the order of their contexts: from where each context's began to where it begins.
    moved = np.repeat(begins[order] - starts[:-1], lengths) + np.arange(starts[-1])
    return Table(
        unigrams,
        keys[order],
        np.concatenate([part.left for part in parts])[order],
        starts,
        np.concatenate([part.tokens for part in parts])[moved],
        np.concatenate([part.added for part in parts])[moved],
    )


def _counted(text: np.ndarray, contexts: Contexts) -> list[_Counts]:
    """Counts n-grams of each length, from 1."""
    text = np.concatenate([[tokens.SEP_ID], text]).astype(np.int64)
    numbers = text[1:]
    # N-grams by their last tokens, those that would reach over a `[SEP]` left out.
    within = np.ones(len(numbers), bool)
    counted = []
    for length in range(1, contexts.order + 1):
        if length > 2:
            # A token more at the front: that which stood there must not be a `[SEP]`.
            numbers = numbers[1:]
            within = within[1:] & (text[1 : len(text) - length + 2] != tokens.SEP_ID)
        if length > 1:
            front = text[: len(text) - length + 1]
            numbers = front * contexts.vocabulary_size ** (length - 1) + numbers
        unique, counts = np.unique(numbers[within], return_counts=True)
        counted.append(_Counts(unique, counts))
    return counted


def _adjusted(counted: list[_Counts], size: int) -> list[_Counts]:
    """Counts, but for the longest, not how often n-grams stand but after how many other tokens.

    Nothing stands before those that begin a document: they keep their counts.
    """
    adjusted = []
    for length, (shorter, longer) in enumerate(itertools.pairwise(counted), 1):
        ends = longer.numbers % size**length
        different, kinds = np.unique(ends, return_counts=True)
        counts = np.zeros_like(shorter.counts)
        counts[np.searchsorted(shorter.numbers, different)] = kinds
        if length > 1:
            begins = shorter.numbers // size ** (length - 1) == tokens.SEP_ID
            counts = np.where(begins, shorter.counts, counts)
        adjusted.append(_Counts(shorter.numbers, counts))
    return [*adjusted, counted[-1]]


def _discounts(counts: np.ndarray) -> np.ndarray:
    """Estimates what counts of 1, 2, and 3 or more lose; 0 is what a count of 0 would."""
    n1, n2, n3, n4 = (int((counts == n).sum()) for n in range(1, 5))
    if not (n1 and n2 and n3 and n4):
        return np.array([0.0, *_FALLBACK])
    y = n1 / (n1 + 2 * n2)
    estimated = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
    if not all(0 <= d <= n for n, d in enumerate(estimated, 1)):
        return np.array([0.0, *_FALLBACK])
    return np.array([0.0, *estimated])


def _unigrams(counted: _Counts, size: int) -> np.ndarray:
    """Smooths with every token alike."""
    lost = _discounts(counted.counts)[np.minimum(counted.counts, 3)]
    total = counted.counts.sum()
    probabilities = np.full(size, lost.sum() / total / size)
    probabilities[counted.numbers] += (counted.counts - lost) / total
    return probabilities


def _rows(counted: _Counts, length: int, contexts: Contexts) -> Table:
    """Makes the table of the contexts of one length."""
    numbers, last = np.divmod(counted.numbers, contexts.vocabulary_size)
    lost = _discounts(counted.counts)[np.minimum(counted.counts, 3)]
    different, starts, row = np.unique(numbers, return_index=True, return_inverse=True)
    totals = np.add.reduceat(counted.counts, starts)
    return Table(
        np.zeros(0),
        different * contexts.order + length,
        np.add.reduceat(lost, starts) / totals,
        np.concatenate([starts, [len(last)]]),
        last,
        (counted.counts - lost) / totals[row],
    )
