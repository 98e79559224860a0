"""Rows kept apart, against the very counts of the rows that a choice has."""

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from schemas import classification, question_answering, regression
from trainer.tasks import (
    classification_counts,
    counted_rows,
    language_model_counts,
    masked_language_model_counts,
    multi_label_counts,
    question_answering_counts,
    regression_counts,
    regression_rows,
    translation_counts,
)

_RNG = np.random.default_rng(3)


def _one_label():
    labels = _RNG.integers(0, 3, 40)
    odds = np.exp(_RNG.normal(size=(40, 3)) + np.eye(3)[labels])
    return (
        classification_counts.Counts.zeros,
        [np.array([label]) for label in labels],
        list(odds / odds.sum(axis=1, keepdims=True)),
    )


def _several_labels():
    truths = _RNG.integers(0, 2, (40, 3))
    return multi_label_counts.Counts.zeros, list(truths), list(_RNG.random((40, 3)))


def _answers():
    truths = [np.array([text]) for text in [b"the red fox|fox", b"an owl", b"rain"] * 5]
    answers = [np.array([text]) for text in [b"fox", b"a grey owl", b"snow", b"owl", b"rain"] * 3]
    return lambda width: question_answering_counts.Counts("|"), truths, answers


def _texts():
    truths = [_RNG.integers(1, 9, n) for n in _RNG.integers(1, 6, 20)]
    answers = [np.array([2.0 * len(t), len(t), 4.0 * len(t), 1.0]) for t in truths]
    return lambda width: language_model_counts.Counts.zeros(), truths, answers


def _masked():
    truths = [np.append(_RNG.integers(0, 9, n), -1) for n in _RNG.integers(1, 6, 20)]
    answers = [np.array([0.5 * n, n % 2]) for n in range(1, 21)]
    return lambda width: masked_language_model_counts.Counts(), truths, answers


def _translations():
    truths = [np.array([text]) for text in [b"ein roter Ball im Schnee", b"der Hund", b"ja"] * 5]
    told = [b"ein roter Ball", b"der Hund im Schnee", b"nein", b"", b"ein Ball im Schnee"]
    answers = [np.array([text]) for text in told * 3]
    return lambda width: translation_counts.Counts(), truths, answers


_KINDS = {
    "one label": _one_label,
    "several labels": _several_labels,
    "answers": _answers,
    "texts": _texts,
    "masked": _masked,
    "translations": _translations,
}


@pytest.fixture(params=list(_KINDS))
def made(request):
    return _KINDS[request.param]()


def _counted(zeros, truths, answers, weights):
    counts = zeros(len(answers[0]))
    for truth, answer, weight in zip(truths, answers, weights, strict=True):
        for _ in range(int(weight)):
            counts.add(truth, answer, 1.0)
    return {name: value for name, value in counts.metrics().items() if np.ndim(value) == 0}


def test_a_choice_of_rows_is_judged_as_its_rows_are(made):
    zeros, truths, answers = made
    weights = np.random.default_rng(1).integers(0, 3, (4, len(truths)))
    found = counted_rows.CountedRows.of(zeros, truths, answers).metrics(weights)
    for i, of_choice in enumerate(weights):
        expected = _counted(zeros, truths, answers, of_choice)
        assert {name: values[i] for name, values in found.items()} == pytest.approx(
            expected, nan_ok=True
        )


def test_more_choices_than_are_weighed_at_once(made, monkeypatch):
    weights = np.random.default_rng(1).integers(0, 3, (5, len(made[1])))
    rows = counted_rows.CountedRows.of(*made)
    whole = rows.metrics(weights)
    monkeypatch.setattr(counted_rows, "_MAX_NUMBERS", 1)
    for name, values in rows.metrics(weights).items():
        np.testing.assert_array_equal(values, whole[name])


def test_each_row_by_itself(made):
    zeros, truths, answers = made
    found = counted_rows.CountedRows.of(*made).each()
    third = _counted(zeros, truths[2:3], answers[2:3], [1])
    assert {name: values[2] for name, values in found.items()} == pytest.approx(third, nan_ok=True)


def test_taken_rows_are_judged_alone(made):
    zeros, truths, answers = made
    chosen = np.arange(len(truths)) % 3 == 0
    found = counted_rows.CountedRows.of(*made).taken(chosen).metrics(np.ones((1, chosen.sum())))
    expected = _counted(zeros, truths, answers, chosen)
    assert {name: values[0] for name, values in found.items()} == pytest.approx(
        expected, nan_ok=True
    )


