"""What every task counts by: all of its metrics follow from it."""

import numpy as np
import pytest

from schemas import question_answering
from schemas import tasks as tasks_lib
from trainer import tasks

_SETTINGS = {
    "one label": tasks_lib.Settings("classification"),
    "label set": tasks_lib.Settings("classification", options={"separator": "|"}),
    "numbers": tasks_lib.Settings(
        "regression", targets=("a", "b"), options={"names": ["votes", "share"]}
    ),
    "answers": tasks_lib.Settings(
        "question_answering",
        texts=("text", "text_pair"),
        options={question_answering.SEPARATOR: "|"},
    ),
    "texts": tasks_lib.Settings("language_model", targets=()),
    "masked": tasks_lib.Settings("masked_language_model", targets=()),
}
_ROWS = {
    "one label": ([np.array([1]), np.array([0])], [np.array([0.3, 0.7]), np.array([0.4, 0.6])]),
    "label set": ([np.array([1, 0])] * 2, [np.array([0.9, 0.7]), np.array([0.9, 0.1])]),
    "numbers": ([np.array([1.0, 2.0])] * 2, [np.array([1.0, 2.0]), np.array([1.0, 2.5])]),
    "answers": ([np.array([b"fox|owl"])] * 2, [np.array([b"owl"]), np.array([b"rain"])]),
    "texts": ([np.array([5, 6, 0])] * 2, [np.array([2.0, 2, 7, 1]), np.array([4.0, 2, 7, 0])]),
    "masked": ([np.array([5, -1])] * 2, [np.array([2.0, 1.0]), np.array([4.0, 0.0])]),
}
# Worked out by hand: a metric, and its value on the two rows.
_VALUES = {
    "one label": ("accuracy", 0.5),
    "label set": ("subset_accuracy", 0.5),
    "numbers": ("mae_share", 0.25),
    "answers": ("exact_match", 0.5),
    "texts": ("cross_entropy", 1.5),
    "masked": ("cross_entropy", 3.0),
}


@pytest.mark.parametrize("kind", list(_SETTINGS))
def test_rows_of_every_task_give_all_of_its_metrics(kind):
    task = tasks.get(_SETTINGS[kind])
    found = task.rows(*_ROWS[kind]).metrics(np.ones((1, 2)))
    assert set(found) == set(task.contract.metrics(task.settings))
    metric, expected = _VALUES[kind]
    assert found[metric][0] == pytest.approx(expected)


@pytest.mark.parametrize("kind", list(_SETTINGS))
def test_rows_are_judged_as_counts_are(kind):
    task = tasks.get(_SETTINGS[kind])
    truths, answers = _ROWS[kind]
    counts = task.counts(len(answers[0]))
    for truth, answer in zip(truths, answers, strict=True):
        counts.add(truth, answer, 1.0)
    found = task.rows(truths, answers).metrics(np.ones((1, 2)))
    expected = {k: v for k, v in counts.metrics().items() if np.ndim(v) == 0}
    assert {k: v[0] for k, v in found.items()} == pytest.approx(expected, nan_ok=True)
