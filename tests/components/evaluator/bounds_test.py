"""Bounds that are told at submission."""

import tensorflow_model_analysis as tfma

from components.evaluator import bounds, evaluation, verdict
from pipeline import eval_config
from tests.pipeline import reviews


def _rules(told: dict[str, float]) -> dict[tuple[str, str, str], float]:
    config: tfma.EvalConfig = eval_config.build(
        reviews.config(
            "evaluate={floor: {accuracy: 0.8}, ceiling: {cross_entropy: 1.5}, max_drop: 0.02, "
            "metric: accuracy, slices: [shop], slice_floor: {shop: {accuracy: 0.6}}}"
        )
    )
    bounds.apply(config, told)
    rules: list[verdict.Rule] = evaluation.rules(config)
    return {(rule.metric, rule.kind, rule.column): rule.bound for rule in rules}


_USUAL = {
    ("accuracy", "floor", ""): 0.8,
    ("cross_entropy", "ceiling", ""): 1.5,
    ("accuracy", "max_drop", ""): 0.02,
    ("accuracy", "floor", "shop"): 0.6,
}


def test_what_is_not_told_stays() -> None:
    assert _rules({}) == _rules({"digest": 7, "floor_auc": 0.1}) == _USUAL


def test_bounds_on_all_rows_are_set_and_those_of_slices_let_be() -> None:
    told = {"floor_accuracy": 0.9, "ceiling_cross_entropy": 0.5, "max_drop": 0.1}
    assert _rules(told) == {
        **_USUAL,
        ("accuracy", "floor", ""): 0.9,
        ("cross_entropy", "ceiling", ""): 0.5,
        ("accuracy", "max_drop", ""): 0.1,
    }


def test_names_tell_the_kind_and_the_metric() -> None:
    assert bounds.names({"auc": 0.5}, {"loss": 2.0}) == {"floor_auc": 0.5, "ceiling_loss": 2.0}
