"""Verdicts on planted cases, and on bounds that are set by hand."""

import dataclasses

import numpy as np
import pytest

from components.trial import comparison, scored_rows, verdict
from schemas import metrics

_ACCURACY = metrics.Metric(True, 1.0, "", mean_of_rows=True)
_RULES = verdict.Rules("accuracy", _ACCURACY, tolerance=0.01, alpha=0.05)
_COSTS = {"transformer": 10.0, "linear": 1.0, "bag": 2.0, "lstm": 20.0}


def _planted(rows, ours, theirs, seed=1, **other):
    """Compares candidates that are right at these rates, each by itself."""
    rng = np.random.default_rng(seed)
    rates = {"transformer": ours, "linear": theirs, **other}
    models = {
        name: [scored_rows.ScoredRows("accuracy", rng.random(rows) < rate)]
        for name, rate in rates.items()
    }
    question = comparison.Question("transformer", {"accuracy": _ACCURACY}, "accuracy", 0.05, 2000)
    return comparison.compare(models, np.arange(rows), {}, question)


def _judge(compared, rules=_RULES, costs=None):
    units = compared.slices[comparison.ALL_ROWS][0]
    return verdict.judge(compared.differences, units, costs or _COSTS, rules)


def _difference(rival, value, low, high, p=0.0001, wider=0.0):
    return comparison.Difference(
        *("transformer", rival, comparison.ALL_ROWS, "accuracy", value, low, high),
        corrected_low=low - wider,
        corrected_high=high + wider,
        p=p,
        corrected_p=p,
        test=comparison.MCNEMAR,
    )


def test_a_planted_winner_is_warranted():
    found = _judge(_planted(1500, 0.9, 0.8, bag=0.7))
    assert found.decision == verdict.WARRANTED
    assert found.standings == {"linear": "ahead", "bag": "ahead"}
    assert found.rows_needed is None
    assert "transformer is better than linear by +0." in found.reasons[0]


def test_a_planted_loser_is_not():
    found = _judge(_planted(1500, 0.7, 0.8))
    assert found.decision == verdict.NOT_WARRANTED
    assert found.standings == {"linear": "enough"}
    assert found.reasons[0].startswith("linear is better than transformer by +0.")


@pytest.mark.parametrize(("p", "told"), [(0.04, "is better than"), (0.06, "is enough")])
def test_a_rival_is_better_only_where_the_test_says_so_as_well(p, told):
    reason = verdict.judge(
        [_difference("linear", -0.006, -0.013, -0.001, p)], 1500, _COSTS, _RULES
    ).reasons[0]
    assert reason.startswith(f"linear {told}")


def test_a_planted_tie_of_much_data_is_not_warranted():
    # Right on nearly the same rows: the transformer has 4 of 4000 more.
    hits = np.random.default_rng(2).random(4000) < 0.8
    theirs = hits.copy()
    theirs[np.flatnonzero(hits)[:14]] = False
    theirs[np.flatnonzero(~hits)[:10]] = True
    models = {
        "transformer": [scored_rows.ScoredRows("accuracy", hits)],
        "linear": [scored_rows.ScoredRows("accuracy", theirs)],
    }
    question = comparison.Question("transformer", {"accuracy": _ACCURACY}, "accuracy", 0.05, 2000)
    found = _judge(comparison.compare(models, np.arange(4000), {}, question))
    assert found.decision == verdict.NOT_WARRANTED
    assert found.reasons[0].startswith("linear is enough: transformer is better by +0.0010")
    assert "by less than 0.01 for sure" in found.reasons[0]


def test_a_planted_tie_of_less_data_is_not_decided():
    found = _judge(_planted(800, 0.8, 0.8))
    assert found.decision == verdict.NOT_DECIDED
    assert found.rows_needed > 800


def test_a_tiny_set_is_not_decided():
    found = _judge(_planted(12, 0.8, 0.6))
    assert found.decision == verdict.NOT_DECIDED
    assert found.standings == {"linear": "open"}
    assert "12 test rows do not decide between transformer and linear" in found.reasons[0]


@pytest.mark.parametrize(("p", "standing"), [(0.001, "enough"), (0.06, "open")])
def test_few_rows_may_show_that_a_rival_is_better(p, standing):
    # 27 are too few to show that nothing worth heeding is there, with an interval below 0 or not.
    worse = _difference("linear", -0.02, -0.03, -0.01, p=p)
    assert verdict.standing(worse, 27, _RULES) == standing
    about_equal = _difference("linear", -0.02, -0.03, 0.001, p=p)
    assert verdict.standing(about_equal, 27, _RULES) == "open"


