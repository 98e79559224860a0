"""Verdicts on values made by hand, word for word."""

import json

import pytest

from components.evaluator import verdict

_Rule, _Value = verdict.Rule, verdict.Value
_ALL = verdict.ALL_ROWS
_FLOOR = _Rule("accuracy", "floor", 0.7, True)


def _values(accuracy: float | None, baseline: float | None = None) -> list[verdict.Value]:
    """Values of 10 rows on all rows alone."""
    return [
        _Value(_ALL, "example_count", 10.0, None if baseline is None else 10.0),
        _Value(_ALL, "accuracy", accuracy, baseline),
    ]


def _only_bound(
    rule: verdict.Rule, value: float | None, baseline: float | None = None
) -> verdict.Bound:
    row = _Value(_ALL, rule.metric, value, baseline)
    [bound] = verdict.judge(True, [row], [rule], baseline is not None).bounds
    return bound


@pytest.mark.parametrize(
    ("rule", "value", "baseline", "passed", "words"),
    [
        (_FLOOR, 0.75, None, True, "accuracy on all rows is 0.7500, within its floor of 0.7000"),
        (_FLOOR, 0.7, None, True, "accuracy on all rows is 0.7000, within its floor of 0.7000"),
        (_FLOOR, 0.65, None, False, "accuracy on all rows is 0.6500, below its floor of 0.7000"),
        # Four decimals would say that 0.7000 is below 0.7000.
        (
            _FLOOR,
            0.699996,
            None,
            False,
            "accuracy on all rows is 0.699996, below its floor of 0.700000",
        ),
        (
            _Rule("cross_entropy", "ceiling", 0.5, False),
            0.4,
            None,
            True,
            "cross_entropy on all rows is 0.4000, within its ceiling of 0.5000",
        ),
        (
            _Rule("cross_entropy", "ceiling", 0.5, False),
            0.6,
            None,
            False,
            "cross_entropy on all rows is 0.6000, above its ceiling of 0.5000",
        ),
        (
            _Rule("accuracy", "max_drop", 0.25, True),
            0.5,
            0.75,
            True,
            "accuracy on all rows is 0.5000, within 0.2500 of the latest blessed model's 0.7500",
        ),
        (
            _Rule("accuracy", "max_drop", 0.125, True),
            0.5,
            0.75,
            False,
            "accuracy on all rows is 0.5000, beyond 0.1250 of the latest blessed model's 0.7500",
        ),
        # Better by any distance is within.
        (
            _Rule("accuracy", "max_drop", 0.0, True),
            0.9,
            0.5,
            True,
            "accuracy on all rows is 0.9000, within 0.0000 of the latest blessed model's 0.5000",
        ),
        (
            _Rule("cross_entropy", "max_drop", 0.125, False),
            0.75,
            0.5,
            False,
            "cross_entropy on all rows is 0.7500, beyond 0.1250 of the latest blessed model's "
            "0.5000",
        ),
        (
            _Rule("cross_entropy", "max_drop", 0.25, False),
            0.75,
            0.5,
            True,
            "cross_entropy on all rows is 0.7500, within 0.2500 of the latest blessed model's "
            "0.5000",
        ),
        (
            _Rule("cross_entropy", "max_drop", 0.0, False),
            0.25,
            0.5,
            True,
            "cross_entropy on all rows is 0.2500, within 0.0000 of the latest blessed model's "
            "0.5000",
        ),
        (
            _Rule("accuracy", "max_drop", 0.01, True),
            0.739996,
            0.75,
            False,
            "accuracy on all rows is 0.739996, beyond 0.010000 of the latest blessed model's "
            "0.750000",
        ),
        (
            _Rule("auc", "floor", 0.5, True),
            None,
            None,
            False,
            "auc on all rows is undefined, below its floor of 0.5000",
        ),
        (
            _Rule("auc", "max_drop", 0.5, True),
            None,
            0.75,
            False,
            "auc on all rows is undefined, beyond 0.5000 of the latest blessed model's 0.7500",
        ),
    ],
)
def test_a_bound_and_its_words(
    rule: verdict.Rule, value: float | None, baseline: float | None, passed: bool, words: str
) -> None:
    bound = _only_bound(rule, value, baseline)
    assert (bound.passed, bound.words()) == (passed, words)


def test_a_baseline_that_is_undefined_bounds_nothing_and_is_told() -> None:
    values = [_Value(_ALL, "auc", 0.9, None)]
    [bound] = verdict.judge(False, values, [_Rule("auc", "max_drop", 0.1, True)], True).bounds
    assert not bound.passed
    assert bound.words() == (
        "auc on all rows is 0.9000, beyond 0.1000 of the latest blessed model's undefined"
    )


