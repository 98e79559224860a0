"""Intervals of differences, held against published ones."""

import math

import pytest

from pipeline.lineage.diff import mover


def _wilson(successes: int, rows: int) -> mover.Measured:
    """Computes a share with Wilson's score interval at 95 %: Newcombe 1998, method 3."""
    z = 1.959963984540054
    share = successes / rows
    middle = (2 * successes + z**2) / (2 * (rows + z**2))
    half = z * math.sqrt(z**2 + 4 * successes * (1 - share)) / (2 * (rows + z**2))
    return mover.Measured(share, middle - half, middle + half)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe 1998, "Interval estimation for the difference between independent proportions",
        # table II, method 10, examples (a) and (d).
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_of_shares_it_is_newcombes(first, second, low: float, high: float) -> None:
    found = mover.difference(_wilson(*second), _wilson(*first))
    assert found.value == pytest.approx(first[0] / first[1] - second[0] / second[1])
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_ends_are_squared_and_added_crosswise() -> None:
    old = mover.Measured(0.5, 0.5 - 0.05, 0.5 + 0.03)
    new = mover.Measured(0.7, 0.7 - 0.04, 0.7 + 0.12)
    # Down: 0.04 and 0.03 are 0.05; up: 0.12 and 0.05 are 0.13.
    found = mover.difference(old, new)
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == (pytest.approx(0.15), pytest.approx(0.33))


def test_the_other_way_round_it_is_the_same_with_another_sign() -> None:
    old, new = mover.Measured(0.5, 0.4, 0.53), mover.Measured(0.7, 0.66, 0.82)
    one, other = mover.difference(old, new), mover.difference(new, old)
    assert (one.low, one.high) == (pytest.approx(-other.high), pytest.approx(-other.low))


def test_without_an_interval_there_is_the_difference_alone() -> None:
    with_one = mover.Measured(0.7, 0.6, 0.8)
    assert mover.difference(mover.Measured(0.5), with_one).low is None
    assert mover.difference(mover.Measured(0.5), with_one).value == pytest.approx(0.2)
    assert mover.difference(mover.Measured(None), with_one) == mover.Measured(None)
