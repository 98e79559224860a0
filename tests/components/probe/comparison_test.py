"""Answers beside each other, with deviations worked out by hand."""

import numpy as np
import pytest

from components.probe import comparison

Rows = list[dict[str, np.ndarray]]


def _never(*answers: object) -> bool:
    return False


def _compare(wanted: Rows, got: Rows, tolerance: float = 0.01, is_tie=_never):
    return comparison.compare(wanted, got, tolerance, is_tie)


def _scores(*scores: float) -> Rows:
    return [{"score": np.array(score, np.float32)} for score in scores]


def test_equal_answers_are_none_apart() -> None:
    found = _compare(_scores(0.0, 2.0), _scores(0.0, 2.0))
    assert found == comparison.Compared(2, 0.0, (), ())


@pytest.mark.parametrize(
    ("got", "largest"),
    [
        # Their spread is 2: a number smaller than that is held against it.
        (_scores(2.0, 6.01), 0.01 / 6.0),
        (_scores(2.01, 6.0), 0.01 / 2.0),
        (_scores(1.99, 6.03), 0.03 / 6.0),
    ],
)
def test_a_deviation_is_a_share_of_the_number_or_of_the_spread(got: Rows, largest: float) -> None:
    found = _compare(_scores(2.0, 6.0), got)
    assert found.differences == ()
    assert found.largest == pytest.approx(largest, rel=1e-3)


def test_a_number_near_zero_is_held_against_the_spread() -> None:
    # Of -1, 0 and 1 that is the root of 2/3.
    found = _compare(_scores(-1.0, 0.0, 1.0), _scores(-1.0, 0.005, 1.0))
    assert found.largest == pytest.approx(0.005 / np.sqrt(2 / 3), rel=1e-3)


def test_the_unit_of_a_target_does_not_matter() -> None:
    wanted, got = (_scores(*np.array(x) * 1e-6) for x in ([1.0, 2.0, 3.0], [1.0, 2.1, 3.0]))
    [difference] = _compare(wanted, got).differences
    assert (difference.row, difference.output) == (1, "score")


def test_each_column_has_a_spread_of_its_own() -> None:
    wanted = [{"values": np.array([x, 1000.0 * x], np.float32)} for x in (-1.0, 0.0, 1.0)]
    got = [{"values": row["values"] + np.array([0.1, 0.0], np.float32)} for row in wanted]
    assert [d.output for d in _compare(wanted, got).differences] == ["values[0]"] * 3


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_what_is_no_number_never_agrees(number: float) -> None:
    found = _compare(_scores(number, 1.0), _scores(number, 1.0))
    assert [difference.row for difference in found.differences] == [0]


def test_texts_and_whole_numbers_are_to_be_equal() -> None:
    wanted = [{"answer": np.array(b"left", object), "start": np.array(3)}]
    got = [{"answer": np.array(b"left", object), "start": np.array(4)}]
    [difference] = _compare(wanted, got).differences
    assert difference == comparison.Difference(0, "start", "3", "4")
    got = [{"answer": np.array(b"right", object), "start": np.array(3)}]
    [difference] = _compare(wanted, got).differences
    assert difference == comparison.Difference(0, "answer", "'left'", "'right'")


def test_an_output_that_is_missing_differs() -> None:
    [difference] = _compare(_scores(1.0), [{}]).differences
    assert difference == comparison.Difference(0, "score", "1", "nothing")


def test_an_output_of_another_type_or_rank_differs() -> None:
    assert _compare(_scores(1.0), [{"score": np.array(1)}]).differences
    assert _compare(_scores(1.0), [{"score": np.array([1.0], np.float32)}]).differences


def test_more_outputs_do_not_matter() -> None:
    assert _compare(_scores(1.0), [{**_scores(1.0)[0], "more": np.array(2)}]).differences == ()


def test_padding_may_be_longer_in_one_of_them() -> None:
    wanted = [{"ids": np.array([4, 5]), "pieces": np.array([b"a", b"b"], object)}]
    got = [{"ids": np.array([4, 5, 0]), "pieces": np.array([b"a", b"b", b""], object)}]
    assert _compare(wanted, got).differences == ()
    assert _compare(got, wanted).differences == ()
    [difference] = _compare(wanted, [{**got[0], "ids": np.array([4, 5, 6])}]).differences
    assert difference == comparison.Difference(0, "ids[2]", "0", "6")


def test_what_is_furthest_off_is_named() -> None:
    wanted = [{"near": np.array(1.0), "far": np.array([[1.0, 2.0], [3.0, 4.0]])}]
    got = [{"near": np.array(1.1), "far": np.array([[1.0, 2.0], [9.0, 4.5]])}]
    [difference] = _compare(wanted, got).differences
    assert difference == comparison.Difference(0, "far[1, 0]", "3", "9")


def test_ties_are_kept_apart() -> None:
    found = _compare(_scores(1.0, 1.0), _scores(1.0, 9.0), is_tie=lambda *answers: True)
    assert found.differences == ()
    assert [tie.row for tie in found.ties] == [1]
    assert found.largest == 0.0


def test_a_batch_is_taken_apart() -> None:
    outputs = {"label": np.array([b"a", b"b"], object), "score": np.array([1.0, 2.0])}
    first, second = comparison.rows_of(outputs, 2)
    assert first["label"].dtype == object  # a type of NumPy's own would cut NULs off
    assert (second["label"].item(), second["score"].item()) == (b"b", 2.0)
