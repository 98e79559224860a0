"""What is counted of a split, against plain Python, in any parts and any order."""

import collections
import pickle

import numpy as np
import pytest
import tensorflow as tf

from components.statistics import counting, text_statistics, unit_counts
from components.transform import config as config_lib
from components.transform import text as text_lib

_WORDS = ["the", "film", "is", "bad", "good", "so", "very", "not", "!", "GOOD", "Ünïcode", "日本"]


def _rows(count: int) -> list[tuple[str, str | None, str]]:
    rng = np.random.default_rng(0)
    rows = []
    for number in range(count):
        text = " ".join(rng.choice(_WORDS, rng.integers(12)))
        if rng.random() < 0.1:
            text += "\x00\x07" * int(rng.integers(1, 3))
        rows.append((text, ("a", "b", None)[rng.integers(3)], f"t.csv:{number + 2}"))
    return rows


_ROWS = _rows(700)


def _words(texts: list[str], **settings: object) -> collections.Counter[bytes]:
    words = text_lib.words(tf.constant(texts), config_lib.TokenizerConfig(**settings))
    return collections.Counter(words.flat_values.numpy().tolist())


def _state(counts: counting.TextCounts) -> tuple[object, ...]:
    """Everything that the summary reads."""
    numbers = [
        counts.rows,
        counts.near_empty,
        counts.controls,
        counts.words.total,
        counts.words.long,
    ]
    ranked = (counts.sample, counts.shortest, counts.longest, counts.most_controls)
    return (
        numbers,
        counts.unigrams.tolist(),
        counts.lengths.values.tolist(),
        counts.lengths.counts.tolist(),
        counts.words.table.most_frequent().to_pylist(),
        counts.labels.most_frequent().to_pylist(),
        [rows.rows().to_pylist() for rows in ranked],
        counts.texts.at_depth(0).table.to_pylist(),
    )


def test_rows_words_and_labels_are_counted(count) -> None:
    counts = count(_ROWS)
    texts = [text for text, _, _ in _ROWS]
    expected = _words(texts)
    assert counts.rows == 700
    assert counts.words.total == expected.total()
    counted = counts.words.table.most_frequent().to_pydict()
    assert dict(zip(counted["value"], counted["count"], strict=True)) == expected
    unigrams = np.zeros(text_statistics.UNIGRAM_BUCKETS, int)
    for word, number in expected.items():
        bucket = tf.strings.to_hash_bucket_fast([word], text_statistics.UNIGRAM_BUCKETS)
        unigrams[bucket.numpy()[0]] += number
    assert counts.unigrams.tolist() == unigrams.tolist()
    labels = counts.labels.most_frequent().to_pydict()
    expected_labels = collections.Counter(label for _, label, _ in _ROWS if label)
    assert {
        value.decode(): number
        for value, number in zip(labels["value"], labels["count"], strict=True)
    } == expected_labels
    lengths = collections.Counter(map(len, texts))
    assert dict(zip(counts.lengths.values, counts.lengths.counts, strict=True)) == lengths


def test_words_are_counted_as_the_tokenizer_takes_them_and_texts_folded(count) -> None:
    config = config_lib.TokenizerConfig(lowercase=False)
    counts = count([("GOOD film", None, "1"), ("good film", None, "2")], config=config)
    assert counts.words.table.most_frequent().to_pylist() == [
        {"value": b"film", "count": 2},
        {"value": b"GOOD", "count": 1},
        {"value": b"good", "count": 1},
    ]
    assert counts.texts.at_depth(0).counts.tolist() == [2]


@pytest.mark.parametrize("batch", [1, 37, 700])
def test_the_parts_and_their_order_make_no_difference(count, batch: int) -> None:
    expected = _state(count(_ROWS))
    merged = counting.TextCounts()
    for part in (_ROWS[300:], _ROWS[:5], _ROWS[5:300]):
        sent = pickle.dumps(count(part[::-1], batch=batch))  # as Beam sends it
        merged.merge(pickle.loads(sent))  # noqa: S301
    assert _state(merged) == expected


