"""What is written of the counts, to the byte, however they were merged."""

import itertools
import random

import numpy as np
import pytest

from components.statistics import counting, settings, summary, text_statistics

_SETTINGS = settings.TextSettings(label_feature="label", tokenizer={"max_length": 12})
_WORDS = ["the", "film", "is", "bad", "good", "so", "very", "not", "!", "GOOD", "Ünïcode", "x\x00"]


def _rows(count: int, name: str, seed: int) -> list[tuple[str, str | None, str]]:
    rng = np.random.default_rng(seed)
    texts = [" ".join(rng.choice(_WORDS, rng.integers(25))) for _ in range(count)]
    texts[: count // 4] = texts[-(count // 4) :]
    labels = rng.choice(["a", "b", "c"], count).tolist()
    return [
        (text, label, f"{name}:{i}")
        for i, (text, label) in enumerate(zip(texts, labels, strict=True))
    ]


_ROWS = {
    "train": _rows(300, "t.csv", 0),
    "eval": [
        *_rows(100, "e.csv", 1),
        *[(*row[:2], f"e.csv:9{i}") for i, row in enumerate(_rows(300, "", 0)[:9])],
    ],
    "test": [],
}


def _counted(count, rows, parts, batch) -> counting.TextCounts:
    bounds = np.linspace(0, len(rows), parts + 1).astype(int).tolist()
    pieces = [count(rows[a:b], batch=batch) for a, b in itertools.pairwise(bounds)]
    random.Random(parts).shuffle(pieces)  # noqa: S311
    merged = counting.TextCounts()
    for piece in pieces:
        merged.merge(piece)
    return merged


def _summarized(count, parts: int = 1, batch: int = 1000) -> text_statistics.TextStatistics:
    counts = {split: _counted(count, rows, parts, batch) for split, rows in _ROWS.items()}
    return summary.summarize(counts, _SETTINGS)


@pytest.mark.parametrize(("parts", "batch"), [(1, 7), (3, 1000), (11, 13)])
def test_the_file_is_the_same_to_the_byte_however_it_was_counted(
    count, tmp_path, parts, batch
) -> None:
    for name, statistics in (("a", _summarized(count)), ("b", _summarized(count, parts, batch))):
        (tmp_path / name).mkdir()
        text_statistics.write(str(tmp_path / name), statistics)
    files = [(tmp_path / name / text_statistics.FILE_NAME).read_bytes() for name in ("a", "b")]
    assert files[0] == files[1]


def test_every_share_names_at_most_ten_rows_and_those_of_its_split(count) -> None:
    statistics = _summarized(count)
    for split, text in statistics.splits.items():
        names = {origin for _, _, origin in _ROWS[split]}
        for field in (
            "near_empty",
            "control_characters",
            "duplicates",
            "near_duplicates",
            "conflicts",
            "truncated",
            "unknown_tokens",
        ):
            share = getattr(text, field)
            assert {row.origin for row in share.examples} <= names
            assert len(share.examples) == min(share.count, 10) or field not in (
                "near_empty",
                "control_characters",
            )
            assert all(row.note for row in share.examples)
            assert (share.count > 0) >= bool(share.examples) or field == "truncated"


def test_shares_are_those_of_the_rows(count) -> None:
    text = _summarized(count).splits["train"]
    texts = [text for text, _, _ in _ROWS["train"]]
    assert text.rows == 300
    controls = sum("\x00" in text for text in texts)
    assert (text.control_characters.count, text.control_characters.total) == (controls, 300)
    assert text.near_empty.count == sum(sum(sign.isalnum() for sign in text) < 2 for text in texts)
    assert text.characters.mean == pytest.approx(np.mean([len(text) for text in texts]))
    assert text.characters.maximum == max(map(len, texts))
    assert text.near_duplicates.count >= text.duplicates.count
    assert sum(text.labels.values()) == 300
    assert list(text.labels.values()) == sorted(text.labels.values(), reverse=True)
    assert sum(text.unigrams) == sum(text.top_words.values())


def test_truncated_texts_are_those_with_more_tokens_than_fit(count) -> None:
    text = _summarized(count).splits["train"]
    # Each word of these texts is a token, `x\0` is `x`; two marks.
    lengths = [len(text.split()) + 2 for text, _, _ in _ROWS["train"]]
    assert text.truncated.count == sum(length > 12 for length in lengths)
    assert text.truncated.total == 300
    assert text.tokens.maximum == max(lengths)
    assert text.tokens.mean == pytest.approx(np.mean(lengths))
    assert all(int(row.note.removesuffix(" tokens")) > 12 for row in text.truncated.examples)


def test_overlaps_are_told_of_the_splits_that_are_there(count) -> None:
    statistics = _summarized(count)
    assert [(o.split, o.other) for o in statistics.overlaps] == [
        ("eval", "train"),
        ("test", "train"),
        ("test", "eval"),
    ]
    assert statistics.overlaps[0].exact.count >= 9
    assert statistics.overlaps[1].exact.total == 0
    alone = summary.summarize({"train": count(_ROWS["train"])}, _SETTINGS)
    assert alone.overlaps == ()


def test_a_split_without_rows_has_statistics_of_nothing(count) -> None:
    text = _summarized(count).splits["test"]
    assert (text.rows, text.duplicates.total, text.labels, text.top_words) == (0, 0, {}, {})
    assert text.characters == text_statistics.Histogram((0.0, 1.0), (0,), 0.0, 0.0, 0.0, 0.0)
    assert len(text.unigrams) == text_statistics.UNIGRAM_BUCKETS


def test_one_row_is_enough(count) -> None:
    rows = {"train": count([("one row", None, "t.csv:2")])}
    text = summary.summarize(rows, _SETTINGS).splits["train"]
    assert (text.rows, text.tokens.mean, text.tokens.median, text.labels) == (1, 8.0, 8.0, {})
    assert text.duplicates.count == text.near_duplicates.count == 0


def test_unknown_tokens_are_told_with_the_rows_that_have_most(count) -> None:
    counts = {
        "train": count([("known words here", None, "t.csv:2")] * 3),
        "eval": count([("known ☃", None, "e.csv:2"), ("☃ ♜ words", None, "e.csv:3")]),
    }
    text = summary.summarize(counts, _SETTINGS).splits["eval"]
    assert (text.unknown_tokens.count, text.unknown_tokens.total) == (3, 5)
    assert [(row.origin, row.note) for row in text.unknown_tokens.examples] == [
        ("e.csv:3", "2 unknown tokens"),
        ("e.csv:2", "1 unknown token"),
    ]


def test_histograms_share_their_edges(count_texts) -> None:
    counts = {"train": count_texts(["x" * n for n in (0, 1, 2, 3, 5, 7, 12, 12, 40)])}
    histogram = summary.summarize(counts, _SETTINGS).splits["train"].characters
    assert histogram.edges == (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48)
    assert histogram.counts == (1, 1, 1, 1, 1, 1, 0, 2, 0, 0, 1)
    assert (histogram.median, histogram.p95, histogram.maximum) == (5.0, 40.0, 40.0)


def test_a_pair_has_a_mark_more(count) -> None:
    pair = settings.TextSettings(("a", "b"))
    text = summary.summarize({"train": count([("one\ntwo", None, "t:2")])}, pair).splits["train"]
    # `one` and `two` are 3 letters each: words that are seen once teach no pieces.
    assert text.tokens.mean == 9.0


def test_labels_are_sampled_alike_in_all_splits(count, monkeypatch) -> None:
    monkeypatch.setattr(counting, "MAX_LABELS", 100)
    rows = [("text", f"label {i}", f"t.csv:{i}") for i in range(500)]
    counts = {"train": count(rows), "eval": count(rows[:90])}
    splits = summary.summarize(counts, _SETTINGS).splits
    assert 0 < len(splits["train"].labels) <= 100
    assert set(splits["eval"].labels) < set(splits["train"].labels)
    assert set(splits["train"].labels.values()) == {1}