def test_a_tiny_set_without_a_difference_is_not_decided_either():
    rows = scored_rows.ScoredRows("accuracy", np.ones(20))
    question = comparison.Question("transformer", {"accuracy": _ACCURACY}, "accuracy", 0.05, 500)
    compared = comparison.compare(
        {"transformer": [rows], "linear": [rows]}, np.arange(20), {}, question
    )
    assert compared.differences[0].high == 0.0  # every draw is the same
    found = _judge(compared)
    assert found.decision == verdict.NOT_DECIDED
    # Rows from which on a share of 0.01 would leave no trace once in twenty: ln 0.05 / ln 0.99.
    assert _RULES.least_units() == 299
    assert found.rows_needed == 300


def test_a_planted_tie_is_seldom_called_a_win():
    decisions = [_judge(_planted(300, 0.8, 0.8, seed=s)).decision for s in range(40)]
    # Half of the false alarms, 2.5 %, are on this side.
    assert decisions.count(verdict.WARRANTED) <= 4


def test_lower_may_be_better():
    rng = np.random.default_rng(3)
    models = {
        name: [scored_rows.ScoredRows("cross_entropy", rng.random(900) < rate)]
        for name, rate in {"transformer": 0.7, "linear": 0.9}.items()
    }
    known = metrics.Metric(False, None, "", mean_of_rows=True)
    question = comparison.Question(
        "transformer", {"cross_entropy": known}, "cross_entropy", 0.05, 1000
    )
    compared = comparison.compare(models, np.arange(900), {}, question)
    rules = verdict.Rules("cross_entropy", known, tolerance=0.01, alpha=0.05)
    assert _judge(compared, rules).decision == verdict.WARRANTED
    values = {"transformer": 0.4, "linear": 0.6}
    assert verdict.choose("best", "transformer", values, (), 900, _COSTS, rules)[0] == "transformer"


@pytest.mark.parametrize(
    ("low", "high", "p", "expected"),
    [
        (0.001, 0.009, 0.001, "enough"),  # better for sure, and by too little for sure
        (0.001, 0.011, 0.001, "ahead"),
        (0.001, 0.011, 0.051, "open"),
        (-0.001, 0.011, 0.001, "open"),
        (-0.2, -0.1, 0.001, "enough"),
        (-0.2, 0.0099, 1.0, "enough"),
        (-0.2, 0.01, 1.0, "open"),
    ],
)
def test_where_the_interval_lies_decides(low, high, p, expected):
    difference = _difference("linear", (low + high) / 2, low, high, p)
    assert verdict.standing(difference, 1000, _RULES) == expected


def test_many_rivals_widen_what_makes_one_enough():
    difference = _difference("linear", 0.0, -0.009, 0.009, wider=0.002)
    assert verdict.standing(difference, 1000, _RULES) == "open"


def test_the_transformer_must_be_ahead_of_every_rival():
    differences = [
        _difference("linear", 0.05, 0.03, 0.07),
        _difference("bag", 0.01, -0.01, 0.03, p=0.3),
    ]
    found = verdict.judge(differences, 1000, _COSTS, _RULES)
    assert found.decision == verdict.NOT_DECIDED
    [reason] = found.reasons
    assert "transformer and bag" in reason


def test_one_rival_that_is_enough_will_do():
    differences = [
        _difference("linear", 0.05, 0.03, 0.07),
        _difference("bag", 0.0, -0.005, 0.005, p=1.0),
    ]
    assert verdict.judge(differences, 1000, _COSTS, _RULES).decision == verdict.NOT_WARRANTED


def test_a_rival_that_costs_no_less_takes_no_place_by_being_as_good():
    differences = [
        _difference("linear", 0.05, 0.03, 0.07),
        _difference("lstm", 0.0, -0.005, 0.005, p=1.0),
    ]
    found = verdict.judge(differences, 1000, _COSTS, _RULES)
    assert found.decision == verdict.WARRANTED
    assert "lstm costs no less" in found.reasons[1]
    better = dataclasses.replace(differences[1], value=-0.05, corrected_low=-0.07)
    found = verdict.judge([differences[0], better], 1000, _COSTS, _RULES)
    assert found.decision == verdict.NOT_DECIDED


def test_an_undefined_difference_is_open():
    undefined = comparison.Difference("transformer", "linear", "all rows", "auc", None)
    found = verdict.judge([undefined], 1000, _COSTS, _RULES)
    assert found.decision == verdict.NOT_DECIDED
    assert found.rows_needed is None
    assert "undefined" in found.reasons[0]


