"""Rows that belong together go to one split, and splits are as large as was asked for."""

import collections
import pickle
import unicodedata

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies

from components.ingest import splitting
from schemas import errors

_BUCKETS = {"train": 6, "eval": 1, "test": 3}
_TENTHS = {"train": 8, "eval": 1, "test": 1}
_BY_TEXT = splitting.ByContent(_BUCKETS, ["text"])


def _split(text: str) -> str:
    return _BY_TEXT.deal({"text": text.encode()})


@pytest.mark.parametrize(
    ("texts", "folded"),
    [
        (["A film", "a FILM", " a  film\t", "a\nfilm\r\n", "a\x0b\x1cfilm"], "a film"),
        (["a\u00a0film", "a\u2003film", "a\u2028\u3000film"], "a film"),
        (["STRASSE", "Straße", "straße"], "strasse"),
        (["ﬁlm", "FILM", "ｆｉｌｍ"], "film"),
        (["Σοφός", "ΣΟΦΌΣ", "ΣΟΦΟ\u0301Σ"], "σοφο\u0301σ"),
        (["café", "CAFE\u0301"], "cafe\u0301"),
    ],
)
def test_folds_what_differs_in_case_or_space_alone(texts, folded):
    assert {splitting.fold(text) for text in texts} == {folded}
    assert len({_split(text) for text in texts}) == 1


def test_keeps_apart_what_differs_otherwise():
    texts = ["a film", "afilm", "a film.", "the film", "a. film", "á film"]
    assert len({splitting.fold(text) for text in texts}) == len(texts)


def test_every_character_folds_as_unicode_says():
    """With all steps of definition D146 of The Unicode Standard."""
    characters = [chr(c) for c in range(0x30000) if not 0xD800 <= c < 0xE000]
    for character in characters:
        whole = unicodedata.normalize("NFD", f"x{character}x").casefold()
        whole = unicodedata.normalize("NFKD", whole).casefold()
        whole = unicodedata.normalize("NFKD", whole)
        assert splitting.fold(f"x{character}x") == " ".join(whole.split())


@hypothesis.given(strategies.text())
def test_folding_again_changes_nothing(text):
    folded = splitting.fold(text)
    assert splitting.fold(folded) == folded
    assert splitting.fold(text.casefold()) == folded


@hypothesis.given(strategies.text(strategies.characters(max_codepoint=127)))
def test_the_fast_way_for_ascii_is_the_long_way(text):
    # A letter beyond ASCII sends the text the long way.
    assert splitting.fold(f"{text} é") == f"{splitting.fold(text)} e\u0301".strip()


def test_splits_have_their_shares():
    counts = collections.Counter(_split(f"text nº {i}") for i in range(10_000))
    # Within 4 standard deviations of a fair deal.
    assert abs(counts["train"] - 6_000) < 4 * 49
    assert abs(counts["eval"] - 1_000) < 4 * 30
    assert abs(counts["test"] - 3_000) < 4 * 46


def test_the_deal_stays_as_it_is():
    """Another hash would move rows that a blessed model has been tested on into train."""
    texts = ["fine", "good", "bad", "poor", "great", "naïve"]
    assert [_split(text) for text in texts] == ["train", "train", "train", "train", "train", "eval"]


def test_several_features_count_as_one_row():
    both = splitting.ByContent({"train": 500, "test": 500}, ["source", "target"])
    twins = [{"source": b"A cat", "target": b"Chat"}, {"source": b"a  cat", "target": b"CHAT"}]
    assert len({both.deal(row) for row in twins}) == 1
    # The same letters, parted elsewhere.
    moved = [{"source": b"x" * i, "target": b"x" * (40 - i)} for i in range(1, 40)]
    assert {both.deal(row) for row in moved} == {"train", "test"}