def test_what_is_merged_from_stays_as_it_is(count) -> None:
    counts = count(_ROWS[:50])
    before = _state(count(_ROWS[:50]))
    merged = counting.TextCounts()
    merged.merge(counts)
    merged.merge(counts)
    assert _state(counts) == before
    assert merged.rows == 100


def test_the_rows_to_show_are_the_worst(count) -> None:
    texts = ["fine words", "a", "", "x\0\0", "many\0\0\0 words", "!!!!", "a long text of words"]
    counts = count([(text, None, f"t.csv:{i}") for i, text in enumerate(texts)])
    assert counts.near_empty == 4
    assert counts.controls == 2
    shown = [
        [row["text"].decode() for row in ranked.rows().to_pylist()]
        for ranked in (counts.shortest, counts.most_controls, counts.longest)
    ]
    assert shown[0] == ["", "a", "x\0\0", "!!!!"]
    assert shown[1] == ["many\0\0\0 words", "x\0\0"]
    assert shown[2][:2] == ["a long text of words", "many\0\0\0 words"]


def test_rows_are_sampled_whatever_their_texts(count, monkeypatch) -> None:
    monkeypatch.setattr(counting, "SAMPLED_TEXTS", 300)
    rows = [("same text" if i % 2 else f"text {i}", None, f"t.csv:{i}") for i in range(3000)]
    sample = count(rows).sample.rows()
    assert len(sample) == 300
    texts = sample["text"].to_pylist()
    assert abs(texts.count(b"same text") - 150) < 4 * 8.7
    assert len(set(sample["origin"].to_pylist())) == 300


def test_of_a_long_text_the_beginning_is_kept(count) -> None:
    long = "word " * 10_000
    counts = count([(long, None, "t.csv:2")])
    (row,) = counts.sample.rows().to_pylist()
    assert row["text"] == long.encode()[: counting.MAX_SAMPLED_BYTES]
    assert row["bytes"] == 50_000
    assert counts.texts.at_depth(0).rows_of(0).text == long.encode()[:200]


def test_what_is_shown_ends_at_the_end_of_a_character(count) -> None:
    counts = count([("é😀" * 150, None, "t.csv:2")])
    assert counts.texts.at_depth(0).rows_of(0).text.decode() == "é😀" * 100


def test_words_too_long_to_be_learned_are_counted_apart(count) -> None:
    counts = count([("short " + "x" * 513 + " " + "y" * 512, None, "t.csv:2")])
    assert (counts.words.total, counts.words.long, counts.words.long_bytes) == (3, 1, 513)
    kept = counts.words.table.most_frequent()["value"].to_pylist()
    assert sorted(map(len, kept)) == [5, 512]


def test_units_are_counted_where_they_are_not_words(count) -> None:
    config = config_lib.TokenizerConfig(kind="characters")
    counts = count([("A a!", None, "1"), ("é", None, "2")], config=config)
    units = counts.units.table.most_frequent().to_pydict()
    assert dict(zip(units["value"], units["count"], strict=True)) == dict.fromkeys(
        [b"A", b" ", b"a", b"!", "é".encode()], 1
    )
    assert counts.units.total == 5
    assert counts.words.total == 4
    assert count([("A a!", None, "1")]).units.total == 0


def test_the_same_texts_are_those_whose_words_are(count) -> None:
    texts = ["A  good film,", "a GOOD\tfilm ,", "a good film", "a film good,"]
    folds = count([(text, None, str(i)) for i, text in enumerate(texts)]).texts.at_depth(0)
    assert sorted(folds.counts.tolist()) == [1, 1, 2]


def test_counts_are_bounded(count, monkeypatch) -> None:
    monkeypatch.setattr(unit_counts, "MAX_ENTRIES", 100)
    monkeypatch.setattr(counting, "MAX_LABELS", 10)
    monkeypatch.setattr(counting, "MAX_TEXTS", 50)
    rows = [(f"text number {i} of its own", f"label {i}", f"t.csv:{i}") for i in range(1000)]
    counts = count(rows)
    counts.compact()
    assert len(counts.words.table.most_frequent()) <= 100
    assert len(counts.labels.most_frequent()) <= 10
    assert len(counts.texts.at_depth(0).table) <= 50
    assert min(counts.words.table.depth, counts.labels.depth, counts.texts.depth) > 0
    assert counts.rows == 1000