def test_rows_needed_by_hand():
    # Standard error 0.01 at 1000 rows; 0.02 above 0 wants (1.96 + 0.84) x 0.01 = 0.028: 1.96 times.
    difference = _difference("linear", 0.02, 0.02 - 0.0196, 0.02 + 0.0196, p=0.06)
    assert verdict.rows_needed(difference, 1000, 1, _RULES) == 2000
    # 0.005 below the tolerance and above 0 alike: (0.028 / 0.005)^2 = 31.4 times.
    difference = _difference("linear", 0.005, 0.005 - 0.0196, 0.005 + 0.0196)
    assert verdict.rows_needed(difference, 1000, 1, _RULES) == 32_000


def test_with_as_many_rows_as_are_needed_four_in_five_are_decided():
    first = _planted(400, 0.84, 0.80, seed=5)
    # What is planted rather than what these rows happen to show.
    planted = dataclasses.replace(first.differences[0], value=0.04)
    needed = verdict.rows_needed(planted, 400, 1, _RULES)
    decided = sum(
        _judge(_planted(needed, 0.84, 0.80, seed=s)).decision != verdict.NOT_DECIDED
        for s in range(20)
    )
    assert 12 <= decided <= 20


def test_no_number_of_rows_tells_equals_apart_without_a_tolerance():
    rules = dataclasses.replace(_RULES, tolerance=0.0)
    assert verdict.rows_needed(_difference("linear", 0.0, -0.01, 0.01), 100, 1, rules) is None
    found = verdict.judge([_difference("linear", 0.0, -0.01, 0.01)], 100, _COSTS, rules)
    assert found.reasons[0].endswith("no number of rows would tell them apart")


def test_least_units_follow_the_tolerance_and_the_metrics_range():
    assert dataclasses.replace(_RULES, tolerance=0.05).least_units() == 59
    of_two = dataclasses.replace(_RULES, known=metrics.Metric(True, 1.0, "", minimum=-1.0))
    assert of_two.least_units() == 598
    endless = dataclasses.replace(_RULES, known=metrics.Metric(False, None, ""))
    assert endless.least_units() == 30
    assert dataclasses.replace(_RULES, tolerance=0.0).least_units() == 30


_VALUES = {"transformer": 0.80, "linear": 0.79, "bag": 0.70}


def _between(*pairs):
    return [
        dataclasses.replace(_difference(second, (low + high) / 2, low, high), first=first)
        for first, second, low, high in pairs
    ]


def _choose(policy, between, costs=_COSTS, values=_VALUES):
    return verdict.choose(policy, "transformer", values, between, 1000, costs, _RULES)


def test_advise_takes_the_transformer_whatever_it_is():
    worse = {"transformer": 0.1, "linear": 0.9}
    assert _choose("advise", (), values=worse)[0] == "transformer"


def test_best_takes_the_best():
    name, reason = _choose("best", ())
    assert name == "transformer"
    assert reason == "transformer is the best of 3 candidates (accuracy 0.8000)"
    assert _choose("best", (), values={"transformer": 0.8, "linear": 0.8})[0] == "linear"


def test_cheapest_takes_the_cheapest_within_the_tolerance_of_the_best():
    near = _between(("transformer", "linear", -0.005, 0.009), ("transformer", "bag", 0.05, 0.15))
    name, reason = _choose("cheapest", near)
    assert name == "linear"
    assert "cheapest candidate within 0.01 of the best, transformer" in reason


def test_cheapest_takes_the_best_where_none_is_near_for_sure():
    far = _between(("transformer", "linear", -0.005, 0.02), ("transformer", "bag", 0.05, 0.15))
    assert _choose("cheapest", far)[0] == "transformer"


def test_cheapest_takes_the_best_where_it_is_cheaper():
    near = _between(("transformer", "linear", -0.005, 0.009))
    assert _choose("cheapest", near, costs={**_COSTS, "linear": 11.0})[0] == "transformer"


def test_a_rival_that_is_enough_and_better_is_told_as_the_better_one():
    ahead = _difference("linear", -0.0150, -0.0309, 0.0009)
    found = verdict.judge([ahead], 2331, _COSTS, _RULES)
    assert found.reasons == (
        "linear is enough: it is better by +0.0150 in accuracy (-0.0009 to +0.0309), and worse by "
        "less than 0.01 for sure",
    )
