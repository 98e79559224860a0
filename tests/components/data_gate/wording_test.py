"""How numbers, values and settings are spelled."""

import math

import pytest

from components.data_gate import wording


@pytest.mark.parametrize(
    ("share", "unlike", "spelled"),
    [
        (0.034, None, "3.4 %"),
        (0.5, None, "50 %"),
        (1.0, None, "100 %"),
        (0.0, None, "0 %"),
        (0.00004, None, "0.004 %"),
        (0.0104, 0.01, "1.04 %"),
        (0.01, 0.01, "1 %"),
        (0.9999, 1.0, "99.99 %"),
    ],
)
def test_a_share_is_kept_apart_from_zero_and_its_limit(
    share: float, unlike: float | None, spelled: str
) -> None:
    assert wording.percent(share, unlike) == spelled


def test_limits_tell_their_allowance() -> None:
    assert wording.at_most(0.01, 0.0061) == "at most 1 % (+ 0.6 % for chance)"
    assert wording.at_most(0.01, 0.0001) == "at most 1 %"
    assert wording.distance_at_most(0.1, 0.0423) == "at most 0.1 (+ 0.042 for chance)"
    assert wording.distance_at_most(0.1, 0.0001) == "at most 0.1"


def test_rows_are_counted_in_words() -> None:
    assert [wording.rows(count) for count in (0, 1, 12_345)] == ["0 rows", "1 row", "12,345 rows"]


@pytest.mark.parametrize(
    ("parts", "spelled"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_parts_are_joined(parts: list[str], spelled: str) -> None:
    assert wording.listed(parts) == spelled


@pytest.mark.parametrize(
    ("value", "limit"),
    [
        (0.0341, "0.035"),
        (0.035, "0.035"),
        (0.5, "0.5"),
        (0.991, "1"),
        (1.0, "1"),
        (0.0, "0"),
        (0.00001234, "0.000013"),
    ],
)
def test_a_limit_is_rounded_up(value: float, limit: str) -> None:
    assert wording.set_limit("leakage", value) == f"--set validate.leakage.limit={limit}"


def test_a_rounded_limit_is_never_below_the_value_nor_far_above() -> None:
    for count in range(1, 3000):
        value = count / 2999
        limit = float(wording.set_limit("skew", value).rpartition("=")[2])
        assert value <= limit <= min(1.0, value * 1.11), value
        assert limit >= value
    assert math.isclose(limit, 1.0)


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (b"blog", "`blog`"),
        ("Köln", "`Köln`"),
        (4.5, "`4.5`"),
        ("", '`""`'),
        (" x", '`" x"`'),
        ("a\x1b[31m", '`"a\\u001b[31m"`'),
        (b"\xff", "`\\xff`"),
        ("a" * 100, f"`{'a' * 79}…`"),
    ],
)
def test_values_cannot_move_the_terminal(value: bytes | str | float, spelled: str) -> None:
    assert wording.shown(value) == spelled


def test_a_line_is_one_line_and_prints() -> None:
    assert wording.line(" a\n\tb\x1b\u202e c ") == "a b\\x1b\\u202e c"