def test_blessed_without_a_baseline() -> None:
    rules = [_FLOOR, _Rule("accuracy", "max_drop", 0.0, True)]
    judged = verdict.judge(True, _values(0.75), rules, has_baseline=False)
    assert judged == verdict.Verdict(
        blessed=True,
        examples=10,
        has_baseline=False,
        reasons=(
            "all bounds hold (1 checked)",
            "there was no blessed model before it to compare with",
        ),
        bounds=(verdict.Bound(_ALL, "accuracy", "floor", 0.7, 0.75, None, True),),
        values=tuple(_values(0.75)),
    )


def test_blessed_with_a_baseline() -> None:
    rules = [_FLOOR, _Rule("accuracy", "max_drop", 0.0, True)]
    judged = verdict.judge(True, _values(0.75, 0.75), rules, has_baseline=True)
    assert judged.reasons == ("all bounds hold (2 checked)",)


def test_blessed_where_no_bound_was_set() -> None:
    judged = verdict.judge(True, _values(0.1), [], has_baseline=True)
    assert judged.reasons == ("no bound was set on it",)


def test_not_blessed_names_each_bound_that_broke_and_no_other() -> None:
    rules = [
        _FLOOR,
        _Rule("accuracy", "floor", 0.1, True),
        _Rule("accuracy", "max_drop", 0.125, True),
    ]
    judged = verdict.judge(False, _values(0.5, 0.75), rules, has_baseline=True)
    assert judged.reasons == (
        "accuracy on all rows is 0.5000, below its floor of 0.7000",
        "accuracy on all rows is 0.5000, beyond 0.1250 of the latest blessed model's 0.7500",
    )


def test_not_blessed_for_want_of_examples() -> None:
    judged = verdict.judge(False, [], [_FLOOR], has_baseline=False)
    assert judged.examples == 0
    assert judged.reasons == ("the test split has no examples",)


def test_not_blessed_for_a_reason_of_tfmas_own() -> None:
    judged = verdict.judge(False, _values(0.75), [_FLOOR], has_baseline=False)
    assert judged.reasons == (
        "TFMA's validation did not pass; validations.tfrecord in the evaluation says more",
    )


def test_a_rule_speaks_of_its_own_slices_only() -> None:
    values = [
        _Value(_ALL, "accuracy", 0.5, None),
        _Value("shop=Köln", "accuracy", 0.75, None),
        _Value("shop=Rome", "accuracy", 0.25, None),
        _Value("shop=Rome", "f1", 0.1, None),
        _Value("shopping=yes", "accuracy", 0.1, None),
    ]
    rules = [_Rule("accuracy", "floor", 0.3, True, "shop"), _Rule("accuracy", "floor", 0.5, True)]
    judged = verdict.judge(False, values, rules, has_baseline=False)
    assert [(bound.slice, bound.bound, bound.passed) for bound in judged.bounds] == [
        ("shop=Köln", 0.3, True),
        ("shop=Rome", 0.3, False),
        (_ALL, 0.5, True),
    ]
    assert judged.examples == 0  # no count was given
    assert verdict.judge(False, [*values, *_values(0.5)], rules, False).reasons == (
        "accuracy on shop=Rome is 0.2500, below its floor of 0.3000",
    )


def test_a_column_may_have_an_equals_sign_in_its_name() -> None:
    values = [_Value("a=b=c", "accuracy", 0.25, None)]
    [bound] = verdict.judge(
        False, values, [_Rule("accuracy", "floor", 0.3, True, "a=b")], False
    ).bounds
    assert not bound.passed


def test_examples_are_counted_on_all_rows_alone() -> None:
    values = [*_values(0.75), _Value("shop=Rome", "example_count", 4.0, None)]
    assert verdict.judge(True, values, [], False).examples == 10


def test_survives_json_with_nothing_lost() -> None:
    values = [*_values(0.5, 0.75), _Value("shop=Köln", "auc", None, None)]
    rules = [_FLOOR, _Rule("auc", "floor", 0.5, True, "shop")]
    judged = verdict.judge(False, values, rules, has_baseline=True)
    assert verdict.Verdict.from_json(judged.to_json()) == judged


def test_its_json_is_read_by_any_program() -> None:
    values = [_Value(_ALL, "auc", verdict.finite(float("nan")), None)]
    text = verdict.judge(False, values, [_FLOOR], has_baseline=False).to_json()

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    assert json.loads(text, parse_constant=refuse)["values"][0]["value"] is None


@pytest.mark.parametrize(
    ("value", "kept"),
    [(0.5, 0.5), (0.0, 0.0), (float("nan"), None), (float("inf"), None), (float("-inf"), None)],
)
def test_only_finite_numbers_are_kept(value: float, kept: float | None) -> None:
    assert verdict.finite(value) == kept
