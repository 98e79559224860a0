"""Slices on the page."""

import dataclasses

from components.report import slices


def test_slices_come_largest_first_and_with_their_intervals(tried):
    section = slices.build(tried)
    assert section.table.rows[0][0] == "shop=Köln"  # 134 rows, the others 133
    value = tried.value("linear", "accuracy", "shop=Rome")
    row = next(row for row in section.table.rows if row[0] == "shop=Rome")
    assert row[1] == "133"
    assert row[2] == f"{value.value:.4f} ({value.low:.4f} to {value.high:.4f})"
    assert [name for name, _ in section.plot.legend] == ["transformer", "linear"]


def test_a_run_without_slices_has_no_section(tried):
    found = dataclasses.replace(tried, slices={"all rows": tried.slices["all rows"]})
    assert slices.build(found) is None


def test_more_slices_than_the_page_has_room_for_are_counted(tried):
    many = {f"shop={i}": (1, 1) for i in range(slices.MAX_SLICES + 4)}
    found = dataclasses.replace(tried, slices={**many, "all rows": tried.slices["all rows"]})
    section = slices.build(found)
    assert (len(section.table.rows), section.left_out) == (slices.MAX_SLICES, 4)
    assert section.plot is not None  # of all rows
