"""Bins of confidence, counted by hand."""

import numpy as np

from components.report import calibration, labels


def test_answers_are_counted_by_confidence():
    scored = labels.Scored(np.array([1, 0, 1, 1]), np.array([0.62, 0.68, 0.95, 1.0]))
    low, high = calibration.bins(scored)
    assert low == (0.6, 2, 0.65, 0.5)
    assert high == (0.9, 2, 0.975, 1.0)  # a probability of 1 is in the last bin


def test_two_plots_tell_it_of_every_candidate_and_how_many_answers(tried):
    reliability, counts = calibration.build(tried)
    assert [name for name, _ in reliability.legend] == list(tried.candidates)
    assert "cnn off by 0." in reliability.drawing
    assert "linear" in counts.caption