def test_a_group_stays_together_byte_for_byte():
    by_group = splitting.ByGroup(_BUCKETS, "user")
    splits = {
        user: {by_group.deal({"user": user, "text": b"%d" % i}) for i in range(50)}
        for user in (b"ann", b"bob", b"cy", b"dee", b"eve", b"flo", b"Ann", b"ann ")
    }
    assert all(len(of_user) == 1 for of_user in splits.values())
    assert len(set.union(*splits.values())) > 1


def test_time_goes_by_where_splits_begin():
    by_time = splitting.ByTime(("train", "eval", "test"), (10.0, 20.0), "time")
    times = [b"-3", b"9.99", b"10", b"19", b"20", b"1970-01-01T00:00:20Z", b"2024-01-01"]
    assert [by_time.deal({"time": time}) for time in times] == [
        *("train", "train", "eval", "eval", "test", "test", "test")
    ]
    with pytest.raises(ValueError, match=r"`time` must be a time. Received: b'soon'"):
        by_time.deal({"time": b"soon"})


@pytest.mark.parametrize(
    ("source", "given", "dealt"),
    [
        ("all", ["all"], ["train", "eval", "test"]),
        ("train", ["train"], ["train", "eval", "test"]),
        ("train", ["train", "test"], ["train", "eval"]),
        ("train", ["train", "eval"], ["train", "test"]),
        ("train", ["train", "eval", "test"], ["train"]),
        ("test", ["train", "test"], ["test"]),
    ],
)
def test_deals_out_what_has_no_files_of_its_own(source, given, dealt):
    assert list(splitting.dealt_splits(_BUCKETS, source, given)) == dealt


def test_dealers_travel_to_workers():
    row = {"text": b"a film", "group": b"g", "time": b"3"}
    for dealer in (
        _BY_TEXT,
        splitting.ByGroup(_BUCKETS, "group"),
        splitting.ByTime(("train", "test"), (2.0,), "time"),
        splitting.Fixed("eval"),
    ):
        assert pickle.loads(pickle.dumps(dealer)).deal(row) == dealer.deal(row)  # noqa: S301


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (range(100), (80.0, 90.0)),
        (range(99, -1, -1), (80.0, 90.0)),
        (range(3), (1.0, 2.0)),
        # 95 rows at 7 leave eval and test what there is.
        ([7] * 95 + [8] * 3 + [9] * 2, (8.0, 9.0)),
        # 80 rows at 2: the cut goes before them, since test takes the one after.
        ([1] * 10 + [2] * 80 + [3] * 10, (2.0, 3.0)),
        # Of 20 rows the newest 2 should be test; 3 stand at 9, and all of them go.
        ([*range(1, 18), 9e9, 9e9, 9e9], (17.0, 9e9)),
    ],
)
def test_cuts_between_times(values, expected):
    assert splitting.time_bounds("when", np.array(list(values), float), _TENTHS) == expected


def test_cuts_for_two_splits():
    assert splitting.time_bounds("when", np.arange(100.0), {"train": 3, "eval": 1}) == (75.0,)


def test_each_split_gets_rows_and_shares_are_near():
    random = np.random.default_rng(0)
    for _ in range(200):
        values = np.floor(random.exponential(random.uniform(1, 30), random.integers(20, 200)))
        if len(np.unique(values)) < 3:
            continue
        eval_at, test_at = splitting.time_bounds("when", values, _TENTHS)
        sizes = [
            np.sum(values < eval_at),
            np.sum((values >= eval_at) & (values < test_at)),
            np.sum(values >= test_at),
        ]
        assert min(sizes) > 0
        # Test can't be nearer to its share without parting rows of one time.
        largest = np.max(np.unique(values, return_counts=True)[1])
        assert abs(sizes[2] - len(values) / 10) <= largest


def test_too_few_times_are_refused():
    with pytest.raises(errors.DataError) as refused:
        splitting.time_bounds("when", np.array([1.0, 2.0, 2.0]), _TENTHS)
    assert str(refused.value) == (
        "`when` must hold at least 3 different times to part the rows by. Received: 2"
    )
