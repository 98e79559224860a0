"""The worst answers, in their order."""

import dataclasses

import numpy as np

from components.report import contents, errors
from schemas import question_answering, regression, tasks

_TEXTS = [("first",), ("second",), ("third",)]


def _answers(truths, given, labels=(), scores=None) -> contents.Answers:
    return contents.Answers(
        truths=truths,
        given={"transformer": given},
        scores={"transformer": scores or {}},
        texts=_TEXTS,
        origins=["a:1", "a:2", "a:3"],
        labels=labels,
    )


def _found(tried, answers, **changes):
    return dataclasses.replace(tried, answers=answers, judged="transformer", **changes)


def test_wrong_answers_come_by_their_probability_and_right_ones_not_at_all(tried):
    given = np.array([[0.4, 0.6], [0.1, 0.9], [0.0, 1.0]])
    answers = _answers(np.array([[0.0], [0.0], [1.0]]), given, ("bad", "good"))
    found = errors.build(_found(tried, answers))
    assert [row.origin for row in found.rows] == ["a:2", "a:1"]
    assert found.rows[0] == errors.Row("a:2", ("second",), "bad", "good", "0.9000")
    assert found.caption == "The surest of 2 wrong answers to 3 rows"


def test_of_several_labels_the_one_that_was_missed_by_most_is_named(tried):
    given = np.array([[0.9, 0.2], [0.05, 0.9], [0.8, 0.4]])
    truths = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 0.0]])
    found = errors.build(_found(tried, _answers(truths, given, ("a", "b"))))
    assert found.rows[0] == errors.Row("a:2", ("second",), "a, b", "b", "a 0.0500")


def test_numbers_come_by_how_far_they_are_off(tried):
    answers = _answers(np.array([[1.0], [2.0], [3.0]]), np.array([[1.5], [0.0], [3.1]]))
    task = tasks.Settings("regression")
    found = errors.build(_found(tried, answers, task=task, metrics=regression.EACH, metric="r2"))
    assert [row.origin for row in found.rows] == ["a:2", "a:1", "a:3"]
    assert found.rows[0].note == "\u22122.0000"


def test_other_answers_come_by_their_score(tried):
    words = np.array([["in Rome"], ["1815"], ["a cat"]])
    answers = _answers(words, words[::-1], scores={"f1": np.array([0.5, 1.0, 0.0])})
    task = tasks.Settings("question_answering")
    metrics = question_answering.CONTRACT.metrics(task)
    found = errors.build(_found(tried, answers, task=task, metrics=metrics, metric="f1"))
    assert [row.origin for row in found.rows] == ["a:3", "a:1", "a:2"]
    assert (found.rows[0].truth, found.rows[0].answer) == ("a cat", "in Rome")
