"""How numbers are told."""

import pytest

from components.report import parts


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(None, "–"), (0.00033, "0.33 ms"), (0.0075, "7.5 ms"), (0.25, "250 ms")],
)
def test_times_of_answers_have_two_digits_or_more(seconds, told):
    assert parts.milliseconds(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(7.46, "7.5 s"), (185.2, "3 min 5 s"), (7500, "2 h 5 min")],
)
def test_durations_have_two_units_at_most(seconds, told):
    assert parts.duration(seconds) == told


def test_values_have_four_decimals_and_undefined_ones_a_dash():
    assert parts.value(0.12345) == "0.1235"
    assert parts.value(-1234.6) == "\u22121,235"
    assert parts.value(None) == parts.signed(None) == parts.interval(0.1, None) == "–"
    assert parts.signed(-0.02) == "\u22120.0200"
    assert parts.interval(0.1, 0.2) == "0.1000 to 0.2000"
    assert (parts.p_value(0.00001), parts.p_value(0.04)) == ("<0.0001", "0.0400")


@pytest.mark.parametrize(("count", "chosen"), [(3, [0, 1, 2]), (9, [0, 2, 4, 6, 8])])
def test_thinning_keeps_both_ends(count, chosen):
    assert parts.thinned(count, 5) == chosen


def test_a_legend_keeps_the_numbers_of_colours():
    assert parts.legend(("a", "b", "c"), ("c", "a")) == (("a", 0), ("c", 2))
