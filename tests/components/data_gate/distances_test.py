"""Distances between columns, on distributions whose distances are known."""

from collections.abc import Callable

import numpy as np
import pytest
from tensorflow_metadata.proto.v0 import statistics_pb2

from components.data_gate import chance, distances

_Make = Callable[..., statistics_pb2.DatasetFeatureStatisticsList]


def test_text_is_compared_by_the_value_that_moved_most(make_statistics: _Make) -> None:
    old = make_statistics({"shop": ["Rome"] * 50 + ["Köln"] * 30 + ["Oslo"] * 20})
    new = make_statistics({"shop": ["Rome"] * 19 + ["Köln"] * 21})
    [distance] = distances.between(old, new)
    # Rome 50 → 47.5 %, Köln 30 → 52.5 %, Oslo 20 → 0 %.
    assert distance.value == pytest.approx(0.225)
    assert distance.detail == "`Köln` 30 % → 52.5 %"
    assert (distance.feature, distance.kind) == ("shop", "L-infinity distance")
    assert distance.allowance == chance.of_infinity_norm(100, 40)


def test_numbers_are_compared_by_their_divergence(make_statistics: _Make) -> None:
    old = make_statistics({"stars": [1.0, 2.0] * 50})
    new = make_statistics({"stars": [1.0, 2.0, 1.0, 1.0] * 10})
    [distance] = distances.between(old, new)
    # JS of (1/2, 1/2) and (3/4, 1/4), in bits, by hand: H(5/8, 3/8) - (1 + H(3/4, 1/4)) / 2.
    entropy = lambda p: -p * np.log2(p) - (1 - p) * np.log2(1 - p)  # noqa: E731
    expected = entropy(5 / 8) - (1.0 + entropy(3 / 4)) / 2
    assert distance.value == pytest.approx(expected, abs=0.01)
    assert (distance.feature, distance.kind) == ("stars", "Jensen-Shannon divergence")
    assert distance.detail == "mean 1.5 → 1.25"
    assert distance.allowance == chance.of_divergence(20, 100, 40)


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, rows: rng.normal(size=rows),
        lambda rng, rows: np.append(rng.normal(size=rows - 1), 1e6),
        lambda rng, rows: rng.pareto(1.0, rows),
        lambda rng, rows: rng.integers(1, 6, rows).astype(float),
        lambda rng, rows: (rng.random(rows) < 0.02).astype(float),
    ],
    ids=["normal", "one outlier", "long tail", "few values", "rare value"],
)
@pytest.mark.parametrize("rows", [20, 200, 5000])
def test_samples_of_one_distribution_are_near(
    make_statistics: _Make, draw: Callable[[np.random.Generator, int], np.ndarray], rows: int
) -> None:
    rng = np.random.default_rng(rows)
    plain = make_statistics({"x": np.abs(draw(np.random.default_rng(1), 5000))})
    [distance] = distances.between(plain, make_statistics({"x": np.abs(draw(rng, rows))}))
    assert distance.value <= 0.1 + distance.allowance


@pytest.mark.parametrize("rows", [500, 5000])
def test_a_shift_by_a_standard_deviation_is_far(make_statistics: _Make, rows: int) -> None:
    rng = np.random.default_rng(3)
    old = make_statistics({"x": rng.normal(size=rows)})
    [distance] = distances.between(old, make_statistics({"x": rng.normal(1.0, size=rows)}))
    assert distance.value > 0.1 + distance.allowance


def test_only_columns_of_one_kind_in_both_are_compared(make_statistics: _Make) -> None:
    old = make_statistics({"a": ["x"], "b": ["x"], "c": [1.0], "text": ["y"], "none": [None]})
    new = make_statistics({"a": ["x"], "b": [1.0], "d": [1.0], "text": ["z"], "none": ["x"]})
    assert [distance.feature for distance in distances.between(old, new, ["text"])] == ["a"]


def test_no_rows_are_not_compared(make_statistics: _Make) -> None:
    old = make_statistics({"a": ["x"]})
    assert distances.between(old, statistics_pb2.DatasetFeatureStatisticsList()) == []
