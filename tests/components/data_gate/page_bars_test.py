"""Counts beside each other, worked out by hand."""

from components.data_gate import page_bars

_Cell = page_bars.Cell


def test_counts_become_shares_and_lengths_of_bars():
    bars = page_bars.compare([{"a": 10, "b": 30}, {"a": 5}], [40, 20], limit=5)
    # The largest share is 30 of 40; the others' bars are 1/3 of it, and 1/3 again.
    assert [name for name, _ in bars.rows] == ["b", "a"]
    assert bars.rows[0][1] == (_Cell(30, 0.75, 1.0), _Cell(0, 0.0, 0.0))
    assert bars.rows[1][1] == (_Cell(10, 0.25, 0.25 / 0.75), _Cell(5, 0.25, 0.25 / 0.75))
    assert bars.left_out == 0


def test_what_was_not_counted_is_not_zero():
    bars = page_bars.compare([{"a": 3}, {"b": 1}], [3, 1], limit=5, complete=[True, False])
    shown = dict(bars.rows)
    assert shown["a"][1] is None
    assert shown["b"][0] == _Cell(0, 0.0, 0.0)


def test_equal_counts_stand_in_the_order_of_their_names():
    bars = page_bars.compare([{"b": 2, "c": 2, "a": 2}], [6], limit=2)
    assert [name for name, _ in bars.rows] == ["a", "b"]
    assert bars.left_out == 1


def test_a_value_that_the_first_split_lacks_is_not_hidden():
    train = {f"label {index:02}": 100 - index for index in range(50)}
    bars = page_bars.compare([train, {"unknown": 1}], [1000, 1], limit=10)
    assert [name for name, _ in bars.rows][-1] == "unknown"
    assert len(bars.rows) == 10
    assert bars.left_out == 41


def test_many_that_the_first_split_lacks_leave_half_of_the_room():
    other = {f"new {index}": 1 for index in range(50)}
    bars = page_bars.compare([{"a": 1, "b": 1, "c": 1}, other], [3, 50], limit=4)
    assert [name for name, _ in bars.rows] == ["a", "b", "new 0", "new 1"]


def test_nothing_gives_no_rows():
    assert page_bars.compare([{}, {}], [0, 0], limit=5) == page_bars.Bars((), 0)
    assert page_bars.compare([], [], limit=5) == page_bars.Bars((), 0)
