import numpy as np

from components.trial import scored_rows


def test_the_metric_is_the_mean_of_the_scores():
    rows = scored_rows.ScoredRows("accuracy", [1, 0, 0])
    found = rows.metrics(np.array([[1.0, 1.0, 1.0], [2.0, 0.0, 2.0], [0.0, 0.0, 0.0]]))
    np.testing.assert_allclose(found["accuracy"], [1 / 3, 0.5, np.nan])
    np.testing.assert_array_equal(rows.each()["accuracy"], [1.0, 0.0, 0.0])


def test_rows_are_taken_and_put_after_each_other():
    rows = scored_rows.ScoredRows("accuracy", [1, 0, 0])
    both = rows.taken(np.array([True, False, True])).followed_by(rows)
    assert len(both) == 5
    np.testing.assert_array_equal(both.each()["accuracy"], [1.0, 0.0, 1.0, 0.0, 0.0])
