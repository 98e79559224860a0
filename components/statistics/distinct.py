"""The distinct texts of a split: how often each stands there, under which label, and where."""

import dataclasses
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from components.statistics import signatures, tables

_LEAST_PENDING = 1 << 16

SCHEMA = pa.schema(
    {
        "fold": pa.uint64(),  # the text, case and white space folded
        "label": pa.binary(),  # null where there is none
        "depth": pa.uint8(),
        "signature": pa.binary(signatures.SIGNATURE_BYTES),
        "count": pa.int64(),
        "first_length": pa.int32(),
        "first": pa.binary(),  # the first origin; `reviews.csv:9` comes before `reviews.csv:10`
        "last_length": pa.int32(),
        "last": pa.binary(),
        "shown": pa.binary(),  # the beginning of the first text
    }
)
_GROUP = [("fold", "ascending"), ("label", "ascending")]
_BY_FIRST = [*_GROUP, ("first_length", "ascending"), ("first", "ascending"), ("shown", "ascending")]
_BY_LAST = [*_GROUP, ("last_length", "ascending"), ("last", "ascending")]


class DistinctTexts:
    """Distinct texts with their labels, exactly up to `limit`, and a sample of them beyond.

    When there are too many, those of the lowest depth (`hashing.depths`), half of them, are dropped
    and not taken any more. All rows with one text are in the sample or none is, so the share of
    duplicates and of conflicts in the sample estimates that of all rows, without bias.

    Args:
        limit: Pairs of a text and a label at most.

    Attributes:
        depth: The lowest depth that is kept: 1 text in 2^depth.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._table = SCHEMA.empty_table()
        self._pending: list[pa.Table] = []
        self._is_sorted = False
        self.depth = 0

    def add(self, rows: pa.Table) -> None:
        """Adds rows with the columns of `SCHEMA`."""
        self._pending.append(tables.at_depth(rows, self.depth))
        if sum(map(len, self._pending)) > max(_LEAST_PENDING, len(self._table) // 2):
            self.compact()

    def merge(self, other: "DistinctTexts") -> None:
        """Adds the texts of another."""
        other.compact()
        self.depth = max(self.depth, other.depth)
        self.add(other._table)

    def __getstate__(self) -> dict[str, Any]:
        """Makes what is sent to another worker small: Beam holds several copies of it."""
        self.compact()
        return {**vars(self), "_table": tables.packed(self._table)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Takes what was sent."""
        vars(self).update({**state, "_table": tables.unpacked(state["_table"])})

    def compact(self) -> None:
        """Joins rows with the same text and label."""
        if not self._pending:
            return
        table = pa.concat_tables([self._table, *self._pending])
        self._pending = []
        table = _joined(tables.at_depth(table, self.depth))
        while len(table) > self._limit:
            self.depth += 1
            table = tables.at_depth(table, self.depth)
        self._table = table
        self._is_sorted = False

    def at_depth(self, depth: int) -> "Folds":
        """Returns the texts of a depth or more, grouped."""
        self.compact()
        if not self._is_sorted:
            table = self._table.combine_chunks()
            self._table = table.take(pc.sort_indices(table, sort_keys=_GROUP))
            self._is_sorted = True
        return Folds(self._table if depth <= self.depth else tables.at_depth(self._table, depth))


@dataclasses.dataclass(frozen=True)
class Entry:
    """Rows with one text, folded: of one label, or of all of them.

    Attributes:
        text: The beginning of the first one's text.
        label: None where there is none, or of all labels.
        first, last: Origins.
    """

    text: bytes
    label: bytes | None
    first: bytes
    last: bytes


class Folds:
    """Texts grouped: entries with the same text, folded, are a fold.

    Args:
        table: The entries, sorted by text and label, with the columns of `SCHEMA`.

    Attributes:
        table: The same.
        hashes: The text of each fold, uint64 `(folds,)`, rising.
        counts: Rows of each fold, int64 `(folds,)`.
    """

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        hashes = table["fold"].to_numpy()
        self._starts = np.flatnonzero(_is_start(hashes))
        self.hashes = hashes[self._starts]
        self.counts = self.sums(table["count"].to_numpy())

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.counts.sum())

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Adds up values of entries, int64 `(entries,)`, for each fold `(folds,)`."""
        return np.add.reduceat(values, self._starts) if len(values) else values

    def signatures(self) -> np.ndarray:
        """Returns the signature of each fold, uint32 `(folds, BANDS)`."""
        column = self.table["signature"].take(pa.array(self._starts))
        parts = [
            np.frombuffer(chunk.buffers()[1], np.uint32).reshape(-1, signatures.BANDS)[
                chunk.offset : chunk.offset + len(chunk)
            ]
            for chunk in column.chunks
        ]
        return np.concatenate([np.empty((0, signatures.BANDS), np.uint32), *parts])

    def labels_of(self, fold: int) -> list[Entry]:
        """Returns the rows of a fold by label, most rows first; those without a label are not."""
        entries = [entry for entry in self._entries(fold) if entry["label"] is not None]
        entries.sort(key=lambda entry: -entry["count"])
        return [Entry(e["shown"], e["label"], e["first"], e["last"]) for e in entries]

    def rows_of(self, fold: int) -> Entry:
        """Returns all rows of a fold."""
        entries = self._entries(fold)
        first = min(entries, key=lambda entry: (len(entry["first"]), entry["first"]))
        last = max(entries, key=lambda entry: (len(entry["last"]), entry["last"]))
        return Entry(first["shown"], None, first["first"], last["last"])

    def _entries(self, fold: int) -> list[dict[str, Any]]:
        ends = np.append(self._starts[1:], len(self.table))
        start = int(self._starts[fold])
        return self.table.slice(start, int(ends[fold]) - start).to_pylist()


def _joined(table: pa.Table) -> pa.Table:
    """Joins entries with the same text and label; most texts stand alone and are not sorted."""
    hashes = table["fold"].to_numpy()
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    is_start = _is_start(ordered)
    is_alone = is_start & np.append(is_start[1:], True)
    if is_alone.all():
        return table
    repeated = table.take(pa.array(order[~is_alone])).combine_chunks()
    if not is_alone.any():
        return _summed(repeated)
    return pa.concat_tables([table.take(pa.array(order[is_alone])), _summed(repeated)])


def _summed(table: pa.Table) -> pa.Table:
    by_first = table.take(pc.sort_indices(table, sort_keys=_BY_FIRST))
    by_last = table.take(pc.sort_indices(table, sort_keys=_BY_LAST))
    # Both are sorted by text and label first, so the groups lie in the same places.
    labels = by_first["label"].combine_chunks().dictionary_encode("encode").indices.to_numpy()
    is_start = _is_start(by_first["fold"].to_numpy()) | _is_start(labels)
    starts = np.flatnonzero(is_start)
    ends = np.append(starts[1:], len(table)) - 1
    joined = by_first.take(pa.array(starts))
    last = by_last.take(pa.array(ends))
    counts = np.add.reduceat(by_first["count"].to_numpy(), starts)
    for name, column in (
        ("count", pa.array(counts)),
        ("last", last["last"]),
        ("last_length", last["last_length"]),
    ):
        joined = joined.set_column(SCHEMA.get_field_index(name), SCHEMA.field(name), column)
    return joined


def _is_start(values: np.ndarray) -> np.ndarray:
    """Tells where a run of equal values starts, bool, same shape."""
    return np.append(True, values[1:] != values[:-1]) if len(values) else np.empty(0, bool)
