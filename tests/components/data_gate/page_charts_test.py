"""Plots, measured in their SVG."""

import itertools
import re
from xml.etree import ElementTree

import pytest

from components.data_gate import page_charts


def _distribution(edges, counts, split="train", median=0.0):
    return page_charts.Distribution(split, edges, counts, median)


def _rectangles(svg) -> list[dict[str, float]]:
    """Reads place and size of each bar, in per cent, and checks that the SVG is well-formed."""
    names = ("x", "y", "width", "height")
    return [
        {name: float(rectangle.get(name).rstrip("%")) for name in names}
        for rectangle in ElementTree.fromstring(svg).iter("rect")  # noqa: S314 - ours
    ]


def _titles(svg) -> list[str]:
    return [title.text for title in ElementTree.fromstring(svg).iter("title")]  # noqa: S314 - ours


def test_areas_are_shares():
    # Widths of 1 and 3 on a linear axis: the wide bucket has 3 times the rows at the same height.
    drawn = page_charts.histogram([_distribution((-1, 0, 3), (25, 75))], "")
    first, second = _rectangles(drawn.strips[0][1])
    assert not drawn.logarithmic
    assert (first["x"], first["width"], first["height"]) == (0.0, 25.0, 100.0)
    assert (second["x"], second["width"], second["height"]) == (25.0, 75.0, 100.0)


def test_splits_share_one_axis_and_one_scale():
    small = _distribution((0, 1, 2), (1, 1), "eval")
    large = _distribution((2, 3, 4), (300, 100), "train")
    drawn = page_charts.histogram([small, large], "")
    assert [split for split, _ in drawn.strips] == ["eval", "train"]
    # Half of the rows a bucket against three quarters: two thirds of the height.
    evals, trains = (_rectangles(strip) for _, strip in drawn.strips)
    assert [bar["x"] for bar in evals] == [0.0, 25.0]
    assert [bar["x"] for bar in trains] == [50.0, 75.0]
    assert evals[0]["height"] == pytest.approx(100 * 0.5 / 0.75, abs=0.01)
    assert trains[1]["height"] == pytest.approx(100 / 3, abs=0.01)
    assert all(bar["y"] + bar["height"] == pytest.approx(100) for bar in evals + trains)


def test_empty_buckets_at_the_ends_take_no_room():
    drawn = page_charts.histogram([_distribution((0, 10, 20, 30, 40), (0, 5, 5, 0))], "rows")
    assert [bar["x"] for bar in _rectangles(drawn.strips[0][1])] == [0.0, 50.0]
    assert _titles(drawn.strips[0][1])[0].startswith("train: 10 to 30 rows")


def test_a_bucket_between_full_ones_may_be_empty_but_none_that_is_full_looks_so():
    drawn = page_charts.histogram([_distribution((0, 1, 2, 3), (100_000, 0, 1))], "")
    bars = _rectangles(drawn.strips[0][1])
    assert len(bars) == 2
    assert bars[1]["height"] == 2.0


def test_uneven_buckets_are_drawn_on_a_logarithmic_axis():
    edges = (0, 4, 8, 16, 32, 64, 128)
    drawn = page_charts.histogram([_distribution(edges, (1, 1, 1, 1, 1, 1))], "tokens")
    widths = [bar["width"] for bar in _rectangles(drawn.strips[0][1])]
    assert drawn.logarithmic
    # Far from zero, each doubling is as wide as the other, ln 2 of asinh(128 / 4) = 4.159.
    assert widths[-1] == pytest.approx(100 * 0.6931 / 4.159, abs=0.1)
    # The first bucket is not the half of the axis: asinh(1) = 0.8814.
    assert widths[0] == pytest.approx(100 * 0.8814 / 4.159, abs=0.1)


def test_negative_values_have_a_linear_axis():
    drawn = page_charts.histogram([_distribution((-100, 0, 1, 2), (1, 1, 1))], "")
    assert not drawn.logarithmic


def test_the_median_is_where_it_is():
    drawn = page_charts.histogram([_distribution((0, 5, 10), (3, 1), median=2.5)], "tokens")
    [line] = ElementTree.fromstring(drawn.strips[0][1]).iter("line")  # noqa: S314 - ours
    assert line.get("x1") == line.get("x2") == "25.00%"
    assert _titles(drawn.strips[0][1])[0] == "train: 0 to 10 tokens, median 2.5"


def test_bars_say_what_they_count():
    drawn = page_charts.histogram([_distribution((0, 5, 10), (3000, 1000))], "tokens")
    assert _titles(drawn.strips[0][1])[1:] == [
        "0 to 5: 3,000 (75.0\u00a0%)",
        "5 to 10: 1,000 (25.0\u00a0%)",
    ]


@pytest.mark.parametrize("counts", [(), (0, 0)])
def test_no_values_are_no_plot(counts):
    edges = tuple(range(len(counts) + 1))
    assert page_charts.histogram([_distribution(edges, counts)], "") is None
    assert page_charts.histogram([], "") is None


def test_a_single_value_is_a_bar_in_the_middle():
    drawn = page_charts.histogram([_distribution((7.0, 7.0), (20,), median=7.0)], "")
    [bar] = _rectangles(drawn.strips[0][1])
    assert (bar["x"], bar["height"]) == (50.0, 100.0)
    assert bar["width"] > 0
    assert _titles(drawn.strips[0][1])[1] == "7: 20 (100\u00a0%)"


@pytest.mark.parametrize(
    ("edges", "ticks"),
    [
        ((0, 50, 100), [0, 20, 40, 60, 80, 100]),
        ((-3.875, 0, 3.941), [-2, 0, 2]),
        ((0.001, 0.0015, 0.002), [0.001, 0.0012, 0.0014, 0.0016, 0.0018, 0.002]),
        ((7.0, 7.0), [6.6, 6.8, 7.0, 7.2, 7.4]),
    ],
)
def test_ticks_are_round(edges, ticks):
    assert page_charts.Axis([edges]).ticks() == pytest.approx(ticks)


def test_ticks_of_a_logarithmic_axis_are_round_and_apart():
    axis = page_charts.Axis([(0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)])
    places = [axis.place(tick) for tick in axis.ticks()]
    assert {0, 10, 100, 1000} <= set(axis.ticks())
    assert min(after - before for before, after in itertools.pairwise(places)) >= 0.17
    assert max(places) <= 1


def test_parts_of_a_whole_stand_side_by_side():
    svg = page_charts.stack([("s0", "train", 60), ("s1", "eval", 0), ("bad", "lost", 20)], "Rows")
    bars = _rectangles(svg)
    assert [(bar["x"], bar["width"]) for bar in bars] == [(0.0, 75.0), (75.0, 25.0)]
    assert _titles(svg) == ["Rows", "train: 60 (75.0\u00a0%)", "lost: 20 (25.0\u00a0%)"]
    assert re.findall('class="([^"]+)"', svg) == ["stack", "s0", "bad"]


def test_names_are_escaped():
    hostile = '"><script>'
    strip = page_charts.histogram([_distribution((0, 1), (1,), split=hostile)], "").strips[0][1]
    stacked = page_charts.stack([("s0", hostile, 1)], hostile)
    assert hostile not in strip
    assert hostile not in stacked
    assert _titles(stacked)[0] == hostile
    assert _titles(page_charts.stack([], "\u202ea\x00"))[0] == r"\u202ea\x00"


def test_a_bar_is_as_long_as_its_share():
    assert [bar["width"] for bar in _rectangles(page_charts.bar(0.375))] == [37.5]
