"""Tables hold the same in the end, whatever the parts and the order."""

import collections
import pickle

import numpy as np
import pyarrow as pa
import pytest

from components.statistics import tables

_SCHEMA = pa.schema({"key": pa.int64(), "name": pa.binary()})
_ORDER = [("key", "ascending"), ("name", "ascending")]

Entry = tuple[int, bytes, int]


def _entries(count: int, distinct: int) -> list[Entry]:
    """Makes entries of texts, half of them of depth 0, a quarter of depth 1, ..."""
    rng = np.random.default_rng(0)
    depths = np.minimum(rng.geometric(0.5, count) - 1, 20)
    values = rng.integers(distinct, size=count)
    numbers = rng.integers(1, 5, count)
    rows = zip(depths.tolist(), values.tolist(), numbers.tolist(), strict=True)
    return [(depth, b"w%d" % value, number) for depth, value, number in rows]


def _table(entries: list[Entry]) -> pa.Table:
    depths, values, counts = zip(*entries, strict=True) if entries else ((), (), ())
    return pa.table(
        {
            "depth": pa.array(depths, pa.uint8()),
            "value": pa.array(values, pa.binary()),
            "count": pa.array(counts, pa.int64()),
        }
    )


def _counted(entries: list[Entry], limit: int, part: int) -> tables.SampledCounts:
    counts = tables.SampledCounts(limit)
    for start in range(0, len(entries), part):
        counts.add(_table(entries[start : start + part]))
    counts.compact()
    return counts


def _summed(entries: list[Entry], depth: int = 0) -> list[dict[str, object]]:
    counter: collections.Counter[bytes] = collections.Counter()
    for at, value, count in entries:
        if at >= depth:
            counter[value] += count
    ordered = sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"value": value, "count": count} for value, count in ordered]


def test_counts_are_exact_up_to_the_limit() -> None:
    entries = _entries(5000, 300)
    counts = _counted(entries, 100_000, 700)
    assert counts.depth == 0
    assert counts.most_frequent().to_pylist() == _summed(entries)


def test_beyond_the_limit_a_sample_of_the_texts_is_counted() -> None:
    entries = _entries(5000, 300)
    counts = _counted(entries, 500, 700)
    assert counts.depth > 0
    assert counts.most_frequent().to_pylist() == _summed(entries, counts.depth)


@pytest.mark.parametrize("limit", [100_000, 500, 40])
def test_the_parts_and_their_order_make_no_difference(limit: int) -> None:
    entries = _entries(5000, 300)
    whole = _counted(entries, limit, 5000)
    merged = tables.SampledCounts(limit)
    for part in (entries[3000:], entries[:10], entries[10:3000]):
        merged.merge(_counted(part[::-1], limit, 64))
    assert merged.depth == whole.depth
    assert merged.most_frequent().equals(whole.most_frequent())


def test_what_waits_to_be_summed_is_bounded() -> None:
    entries = _table([(0, b"the", 1)] * 1000)
    counts = tables.SampledCounts(10)
    for _ in range(200):
        counts.add(entries)
    assert len(pickle.dumps(counts)) < 3_000_000  # 200,000 entries take 4 MB
    assert counts.most_frequent().to_pylist() == [{"value": b"the", "count": 200_000}]


def test_counts_of_nothing_merge_and_stay_small() -> None:
    for _ in range(3):  # what pyarrow makes of no rows depends on what lies in memory
        counts = tables.SampledCounts(10)
        counts.merge(tables.SampledCounts(10))
        counts.add(_table([]))
        counts.compact()
        assert len(pickle.dumps(counts)) < 5000
        assert counts.most_frequent().to_pylist() == []


def _rows(keys: list[int]) -> pa.Table:
    names = [b"n%d" % (i * 7919 % 1000) for i in range(len(keys))]
    return pa.table({"key": keys, "name": names}, schema=_SCHEMA)


@pytest.mark.parametrize("part", [1, 7, 1000])
def test_the_first_rows_are_kept_in_their_order(part: int) -> None:
    keys = np.random.default_rng(0).integers(100, size=1000).tolist()
    rows = _rows(keys)
    first = tables.FirstRows(_SCHEMA, _ORDER, 25)
    other = tables.FirstRows(_SCHEMA, _ORDER, 25)
    for number, start in enumerate(range(0, 1000, part)):
        some = rows.slice(start, part)
        into = (first, other)[number % 2]
        may_enter = into.may_enter(some["key"].to_numpy())
        into.add(some.filter(pa.array(may_enter)))
    first.merge(other)
    expected = sorted(rows.to_pylist(), key=lambda row: (row["key"], row["name"]))[:25]
    assert first.rows().to_pylist() == expected


def test_rows_that_cannot_be_among_the_first_are_told() -> None:
    first = tables.FirstRows(_SCHEMA, _ORDER, 3)
    assert first.may_enter(np.array([5, 1, 9, 2, 2, 7])).tolist() == [0, 1, 0, 1, 1, 0]
    first.add(_rows([4, 5, 6]))
    first.compact()
    assert first.may_enter(np.array([7, 6, 5])).tolist() == [False, True, True]


def test_no_rows_have_no_first_ones() -> None:
    first = tables.FirstRows(_SCHEMA, _ORDER, 3)
    first.merge(tables.FirstRows(_SCHEMA, _ORDER, 3))
    first.add(_rows([]))
    assert first.rows().to_pylist() == []
    assert first.may_enter(np.empty(0, np.int64)).shape == (0,)
