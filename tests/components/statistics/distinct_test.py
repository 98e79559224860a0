"""Distinct texts are joined, named by their first and last row, and sampled when they are many."""

import collections
import pickle

import numpy as np
import pyarrow as pa
import pytest

from components.statistics import distinct, hashing, signatures


def _table(rows: list[tuple[int, str | None, str]]) -> pa.Table:
    """Makes rows of `(text, label, origin)`; a text is a number."""
    texts, labels, origins = zip(*rows, strict=True)
    folds = hashing.mix(np.array(texts, np.uint64))
    names = [origin.encode() for origin in origins]
    return pa.table(
        {
            "fold": folds,
            "label": [label and label.encode() for label in labels],
            "depth": hashing.depths(hashing.mix(folds)),
            "signature": [
                bytes(hashing.mix(fold + np.arange(8, dtype=np.uint64))) for fold in folds
            ],
            "count": [1] * len(rows),
            "first_length": [len(name) for name in names],
            "first": names,
            "last_length": [len(name) for name in names],
            "last": names,
            "shown": [f"text {text} of {origin}".encode() for text, _, origin in rows],
        },
        schema=distinct.SCHEMA,
    )


def _rows(count: int, texts: int) -> list[tuple[int, str | None, str]]:
    rng = np.random.default_rng(0)
    chosen = rng.integers(texts, size=count).tolist()
    labels = rng.choice(["a", "b", None], count, p=[0.6, 0.3, 0.1]).tolist()
    return [
        (text, label, f"t.csv:{i}")
        for i, (text, label) in enumerate(zip(chosen, labels, strict=True))
    ]


def _distinct(
    rows: list[tuple[int, str | None, str]], limit: int, part: int
) -> distinct.DistinctTexts:
    texts = distinct.DistinctTexts(limit)
    for start in range(0, len(rows), part):
        texts.add(_table(rows[start : start + part]))
    texts.compact()
    return texts


def test_rows_with_one_text_are_counted_and_named_by_the_first_and_the_last() -> None:
    rows = [(5, "a", "t.csv:10"), (5, "a", "t.csv:9"), (5, "b", "t.csv:100"), (6, None, "t.csv:2")]
    folds = _distinct(rows, 100, 4).at_depth(0)
    assert sorted(folds.counts.tolist()) == [1, 3]
    assert folds.rows == 4
    fold = folds.counts.tolist().index(3)
    entry = folds.rows_of(fold)
    assert (entry.first, entry.last) == (b"t.csv:9", b"t.csv:100")
    assert entry.text == b"text 5 of t.csv:9"
    by_label = folds.labels_of(fold)
    assert [(e.label, e.first, e.last) for e in by_label] == [
        (b"a", b"t.csv:9", b"t.csv:10"),
        (b"b", b"t.csv:100", b"t.csv:100"),
    ]
    assert folds.labels_of(1 - fold) == []


def test_counts_are_those_of_all_rows() -> None:
    rows = _rows(3000, 500)
    folds = _distinct(rows, 10_000, 170).at_depth(0)
    expected = collections.Counter(int(hashing.mix(np.uint64([text]))[0]) for text, _, _ in rows)
    assert dict(zip(folds.hashes.tolist(), folds.counts.tolist(), strict=True)) == expected
    labels = collections.Counter((text, label) for text, label, _ in rows)
    assert len(folds.table) == len(labels)


@pytest.mark.parametrize("limit", [10_000, 400, 20])
def test_the_parts_and_their_order_make_no_difference(limit: int) -> None:
    rows = _rows(3000, 500)
    whole = _distinct(rows, limit, 3000)
    merged = distinct.DistinctTexts(limit)
    for part in (rows[2000:], rows[:15], rows[15:2000]):
        merged.merge(_distinct(part[::-1], limit, 64))
    merged.compact()
    assert merged.depth == whole.depth
    assert merged.at_depth(merged.depth).table.equals(whole.at_depth(whole.depth).table)


def test_a_sample_holds_all_rows_of_a_text_or_none() -> None:
    rows = _rows(3000, 500)
    sampled = _distinct(rows, 400, 170)
    assert sampled.depth > 0
    folds, all_folds = sampled.at_depth(sampled.depth), _distinct(rows, 10_000, 170).at_depth(0)
    every = dict(zip(all_folds.hashes.tolist(), all_folds.counts.tolist(), strict=True))
    assert 0 < len(folds.hashes) < len(every)
    assert all(
        every[fold] == count
        for fold, count in zip(folds.hashes.tolist(), folds.counts.tolist(), strict=True)
    )
    # What is deeper is a part of it: of two splits, the sample of the one that was sampled more.
    deeper = all_folds.table.filter(
        pa.compute.greater_equal(all_folds.table["depth"], sampled.depth)
    )
    assert set(deeper["fold"].to_pylist()) == set(folds.hashes.tolist())


def test_a_text_that_fills_the_data_takes_one_entry() -> None:
    texts = distinct.DistinctTexts(10)
    for part in range(30):
        texts.add(_table([(1, "a", f"t.csv:{part * 5000 + i}") for i in range(5000)]))
    assert len(pickle.dumps(texts)) < 100_000 * 300
    folds = texts.at_depth(0)
    assert texts.depth == 0
    assert folds.counts.tolist() == [150_000]
    assert folds.rows_of(0).last == b"t.csv:149999"


def test_signatures_come_back_in_the_order_of_the_folds() -> None:
    folds = _distinct(_rows(300, 100), 1000, 64).at_depth(0)
    expected = [hashing.mix(fold + np.arange(8, dtype=np.uint64)) for fold in folds.hashes]
    assert np.array_equal(folds.signatures(), np.array(expected).view(np.uint32))


def test_no_texts_have_no_folds() -> None:
    for _ in range(3):
        texts = distinct.DistinctTexts(10)
        texts.merge(distinct.DistinctTexts(10))
        texts.compact()
        assert len(pickle.dumps(texts)) < 20_000
        folds = texts.at_depth(0)
        assert folds.rows == 0
        assert folds.signatures().shape == (0, signatures.BANDS)
