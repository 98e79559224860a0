"""The drift of words."""

import dataclasses
from collections.abc import Callable, Sequence

import pytest
from tensorflow_metadata.proto.v0 import statistics_pb2

from components.data_gate import chance, config, divergence, outcome, unigrams
from components.statistics import text_statistics

_Make = Callable[..., outcome.Data]
_LIMIT = config.FractionCheck(level="warn", limit=0.05)


@pytest.fixture
def make(make_data: _Make) -> _Make:
    """Gives `make(unigrams, other, words, other_words)`: data now, and of the baseline."""

    def run(
        now: Sequence[int],
        then: Sequence[int],
        words: dict[str, int] | None = None,
        old_words: dict[str, int] | None = None,
    ) -> outcome.Data:
        data, old = (
            make_data({"train": {"unigrams": tuple(counts), "top_words": top or {}}})
            for counts, top in ((now, words), (then, old_words))
        )
        baseline = outcome.Baseline(statistics_pb2.DatasetFeatureStatisticsList(), old.text)
        return dataclasses.replace(data, baseline=baseline)

    return run


def _judge(data: outcome.Data, limit: float = 0.05) -> outcome.Outcome:
    check = config.FractionCheck(level="warn", limit=limit)
    return unigrams.drift("unigram_drift", data, check)


def test_words_may_drift_by_the_limit_and_chance(make: _Make) -> None:
    allowance = chance.of_words(2, 10_000, 10_000)
    found = {}
    for moved in range(5000, 9000, 50):
        data = make((moved, 10_000 - moved, 0), (5000, 5000, 0))
        value = divergence.jensen_shannon((moved, 10_000 - moved), (1, 1))
        found[moved] = bool(_judge(data)), value > 0.05 + allowance
    assert all(told == expected for told, expected in found.values())
    assert {told for told, _ in found.values()} == {True, False}


def test_the_words_that_moved_most_are_named(make: _Make) -> None:
    data = make(
        (4000, 3000, 3000),
        (8000, 1990, 10),
        {"film": 4000, "refund": 3000, "the": 2990},
        {"film": 8000, "the": 1990, "warm": 10},
    )
    [violation] = _judge(data)
    assert violation.message.startswith(
        "train's words are not those of the latest blessed model's "
        "(`refund` 0 % → 30 %, `film` 80 % → 40 %, `the` 19.9 % → 29.9 %, `warm` 0.1 % → 0 %): "
        "Jensen-Shannon divergence 0."
    )
    assert "; at most 0.05 (+ 0.0" in violation.message
    assert _judge(data, float(violation.remedy.rpartition("=")[2])) == ()


def test_a_word_beyond_a_full_list_has_not_moved_from_0(make: _Make) -> None:
    full = {f"w{i}": 5 for i in range(text_statistics.MAX_TOP_WORDS - 1)}
    data = make((30_000, 0, 0), (0, 30_000, 0), {**full, "new": 5}, {**full, "old": 5})
    [violation] = _judge(data)
    assert "`new`" not in violation.message
    assert "`old`" not in violation.message


def test_few_words_are_not_blamed_for_chance(make: _Make) -> None:
    assert _judge(make((15, 5), (5, 15))) == ()
    assert len(_judge(make((1500, 500), (500, 1500)))) == 1


@pytest.mark.parametrize(
    ("now", "then", "reason"),
    [
        ((0, 0), (1, 1), "one of the train splits has no words"),
        ((1, 1), (0, 0), "one of the train splits has no words"),
        (
            (1, 1),
            (1, 1, 1),
            "the latest blessed model's words were counted in other buckets",
        ),
    ],
)
def test_what_cannot_be_compared_is_not(
    make: _Make, now: Sequence[int], then: Sequence[int], reason: str
) -> None:
    assert _judge(make(now, then)) == outcome.NotChecked(reason)


def test_without_a_baseline_there_is_no_drift(make_data: _Make) -> None:
    data = make_data(baseline="gone")
    assert unigrams.drift("unigram_drift", data, _LIMIT) == outcome.NotChecked("gone")
