"""Texts of two runs."""

import dataclasses
from typing import Any

import pytest

from components.data_gate import chance
from components.statistics import text_statistics
from pipeline.lineage.diff import changes, texts

_LENGTHS = text_statistics.Histogram((0.0, 10.0), (4,), 5.0, 5.0, 9.0, 10.0)
_NONE = text_statistics.Share(0, 100)
_SPLIT = text_statistics.SplitText(
    rows=100,
    characters=_LENGTHS,
    tokens=_LENGTHS,
    near_empty=_NONE,
    control_characters=_NONE,
    duplicates=_NONE,
    near_duplicates=_NONE,
    conflicts=_NONE,
    truncated=_NONE,
    unknown_tokens=_NONE,
    labels={},
    unigrams=(50, 50, 0),
    top_words={"fine": 50, "good": 50},
)


def _statistics(train: dict[str, Any], near: int = 0) -> text_statistics.TextStatistics:
    over = text_statistics.Overlap("test", "train", _NONE, text_statistics.Share(near, 100))
    splits = {"train": dataclasses.replace(_SPLIT, **train), "test": _SPLIT}
    return text_statistics.TextStatistics(splits, (over,))


def test_equal_texts_tell_nothing() -> None:
    assert texts.compare(_statistics({}), _statistics({})) == ()


def test_lengths_and_shares_that_differ_are_told() -> None:
    longer = dataclasses.replace(_LENGTHS, mean=6.0)
    new = {"tokens": longer, "truncated": text_statistics.Share(3, 100)}
    [train] = texts.compare(_statistics({}), _statistics(new))
    assert train == texts.Texts(
        split="train",
        lengths=(changes.Change("mean tokens", 5.0, 6.0),),
        shares=(changes.Change("truncated", 0.0, 0.03),),
        words=train.words,
    )
    assert train.words is not None
    assert train.words.value == 0.0


def test_texts_that_another_split_has_too_are_told() -> None:
    [test] = texts.compare(_statistics({}, near=1), _statistics({}, near=4))
    assert (test.split, test.shares) == ("test", (changes.Change("nearly in train", 0.01, 0.04),))


def test_words_are_as_far_apart_as_the_gate_has_it() -> None:
    other = {"unigrams": (0, 50, 50), "top_words": {"good": 50, "awful": 50}}
    [train] = texts.compare(_statistics({}), _statistics(other))
    # Half of the words are the same, half are not: 0.5 bits.
    assert train.words is not None
    assert train.words.value == pytest.approx(0.5)
    assert train.words.allowance == chance.of_words(3, 100, 100)
    assert train.words.detail == "`awful` 0 % → 50 %, `fine` 50 % → 0 %"


def test_words_of_other_buckets_are_not_compared() -> None:
    new = {"unigrams": (9, 9), "truncated": text_statistics.Share(3, 100)}
    [train] = texts.compare(_statistics({}), _statistics(new))
    assert train.words is None
