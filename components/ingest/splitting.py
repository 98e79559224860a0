"""Deals rows out to splits, each by what it holds itself: other rows and files do not matter."""

import bisect
import dataclasses
import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from components.ingest import times
from components.ingest.rows import row as row_lib
from schemas import errors, features

_DIGEST_BYTES = 8
# Keeps this hash apart from any other of the same bytes.
_PERSON = b"meritline split"


class Dealer(Protocol):
    """Decides the split of a row."""

    def deal(self, values: Mapping[str, row_lib.Value]) -> str:
        """Returns the split's name.

        Args:
            values: Feature to its value, those of the row.
        """


@dataclasses.dataclass(frozen=True)
class Fixed:
    """All rows go to one split: that which the user's own file is for."""

    split: str

    def deal(self, values: Mapping[str, row_lib.Value]) -> str:
        """Returns the one split."""
        return self.split


class ByContent:
    """Rows go where the hash of their texts sends them.

    Texts that differ in case or white space alone are one text, so that such twins never part.
    """

    def __init__(self, buckets: Mapping[str, int], content: Sequence[str]) -> None:
        """Makes the dealer.

        Args:
            buckets: Split to its parts.
            content: The features that make a row what it is.
        """
        self._table = _table(buckets)
        self._content = tuple(content)

    def deal(self, values: Mapping[str, row_lib.Value]) -> str:
        """Returns the split of the row's folded content."""
        folded = [fold(_text(values[name])).encode() for name in self._content]
        if len(folded) == 1:
            return _pick(self._table, folded[0])
        # With their lengths, so that no two rows are one for words that wander between fields.
        return _pick(self._table, b"".join(b"%d:%b" % (len(key), key) for key in folded))


class ByGroup:
    """Rows with one value of a column go to one split, whatever else they hold."""

    def __init__(self, buckets: Mapping[str, int], feature: str) -> None:
        """Makes the dealer.

        Args:
            buckets: Split to its parts.
            feature: The feature with the group, taken byte for byte.
        """
        self._table = _table(buckets)
        self._feature = feature

    def deal(self, values: Mapping[str, row_lib.Value]) -> str:
        """Returns the split of the row's group."""
        value = values[self._feature]
        return _pick(self._table, value if isinstance(value, bytes) else _text(value).encode())


@dataclasses.dataclass(frozen=True)
class ByTime:
    """The newest rows go to the last split, those before them to the one before it.

    Attributes:
        splits: From the oldest rows' to the newest's.
        bounds: Where each but the first begins, rising; one fewer than splits.
        feature: The feature with the time.
    """

    splits: tuple[str, ...]
    bounds: tuple[float, ...]
    feature: str

    def deal(self, values: Mapping[str, row_lib.Value]) -> str:
        """Returns the split of the row's time."""
        time = times.parse(values[self.feature])
        if time is None:  # readers put such rows aside, so none can come here
            raise ValueError(f"`{self.feature}` must be a time. Received: {values[self.feature]!r}")
        return self.splits[bisect.bisect_right(self.bounds, time.value)]


def fold(text: str) -> str:
    """Makes one text of all that differ in case, white space or compatible characters alone.

    Compatibility caseless matching (The Unicode Standard, definition D146) without its first two
    steps, which change the outcome for no character; then runs of white space become one space.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(unicodedata.normalize("NFKD", folded).split())


def dealt_splits(buckets: Mapping[str, int], source: str, given: Sequence[str]) -> dict[str, int]:
    """Finds the splits that are dealt out of a source, with their parts.

    Args:
        buckets: Split to its parts.
        source: `all`, or the split that the source's files are for.
        given: All sources. What has files of its own is not dealt out of the train split's.

    Returns:
        Split to its parts, oldest rows' split first; one split where there is nothing to deal.
    """
    if source == "all":
        return {split: buckets[split] for split in features.SPLITS if split in buckets}
    if source != features.TRAIN_SPLIT:
        return {source: 1}
    own = {split for split in given if split != source}
    return {split: buckets[split] for split in features.SPLITS if split in {*buckets} - own}


def time_bounds(column: str, found: np.ndarray, buckets: Mapping[str, int]) -> tuple[float, ...]:
    """Finds where each split but the first begins.

    Rows of one time stay together, so the splits are as near to their shares as that allows; each
    gets a row.

    Args:
        column: The column's name, for messages.
        found: `(rows,)` float64, in any order.
        buckets: Split to its parts, the oldest rows' first.

    Returns:
        Times, rising; one fewer than splits.

    Raises:
        DataError: If there are fewer different times than splits.
    """
    distinct, counts = np.unique(found, return_counts=True)
    if len(distinct) < len(buckets):
        raise errors.DataError(
            f"`{column}` must hold at least {len(buckets)} different times to part the rows by. "
            f"Received: {len(distinct):,}"
        )
    before = np.concatenate([[0], np.cumsum(counts)])  # rows older than each distinct time
    parts = list(buckets.values())
    cuts: list[int] = []
    end = len(distinct)
    for split in range(len(parts) - 1, 0, -1):
        wanted = len(found) * sum(parts[:split]) / sum(parts)
        # At least one distinct time is left to each split before this one.
        nearest = int(np.argmin(np.abs(before[split:end] - wanted))) + split
        cuts.insert(0, nearest)
        end = nearest
    return tuple(float(distinct[cut]) for cut in cuts)


def _table(buckets: Mapping[str, int]) -> tuple[str, ...]:
    """Lists the split of each bucket."""
    return tuple(split for split, parts in buckets.items() for _ in range(parts))


def _pick(table: Sequence[str], key: bytes) -> str:
    digest = hashlib.blake2b(key, digest_size=_DIGEST_BYTES, person=_PERSON).digest()
    return table[int.from_bytes(digest, "big") % len(table)]


def _text(value: row_lib.Value) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else repr(value)
