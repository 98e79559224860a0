"""The trial's table and plots."""

import dataclasses

from components.report import candidates


def test_each_candidate_has_what_it_is_worth_and_costs(tried):
    section = candidates.build(tried, tried.trial)
    value = tried.value("linear", "accuracy", "all rows")
    worth = {row[0]: row for row in section.worth.rows}
    assert worth["linear"][1] == f"{value.value:.4f}"
    assert worth["transformer"][3:] == ("–", "–", "–")
    difference = next(
        d
        for d in tried.trial.compared.differences
        if (d.second, d.metric, d.slice) == ("linear", "accuracy", "all rows")
    )
    assert worth["linear"][3] == f"{difference.value:+.4f}".replace("-", "\u2212")
    costs = {row[0]: row for row in section.costs.rows}
    assert costs["linear"][1:] == (
        *("0.20 ms", "0.33 ms", "10,000", "0.0040", "8.4 MB", "1,895,362", "700.0 MB", "12.0 s"),
    )


def test_three_plots_tell_it(tried):
    differences, quality, lengths = candidates.build(tried, tried.trial).plots
    assert "tolerance of 0.01" in differences.caption
    assert "linear 0.8025 at 0.004" in quality.drawing
    assert "at 64 tokens: transformer 134.4 ms" in lengths.drawing


def test_free_predictions_have_a_linear_axis(tried):
    free = [dataclasses.replace(each, cost_of_a_million=0.0) for each in tried.trial.candidates]
    trial = dataclasses.replace(tried.trial, candidates=tuple(free))
    assert "the axis of cost is linear" in candidates.build(tried, trial).plots[1].caption


def test_what_a_slice_leaves_undefined_has_no_place_in_a_plot(tried):
    nothing = [dataclasses.replace(v, value=None, low=None, high=None) for v in tried.values]
    found = dataclasses.replace(tried, values=nothing)
    section = candidates.build(found, tried.trial)
    assert all("Quality" not in plot.caption for plot in section.plots)
    assert {row[1] for row in section.metrics.rows} == {"–"}
