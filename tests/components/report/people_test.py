"""Candidates beside people."""

import dataclasses

from components.report import people
from components.trial import ceiling


def _with(tried, told):
    return dataclasses.replace(tried, trial=dataclasses.replace(tried.trial, ceiling=told))


def test_people_stand_first_and_every_candidate_beside_them(tried):
    section = people.build(tried)
    assert [row[0] for row in section.table.rows] == ["people", *tried.candidates]
    assert section.table.rows[1][4:] == ("\u22120.0200", "\u22120.1000 to +0.0200")
    assert "8,000 ratings of 400 rows" in section.table.caption
    [plot] = section.plots
    assert "people 0.8400, transformer 0.8200" in plot.drawing


def test_each_metric_has_a_plot(tried):
    agreements = [
        ceiling.Agreement(who, metric, 0.5, 0.4, 0.6)
        for metric in ("pearson", "mae")
        for who in ("people", "transformer")
    ]
    section = people.build(_with(tried, ceiling.Ceiling(9, 90, tuple(agreements))))
    assert [plot.caption.split(";")[0] for plot in section.plots] == [
        *("Agreement with people in pearson", "Agreement with people in mae")
    ]


def test_ratings_that_did_not_serve_are_told_and_none_are_not(tried):
    told = ceiling.Ceiling(0, 0, (), "no row has two ratings")
    assert people.build(_with(tried, told)) == "no row has two ratings"
    assert people.build(_with(tried, None)) is None
    assert people.build(dataclasses.replace(tried, trial=None)) is None
