"""What was answered with which confidence."""

import numpy as np
import pytest

from components.report import contents, labels


def _answers(truths, given, names=("no", "yes")) -> contents.Answers:
    rows = len(truths)
    return contents.Answers(
        truths=np.array(truths, float),
        given={"transformer": np.array(given)},
        scores={},
        texts=[("text",)] * rows,
        origins=["a:1"] * rows,
        labels=names,
    )


def test_one_label_a_row():
    answers = _answers([[1], [0], [1]], [[0.2, 0.8], [0.4, 0.6], [0.3, 0.7]])
    assert labels.truths(answers).tolist() == [[0, 1], [1, 0], [0, 1]]
    right, sure = labels.confidence(answers, "transformer")
    assert right.tolist() == [1, 0, 1]
    assert sure.tolist() == [0.8, 0.6, 0.7]
    assert labels.most_frequent(answers, 5) == [1, 0]


def test_several_labels_a_row_are_as_many_answers():
    answers = _answers([[1, 0], [1, 1]], [[0.9, 0.7], [0.2, 0.6]])
    assert labels.has_several(answers)
    right, sure = labels.confidence(answers, "transformer")
    assert right.tolist() == [1, 0, 0, 1]
    assert sure == pytest.approx([0.9, 0.7, 0.8, 0.6])


def test_a_label_that_no_row_has_is_left_out():
    assert labels.most_frequent(_answers([[1], [1]], [[0.1, 0.9]] * 2), 5) == [1]
