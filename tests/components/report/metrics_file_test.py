"""The metrics of a report as a file."""

import dataclasses

from components.report import metrics_file


def test_what_is_written_is_read_back(tried):
    told = metrics_file.of(tried)
    assert metrics_file.Metrics.from_json(told.to_json()) == told


def test_every_value_has_the_interval_that_the_page_shows(tried):
    single = dataclasses.replace(tried, slices={**tried.slices, "shop=Rome": (1, 133)})
    told = metrics_file.of(single)
    assert len(told.values) == len(tried.values)
    [alone] = [
        value
        for value in told.values
        if (value.candidate, value.slice, value.metric) == ("cnn", "shop=Rome", "auc")
    ]
    assert alone.value == tried.value("cnn", "auc", "shop=Rome").value
    assert (alone.low, alone.high, alone.rows) == (None, None, 133)
    assert (told.judged, told.confidence) == (tried.judged, 1 - tried.alpha)
