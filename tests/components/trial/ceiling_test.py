"""Agreement of people, worked out by hand."""

import numpy as np
import pytest
from scipy import stats

from components.trial import ceiling


def _of(found, who, metric="accuracy"):
    [agreement] = [a for a in found.agreements if (a.who, a.metric) == (who, metric)]
    return agreement


def test_ratings_are_read_from_text():
    assert ceiling.parse("[3, -2, 0.5, 1e1]").tolist() == [3.0, -2.0, 0.5, 10.0]
    assert ceiling.parse("4|-4").tolist() == [4.0, -4.0]
    assert ceiling.parse("none").tolist() == []


def test_people_beside_a_candidate_by_hand():
    ratings = [np.array(r, float) for r in ([2, 1, -1], [-1, -2, -1], [0, 1, 1], [3])]
    labels = np.array([1, 0, 1, 1])
    found = ceiling.of_labels(ratings, labels, {"linear": np.array([1, 1, 1, 0])}, 200, 0.05)
    # First row: others of 2 say 0 (above), of 1 say 0.5, of -1 say 1.5: right, right, wrong.
    # Second: all right. Third: the one who says 0 is half right, the others right.
    people = [2 / 3, 1.0, 2.5 / 3]
    assert _of(found, ceiling.PEOPLE).value == pytest.approx(np.mean(people))
    # The candidate against the same others: all of the first, none of the second, all of the third.
    linear = _of(found, "linear")
    assert linear.value == pytest.approx(2 / 3)
    assert linear.above_people == pytest.approx(2 / 3 - np.mean(people))
    assert linear.above_people_low <= linear.above_people <= linear.above_people_high
    assert (found.rows, found.ratings) == (3, 9)  # one rating alone has no others


def test_which_label_is_below_0_is_what_the_labels_say():
    ratings = [np.array([1.0, 2.0]), np.array([-1.0, -3.0])] * 5
    labels = np.array([0, 1] * 5)
    found = ceiling.of_labels(ratings, labels, {"linear": labels, "wrong": 1 - labels}, 100, 0.05)
    assert _of(found, ceiling.PEOPLE).value == 1.0
    assert _of(found, "linear").value == 1.0
    assert _of(found, "wrong").value == 0.0


def test_ratings_of_something_else_make_no_ceiling():
    ratings = [np.array([1.0, 2.0])] * 4
    found = ceiling.of_labels(ratings, np.array([0, 1, 0, 1]), {}, 100, 0.05)
    assert found.agreements == ()
    assert found.why_not == "the sign of the mean rating is the label of 50% of the rows only"


def test_rows_of_one_rating_make_no_ceiling():
    ratings = [np.array([1.0])] * 4
    assert "no row has two ratings" in ceiling.of_labels(ratings, np.ones(4), {}, 9, 0.05).why_not
    assert "no row has two ratings" in ceiling.of_numbers(ratings, {}, 9, 0.05).why_not


def test_numbers_against_scipy():
    rng = np.random.default_rng(1)
    truth = rng.normal(0, 2, 50)
    ratings = [t + rng.normal(0, 1, rng.integers(2, 5)) for t in truth]
    answers = truth + rng.normal(0, 0.5, 50)
    found = ceiling.of_numbers(ratings, {"linear": answers}, 500, 0.05)
    each = [(r, np.delete(of_row, i).mean()) for of_row in ratings for i, r in enumerate(of_row)]
    own, others = np.array(each).T
    people = _of(found, ceiling.PEOPLE, "pearson")
    assert people.value == pytest.approx(stats.pearsonr(own, others)[0])
    assert people.low < people.value < people.high
    assert people.above_people is None
    assert _of(found, ceiling.PEOPLE, "mae").value == pytest.approx(np.abs(own - others).mean())
    linear = _of(found, "linear", "pearson")
    repeated = np.repeat(answers, [len(r) for r in ratings])
    assert linear.value == pytest.approx(stats.pearsonr(repeated, others)[0])
    # It is nearer to the truth than any one of them.
    assert linear.above_people_low > 0
    assert (found.rows, found.ratings) == (50, len(own))
