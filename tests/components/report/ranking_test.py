"""ROC and precision against recall, by hand and beside scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics

from components.report import labels, ranking


def _scored(is_true, scores) -> labels.Scored:
    return labels.Scored(np.array(is_true), np.array(scores, float))


def test_roc_of_four_rows_worked_out_by_hand():
    # By score: true, false, true, false; of 4 pairs the true one is above in 3.
    curve = ranking.roc(_scored([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1]))
    assert curve.x.tolist() == [0.0, 0.0, 0.5, 0.5, 1.0]
    assert curve.y.tolist() == [0.0, 0.5, 0.5, 1.0, 1.0]
    assert curve.area == 0.75


def test_ties_are_one_threshold():
    curve = ranking.roc(_scored([1, 0, 1, 0], [0.5, 0.5, 0.5, 0.5]))
    assert (curve.x.tolist(), curve.y.tolist(), curve.area) == ([0.0, 1.0], [0.0, 1.0], 0.5)


def test_precision_and_recall_of_four_rows_worked_out_by_hand():
    curve = ranking.precision_recall(_scored([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1]))
    assert curve.x.tolist() == [0.5, 0.5, 1.0, 1.0]
    assert curve.y.tolist() == pytest.approx([1.0, 0.5, 2 / 3, 0.5])
    assert curve.area == pytest.approx(0.5 * 1.0 + 0.5 * 2 / 3)


@pytest.mark.parametrize("digits", [1, 6])  # with and without ties
def test_areas_are_those_of_scikit_learn(digits):
    rng = np.random.default_rng(4)
    is_true = rng.integers(0, 2, 300)
    scored = _scored(is_true, np.round(rng.normal(is_true, 1.5), digits))
    assert ranking.roc(scored).area == pytest.approx(metrics.roc_auc_score(*scored))
    precise = metrics.average_precision_score(*scored)
    assert ranking.precision_recall(scored).area == pytest.approx(precise)


def test_rows_of_one_kind_have_no_curve():
    assert ranking.roc(_scored([1, 1], [0.1, 0.2])) is None
    assert ranking.precision_recall(_scored([0, 0], [0.1, 0.2])) is None


def test_two_labels_have_a_curve_a_candidate_and_more_have_one_a_label(tried, many_labels):
    roc, precision = ranking.build(tried)
    assert [name.split()[0] for name, _ in roc.legend] == list(tried.candidates)
    assert "positive against negative" in roc.caption
    assert [name.split()[0] for name, _ in precision.legend] == list(tried.candidates)
    roc, _ = ranking.build(many_labels)
    assert len(roc.legend) == ranking.MAX_CURVES
    assert all(name.startswith("label ") for name, _ in roc.legend)
