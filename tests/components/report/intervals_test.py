"""Values with their intervals, as Vega-Lite has them."""

from components.report import intervals

_ENTRIES = [
    intervals.Entry("all rows", "linear", 0.8, 0.7, 0.9),
    intervals.Entry("all rows", "cnn", 0.7, None, None),
    intervals.Entry("shop=Rome", "cnn", 0.6, 0.5, 0.7),
]


def _spec(entries, at=()):
    return intervals.chart(entries, ("transformer", "linear", "cnn"), "accuracy", at).to_dict()


def test_candidates_of_a_row_stand_beside_each_other_in_their_colours():
    [ranges, points] = _spec(_ENTRIES)["layer"]
    for layer in (ranges, points):
        encoding = layer["encoding"]
        assert encoding["y"]["sort"] == ["all rows", "shop=Rome"]
        assert encoding["yOffset"]["sort"] == ["linear", "cnn"]
        assert encoding["color"]["scale"]["range"] == ["var(--s0)", "var(--s1)", "var(--s2)"]
    assert (ranges["encoding"]["x"]["field"], ranges["encoding"]["x2"]["field"]) == ("low", "high")


def test_a_row_of_one_needs_no_offset_and_marks_stand_below():
    spec = _spec(_ENTRIES[2:], [(0.65, "var(--ink)")])
    line, _, points = spec["layer"]
    assert line["mark"]["color"] == "var(--ink)"
    assert "yOffset" not in points["encoding"]
    assert spec["height"] == 26
