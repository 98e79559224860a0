"""Allowances for chance, held against samples that were really drawn."""

import numpy as np
import pytest

from components.data_gate import chance, divergence


def test_a_share_is_allowed_three_standard_errors() -> None:
    # sqrt(0.1 * 0.9 / 900) = 0.01
    assert chance.of_share(0.1, 900) == pytest.approx(0.03)


@pytest.mark.parametrize("limit", [0.0, 1.0])
def test_none_and_all_leave_nothing_to_chance(limit: float) -> None:
    assert chance.of_share(limit, 10) == 0.0


def test_the_largest_difference_is_allowed_three_standard_errors_of_a_half() -> None:
    # 3 * 0.5 * sqrt(1 / 100 + 1 / 300) = 1.5 * sqrt(4 / 300)
    assert chance.of_infinity_norm(100, 300) == pytest.approx(1.5 * (4 / 300) ** 0.5)


@pytest.mark.parametrize("rows", [200, 20_000])
def test_divergences_of_samples_of_one_distribution_are_within_the_allowance(rows: int) -> None:
    rng = np.random.default_rng(7)
    shares = np.full(20, 1 / 20)
    drawn = [
        divergence.jensen_shannon(*rng.multinomial(rows, shares, size=2).tolist())
        for _ in range(300)
    ]
    allowance = chance.of_divergence(20, rows, rows)
    assert np.mean(np.array(drawn) <= allowance) >= 0.98
    # The mean of a chi-squared variable is its degrees of freedom: an allowance that is
    # far above the mean would see nothing.
    assert np.mean(drawn) == pytest.approx(19 * (2 / rows) / (8 * np.log(2)), rel=0.15)
    assert allowance < 3 * np.mean(drawn)


def test_words_are_allowed_to_come_in_clumps() -> None:
    # Each text repeats one of 50 words twice: half as many independent draws as there are words.
    rng = np.random.default_rng(3)
    shares = np.full(50, 1 / 50)
    pairs = [2 * rng.multinomial(2000, shares, size=2) for _ in range(200)]
    drawn = np.array([divergence.jensen_shannon(*pair.tolist()) for pair in pairs])
    assert np.mean(drawn <= chance.of_words(50, 4000, 4000)) >= 0.99
    assert np.mean(drawn <= chance.of_divergence(50, 4000, 4000)) < 0.5
