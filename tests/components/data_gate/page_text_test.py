"""What is shown of the texts' statistics."""

import pytest

from components.data_gate import page_text
from components.statistics import text_statistics

_Row, _Share = text_statistics.RowExample, text_statistics.Share
_SPLITS = ("train", "test")


@pytest.fixture(scope="module")
def texts(make_split):
    """Train of 200 rows with 3 duplicates, test of 50 rows with 5 of train's; each names one."""
    train = make_split(
        200,
        duplicates=_Share(3, 200, (_Row("a.csv:7", "Twice.", "also a.csv:3"),)),
        unknown_tokens=_Share(1, 8000),
        labels={"good": 150, "bad": 50},
        unigrams=(600, 400),
        top_words={"the": 250, "film": 100},
    )
    test = make_split(50, labels={"good": 20, "odd": 30})
    overlap = text_statistics.Overlap(
        *("test", "train"),
        exact=_Share(5, 50, (_Row("b.csv:2", "Leaked."),)),
        near=_Share(6, 50),
    )
    return text_statistics.TextStatistics({"train": train, "test": test}, (overlap,))


def test_shares_are_told_by_split(texts):
    shares = {each.name: each.shares for each in page_text.measures(texts, _SPLITS)}
    assert shares["Duplicates"] == ("3 (1.5\u00a0%)", "0")
    assert shares["Unknown tokens"] == ("1 (0.01\u00a0%)", "0")
    assert len(shares) == 7


def test_a_split_without_texts_has_dashes(texts, make_split):
    for other in ({}, {"eval": make_split(0, unknown_tokens=_Share(0, 0))}):
        without = text_statistics.TextStatistics({**texts.splits, **other}, ())
        shares = [each.shares for each in page_text.measures(without, ("train", "eval"))]
        assert {evals for _, evals in shares} == {"–"}
        figures = [each.facts for each in page_text.lengths(without, ("train", "eval"))]
        assert {evals for facts in figures for _, (_, evals) in facts} == {"–"}


def test_overlaps_are_told(texts):
    [overlap] = page_text.overlaps(texts)
    assert (overlap.split, overlap.other) == ("test", "train")
    assert (overlap.exact, overlap.near) == ("5 (10.0\u00a0%)", "6 (12.0\u00a0%)")


def test_worst_rows_are_those_that_are_named(texts):
    duplicates, overlap = page_text.worst(texts, _SPLITS)
    assert duplicates.reason == "Duplicates"
    assert [(each.place, each.share) for each in duplicates.places] == [("train", "3 (1.5\u00a0%)")]
    assert duplicates.places[0].rows[0].origin == "a.csv:7"
    assert overlap.reason == "test in train"
    assert [(each.place, each.share) for each in overlap.places] == [
        ("same text", "5 (10.0\u00a0%)")
    ]


def test_lengths_have_figures_and_a_strip_a_split(texts):
    characters, tokens = page_text.lengths(texts, _SPLITS)
    assert characters.name == "Characters"
    assert tokens.name == "Tokens"
    assert dict(tokens.facts) == {
        "Mean": ("5", "5"),
        "Median": ("5", "5"),
        "95\u00a0% at most": ("9", "9"),
        "Longest": ("10", "10"),
    }
    assert [split for split, _ in tokens.histogram.strips] == ["train", "test"]


def test_labels_stand_beside_each_other(texts):
    labels = page_text.labels(texts, _SPLITS)
    assert [
        (name, [(cell.count, cell.share) for cell in cells]) for name, cells in labels.rows
    ] == [
        ("good", [(150, 0.75), (20, 0.4)]),
        ("bad", [(50, 0.25), (0, 0.0)]),
        ("odd", [(0, 0.0), (30, 0.6)]),
    ]


def test_words_are_shares_of_all_words_of_train(texts):
    words = page_text.words(texts)
    # 600 + 400 words were counted by hash, those that are not among the top ones too.
    assert [(word, cell.count, cell.share) for word, (cell,) in words.rows] == [
        ("the", 250, 0.25),
        ("film", 100, 0.1),
    ]


def test_no_train_has_no_words(texts):
    without = text_statistics.TextStatistics({"test": texts.splits["test"]}, ())
    assert page_text.words(without).rows == ()


@pytest.mark.parametrize(
    ("length", "shown"), [(199, "x" * 199), (200, "x" * 200 + "…"), (10, "x" * 10)]
)
def test_a_text_that_was_cut_ends_with_an_ellipsis(length, shown):
    assert page_text.beginning(_Row("a.csv:1", "x" * length)) == shown
    assert page_text.beginning(_Row("a.csv:1", "x" * 200 + "…")) == "x" * 200 + "…"
