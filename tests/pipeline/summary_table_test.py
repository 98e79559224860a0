"""Tests of `pipeline.summary_table`."""

import rich.text

from pipeline import summary_table


def _plain(rows: list[list[summary_table.Cell]], right: list[int]) -> list[str]:
    return [line.plain for line in summary_table.lines(rows, right)]


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    rows: list[list[summary_table.Cell]] = [
        ["a", "1", "x"],
        ["long", "1,000", rich.text.Text("yy")],
    ]
    assert _plain(rows, right=[1]) == ["  a         1  x", "  long  1,000  yy"]


def test_wide_characters_count_for_two_columns() -> None:
    assert _plain([["日本", "1"], ["abcd", "2"]], right=[]) == ["  日本  1", "  abcd  2"]


def test_no_line_ends_in_spaces() -> None:
    assert _plain([["a", "b", ""], ["aaa", "bbb", "c"]], right=[]) == ["  a    b", "  aaa  bbb  c"]


def test_a_row_may_end_early() -> None:
    assert _plain([["a"], ["bb", "c"]], right=[]) == ["  a", "  bb  c"]


def test_no_rows_make_no_lines() -> None:
    assert _plain([], right=[0]) == []
