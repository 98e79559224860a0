"""Predicted against true numbers."""

import dataclasses

import numpy as np

from components.report import residuals
from schemas import tasks


def _found(tried, targets=("label",), rows=100):
    true = np.linspace(0, 1, rows)[:, None] * np.ones(len(targets))
    answers = dataclasses.replace(tried.answers, truths=true, given={"linear": 2 * true}, labels=())
    task = tasks.Settings("regression", targets=targets)
    return dataclasses.replace(tried, answers=answers, task=task)


def test_predictions_and_residuals_are_drawn(tried):
    predicted, apart = residuals.build(_found(tried))
    assert "correlation 1.0000 of 100 rows" in predicted.drawing
    assert "Residuals of value: mean 0.5000" in apart.drawing


def test_each_number_has_its_plots(tried):
    plots = residuals.build(_found(tried, ("stars", "price")))
    assert len(plots) == 4
    assert "price" in plots[-1].caption


def test_many_rows_are_thinned(tried):
    predicted, _ = residuals.build(_found(tried, rows=10_000))
    assert predicted.drawing.count("<path") < residuals.MAX_POINTS + 50
