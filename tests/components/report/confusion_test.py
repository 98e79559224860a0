"""Which labels are taken for which."""

import dataclasses

import numpy as np

from components.report import confusion


def test_rows_are_counted_by_true_and_answered_label():
    counts = confusion.matrix(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0]), 3)
    assert counts.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]


def test_few_labels_have_a_matrix_whose_rows_are_shares(tried):
    answers = dataclasses.replace(
        tried.answers,
        truths=np.array([[0.0], [0.0], [1.0]]),
        given={"linear": np.array([[0.9, 0.1], [0.2, 0.8], [0.1, 0.9]])},
    )
    found = confusion.build(dataclasses.replace(tried, answers=answers))
    assert found.labels == ("negative", "positive")
    assert found.rows[0] == (confusion.Cell(1, 0.5), confusion.Cell(1, 0.5))
    assert found.rows[1] == (confusion.Cell(0, 0.0), confusion.Cell(1, 1.0))
    assert found.pairs is None


def test_many_labels_have_the_pairs_that_are_confused_most(many_labels):
    found = confusion.build(many_labels)
    assert found.rows == ()
    counts = [int(row[2]) for row in found.pairs.rows]
    assert counts == sorted(counts, reverse=True)
    assert len(counts) <= confusion.MAX_PAIRS
    assert all(true != answered for true, answered, *_ in found.pairs.rows)
