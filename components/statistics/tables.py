"""Arrow tables that grow by parts and stay small: counted values, and the first rows of an order.

What a table holds in the end depends on what was added, not on the order or the parts in which it
was: the same rows give the same statistics on one worker or on many.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_LEAST_PENDING = 1 << 16

_ENTRIES = pa.schema({"depth": pa.uint8(), "value": pa.binary(), "count": pa.int64()})

SortKeys = Sequence[tuple[str, str]]


def at_depth(table: pa.Table, depth: int) -> pa.Table:
    """Takes the rows of a table whose `depth` is that or more."""
    return table.filter(pc.greater_equal(table["depth"], depth))


def packed(table: pa.Table) -> bytes:
    """Compresses a table."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(
        sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")
    ) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def unpacked(data: bytes) -> pa.Table:
    """Reads a table that was compressed."""
    with pa.ipc.open_stream(data) as reader:
        return reader.read_all()


class SampledCounts:
    """Counts values, exactly up to a number of entries, and on a sample of the texts beyond.

    Each text has a depth (`hashing.depths`). When there are too many entries, the texts of the
    lowest depth, half of them, are left out from then on, and what was counted of them is dropped.

    Args:
        limit: Entries at most; an entry is a value at a depth.

    Attributes:
        depth: The lowest depth that is counted: the counts are of 1 text in 2^depth.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._table = _ENTRIES.empty_table()
        self._pending: list[pa.Table] = []
        self.depth = 0

    def add(self, entries: pa.Table) -> None:
        """Adds entries: `depth` uint8, `value` binary, `count` int64; in any order, repeated."""
        self._pending.append(at_depth(entries, self.depth))
        if sum(map(len, self._pending)) > max(_LEAST_PENDING, len(self._table)):
            self.compact()

    def merge(self, other: "SampledCounts") -> None:
        """Adds all that another has counted."""
        other.compact()
        self.depth = max(self.depth, other.depth)
        self.add(other._table)

    def compact(self) -> None:
        """Sums up what was added."""
        if not self._pending:
            return
        table = at_depth(pa.concat_tables([self._table, *self._pending]), self.depth)
        self._pending = []
        table = _summed(table, ["depth", "value"])
        while len(table) > self._limit:
            self.depth += 1
            table = at_depth(table, self.depth)
        self._table = table

    def sample(self, depth: int) -> None:
        """Leaves out what is not of a depth or more."""
        self.depth = max(self.depth, depth)
        self._table = at_depth(self._table, self.depth)

    def most_frequent(self) -> pa.Table:
        """Returns `value` and `count`, highest count first, ties by bytes; of all depths."""
        self.compact()
        table = _summed(self._table, ["value"]).combine_chunks()
        return table.take(
            pc.sort_indices(table, sort_keys=[("count", "descending"), ("value", "ascending")])
        )


def _summed(entries: pa.Table, names: list[str]) -> pa.Table:
    """Adds up the counts of entries that are the same in the named columns."""
    if not len(entries):  # pyarrow 10 would group no strings into gigabytes of anything
        return entries.select([*names, "count"])
    summed = entries.group_by(names).aggregate([("count", "sum")])
    return summed.rename_columns(["count", *names]).select([*names, "count"])


class FirstRows:
    """The first rows of an order, of all that were added.

    Args:
        schema: Columns of the table.
        order: Sort keys, which leave no two different rows equal; the first is a rising int64.
        limit: Rows at most.
    """

    def __init__(self, schema: pa.Schema, order: SortKeys, limit: int) -> None:
        self._order = list(order)
        self._limit = limit
        self._table = schema.empty_table()
        self._pending: list[pa.Table] = []

    def add(self, rows: pa.Table) -> None:
        """Adds rows."""
        if len(rows):
            self._pending.append(rows.select(self._table.column_names))
        if sum(map(len, self._pending)) > self._limit:
            self.compact()

    def may_enter(self, keys: np.ndarray) -> np.ndarray:
        """Tells which of some rows may be among the first, to spare the making of the others.

        Args:
            keys: int64 `(rows,)`, the column by which the order goes first.

        Returns:
            bool `(rows,)`.
        """
        bounds = []
        if len(keys) > self._limit:
            bounds.append(np.partition(keys, self._limit - 1)[self._limit - 1])
        if len(self._table) == self._limit:
            bounds.append(self._table[self._order[0][0]][-1].as_py())
        return keys <= min(bounds, default=np.iinfo(np.int64).max)

    def merge(self, other: "FirstRows") -> None:
        """Adds the rows of another."""
        self.add(other.rows())

    def compact(self) -> None:
        """Drops what is not among the first rows."""
        if self._pending:
            table = pa.concat_tables([self._table, *self._pending]).combine_chunks()
            order = pc.sort_indices(table, sort_keys=self._order)
            self._table = table.take(order[: self._limit])
            self._pending = []

    def rows(self) -> pa.Table:
        """Returns the first rows, in their order."""
        self.compact()
        return self._table
