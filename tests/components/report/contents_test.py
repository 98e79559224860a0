"""What sections ask of all that is known."""

import dataclasses


def test_a_value_is_found_by_candidate_metric_and_slice(tried):
    value = tried.value("cnn", "auc", "shop=Rome")
    assert (value.candidate, value.metric, value.slice) == ("cnn", "auc", "shop=Rome")
    assert value.low < value.value < value.high
    assert tried.value("cnn", "no such metric", "shop=Rome") is None


def test_a_single_unit_tells_no_interval(tried):
    found = dataclasses.replace(tried, slices={**tried.slices, "shop=Rome": (1, 133)})
    value = found.value("cnn", "auc", "shop=Rome")
    assert value.value == tried.value("cnn", "auc", "shop=Rome").value
    assert (value.low, value.high) == (None, None)
