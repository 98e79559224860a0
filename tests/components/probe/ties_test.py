"""Rows that rounding may tip over, and those that it may not."""

import numpy as np
import pytest

from components.probe import comparison, ties
from schemas import classification, tasks

_TOLERANCE = 0.01


def _is_tie(task: tasks.Settings, wanted: dict, got: dict) -> bool:
    """Asks as a comparison does."""
    wanted, got = ({k: np.asarray(v) for k, v in row.items()} for row in (wanted, got))
    found = comparison.compare([wanted], [got], _TOLERANCE, ties.of(task, _TOLERANCE))
    assert len(found.ties) + len(found.differences) == 1
    return bool(found.ties)


def _labelled(label: str, *probabilities: float) -> dict:
    return {"label": np.array(label.encode(), object), "probabilities": np.array(probabilities)}


@pytest.mark.parametrize(
    ("wanted", "got", "is_tie"),
    [
        (_labelled("a", 0.401, 0.399, 0.2), _labelled("b", 0.399, 0.401, 0.2), True),
        # The probabilities agree, and yet another label is told than the likeliest.
        (_labelled("a", 0.6, 0.2, 0.2), _labelled("b", 0.6, 0.2, 0.2), False),
        (_labelled("a", 0.41, 0.39, 0.2), _labelled("b", 0.37, 0.43, 0.2), False),
    ],
)
def test_a_label(wanted: dict, got: dict, is_tie: bool) -> None:
    assert _is_tie(tasks.Settings("classification"), wanted, got) == is_tie


@pytest.mark.parametrize(("second", "is_tie"), [(0.4999, True), (0.3, False)])
def test_one_label_of_several(second: float, is_tie: bool) -> None:
    task = tasks.Settings("classification", options={classification.SEPARATOR: "|"})
    wanted, got = _labelled("a", 0.9, second), _labelled("a|b", 0.9, second)
    assert _is_tie(task, wanted, got) == is_tie


@pytest.mark.parametrize(("score", "is_tie"), [(0.301, True), (0.4, False)])
@pytest.mark.parametrize("task", ["question_answering", "translation"])
def test_what_is_found_by_its_score(task: str, score: float, is_tie: bool) -> None:
    wanted = {"answer": np.array(b"left", object), "score": 0.3}
    got = {"answer": np.array(b"right", object), "score": score}
    assert _is_tie(tasks.Settings(task), wanted, got) == is_tie


@pytest.mark.parametrize(
    ("hits", "nats", "is_tie"), [(8.0, 100.1, True), (5.0, 100.1, False), (8.0, 110.0, False)]
)
def test_a_count_of_likeliest_tokens(hits: float, nats: float, is_tie: bool) -> None:
    wanted = {"totals": [100.0, 20.0, 80.0, 7.0]}
    got = {"totals": [nats, 20.0, 80.0, hits]}
    assert _is_tie(tasks.Settings("language_model"), wanted, got) == is_tie


def test_numbers_have_no_ties() -> None:
    assert not _is_tie(tasks.Settings("regression"), {"values": [1.0]}, {"values": [2.0]})