def test_rows_of_two_models_mix(made):
    zeros, truths, answers = made
    first = counted_rows.CountedRows.of(zeros, truths[:7], answers[:7])
    second = counted_rows.CountedRows.of(zeros, truths[7:], answers[7:])
    weights = np.random.default_rng(2).integers(0, 3, (2, len(truths)))
    mixed = first.followed_by(second)
    assert len(mixed) == len(truths)
    whole = counted_rows.CountedRows.of(*made)
    for name, values in mixed.metrics(weights).items():
        np.testing.assert_allclose(values, whole.metrics(weights)[name], rtol=1e-12)


def test_no_rows_have_no_metric():
    rows = counted_rows.CountedRows.of(classification_counts.Counts.zeros, [], [])
    assert len(rows) == 0
    assert np.isnan(rows.metrics(np.zeros((1, 0)))["accuracy"]).all()


def test_what_is_a_mean_of_rows_is_marked_so():
    known = {
        "one label": classification.ONE_LABEL,
        "several labels": classification.SEVERAL_LABELS,
        "answers": question_answering.METRICS,
    }
    for kind, metrics in known.items():
        rows = counted_rows.CountedRows.of(*_KINDS[kind]())
        whole = {k: v[0] for k, v in rows.metrics(np.ones((1, len(rows)))).items()}
        means = {k: v.mean() for k, v in rows.each().items()}
        marked = {name for name, metric in metrics.items() if metric.mean_of_rows}
        assert marked == {k for k in metrics if means[k] == pytest.approx(whole[k])}


@pytest.fixture(scope="module")
def numbers():
    rng = np.random.default_rng(4)
    truths = np.round(rng.normal(1e4, 1.0, (60, 2)), 1)  # far from 0, with ties
    answers = np.round(truths + rng.normal(0.0, 1.0, (60, 2)), 1)
    return truths, answers


def test_a_choice_of_a_regressions_rows_is_judged_as_its_rows_are(numbers):
    truths, answers = numbers
    weights = np.random.default_rng(1).integers(0, 3, (4, 60))
    found = regression_rows.RegressionRows(["a", "b"], truths, answers).metrics(weights)
    for i, of_choice in enumerate(weights):
        counts = regression_counts.Counts.zeros(["a", "b"])
        for truth, answer in zip(
            np.repeat(truths, of_choice, axis=0), np.repeat(answers, of_choice, axis=0), strict=True
        ):
            counts.add(truth, answer, 1.0)
        expected = counts.metrics()
        assert {name: values[i] for name, values in found.items()} == pytest.approx(expected)


def test_a_regressions_rows_mix_and_are_taken(numbers):
    truths, answers = numbers
    whole = regression_rows.RegressionRows(["a", "b"], truths, answers)
    parts = whole.taken(np.arange(60) < 20).followed_by(whole.taken(np.arange(20, 60)))
    assert len(parts) == 60
    weights = np.random.default_rng(1).integers(0, 3, (3, 60))
    for name, values in parts.metrics(weights).items():
        np.testing.assert_array_equal(values, whole.metrics(weights)[name])


def test_each_row_of_a_regression_has_its_errors_and_no_correlation(numbers):
    truths, answers = numbers
    each = regression_rows.RegressionRows(["a", "b"], truths, answers).each()
    np.testing.assert_allclose(
        each["mae"].mean(), sklearn_metrics.mean_absolute_error(truths, answers)
    )
    np.testing.assert_allclose(
        each["mse_b"].mean(), sklearn_metrics.mean_squared_error(truths[:, 1], answers[:, 1])
    )
    assert np.isnan(each["pearson"]).all()
    marked = {name for name, metric in regression.EACH.items() if metric.mean_of_rows}
    assert marked == {name for name in regression.EACH if not np.isnan(each[name]).any()}


def test_a_constant_answer_has_no_correlation():
    rows = regression_rows.RegressionRows(["a"], np.arange(5.0) + 1e6, np.full(5, 0.1))
    found = rows.metrics(np.ones((1, 5)))
    assert np.isnan(found["pearson"][0])
    assert np.isnan(found["spearman"][0])
