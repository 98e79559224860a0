import math

import numpy as np
import pytest

from trainer.tasks import question_answering_counts as counts_lib


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The Eiffel Tower", "eiffel tower"),
        ("an  apple,\ta day", "apple day"),
        ("U.S.A.", "usa"),
        ("theatre and anthem", "theatre and anthem"),  # no articles within words
        ("a-b", "ab"),  # the hyphen goes before articles are looked for
        ("«Zoë»", "«zoë»"),  # only ASCII punctuation
        ("the", ""),
    ],
)
def test_answers_are_normalized_as_the_official_script_does(answer, expected):
    assert counts_lib.normalize(answer) == expected


@pytest.mark.parametrize(
    ("answer", "right", "exact", "f1"),
    [
        ("Denver Broncos", ["Denver Broncos"], 1, 1.0),
        ("the Denver Broncos!", ["Denver Broncos"], 1, 1.0),
        ("Broncos", ["Denver Broncos"], 0, 2 / 3),  # precision 1, recall 1/2
        ("in Santa Clara California", ["Santa Clara"], 0, 2 / 3),  # 2/4 and 1
        ("Paris", ["London"], 0, 0.0),
        ("b b c", ["b c c"], 0, 2 / 3),  # 2 shared of 3 and 3: words count as often as they are
        ("1066", ["in 1066", "1066", "the year 1066"], 1, 1.0),
        ("year 1066", ["in 1066", "on 14 October 1066"], 0, 0.5),  # the nearest counts
        ("", ["Paris"], 0, 0.0),
        ("a", ["the"], 1, 1.0),
    ],
)
def test_the_nearest_right_answer_counts(answer, right, exact, f1):
    assert counts_lib.exact_match(answer, right) == exact
    assert counts_lib.f1(answer, right) == pytest.approx(f1)


def _add(counts, truth, answer, weight=1.0):
    counts.add(np.array([truth.encode()], object), np.array([answer.encode()], object), weight)


def test_parts_of_the_data_add_up():
    rows = [("Bob|Ann", "Ann"), ("Zoë B.", "zoë"), ("x", "y")]
    whole, parts = counts_lib.Counts("|"), [counts_lib.Counts("|"), counts_lib.Counts("|")]
    for i, (truth, answer) in enumerate(rows):
        _add(whole, truth, answer)
        _add(parts[i % 2], truth, answer)
    parts[0].merge(parts[1])
    assert parts[0].metrics() == whole.metrics()
    assert whole.metrics() == pytest.approx({"exact_match": 1 / 3, "f1": (1 + 2 / 3) / 3})


def test_weights_count():
    counts = counts_lib.Counts()
    _add(counts, "a|b", "a|b", 3.0)  # without a separator it is one answer
    _add(counts, "x", "y", 1.0)
    assert counts.metrics() == {"exact_match": 0.75, "f1": 0.75}


def test_nothing_seen_is_undefined():
    assert all(math.isnan(value) for value in counts_lib.Counts().metrics().values())
