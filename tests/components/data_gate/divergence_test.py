"""How far distributions are apart: by hand, by SciPy, and as TFDV has it."""

import math

import numpy as np
import pytest
import scipy.spatial.distance
import tensorflow_data_validation as tfdv
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2, statistics_pb2

from components.data_gate import divergence

_Bucket = tuple[float, float, float]


def test_the_infinity_norm_is_the_largest_difference_between_shares() -> None:
    # Shares 0.5, 0.5, 0 and 0.2, 0.4, 0.4.
    assert divergence.infinity_norm({"a": 5, "b": 5}, {"a": 2, "b": 4, "c": 4}) == pytest.approx(
        0.4
    )


def test_the_infinity_norm_of_nothing_is_0_and_of_something_beside_it_its_largest_share() -> None:
    assert divergence.infinity_norm({}, {}) == 0.0
    assert divergence.infinity_norm({}, {"a": 3, "b": 1}) == 0.75


def test_divergence_is_as_scipy_computes_it() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.integers(0, 9, (2, 60))
    expected = scipy.spatial.distance.jensenshannon(one, other, base=2) ** 2
    assert divergence.jensen_shannon(one.tolist(), other.tolist()) == pytest.approx(expected)


def test_divergence_goes_from_0_to_1() -> None:
    assert divergence.jensen_shannon([1, 2, 0], [10, 20, 0]) == 0.0
    assert divergence.jensen_shannon([1, 2, 0], [0, 0, 5]) == 1.0


def _histogram(*buckets: _Bucket) -> statistics_pb2.Histogram:
    made = statistics_pb2.Histogram()
    for low, high, count in buckets:
        made.buckets.add(low_value=low, high_value=high, sample_count=count)
    return made


def test_buckets_are_cut_at_the_edges_of_both() -> None:
    # 0 to 1, 1 to 2, 2 to 3: shares 1/2, 1/2, 0 and 0, 1/2, 1/2, so what is not shared is half.
    one, other = _histogram((0, 2, 10)), _histogram((1, 3, 4))
    assert divergence.of_histograms(one, other) == pytest.approx(0.5)


def test_a_bucket_without_width_is_a_value_of_its_own() -> None:
    one, other = _histogram((1, 1, 3), (2, 2, 1)), _histogram((1, 1, 6), (2, 2, 2))
    assert divergence.of_histograms(one, other) == 0.0
    assert divergence.of_histograms(one, _histogram((1, 2, 4))) == 1.0


def test_what_is_infinite_is_nothing_that_the_other_has() -> None:
    # Half of each is the same, half is not.
    both = _histogram((0, 1, 2), (1, math.inf, 2))
    assert divergence.of_histograms(both, both) == pytest.approx(0.5)


def test_what_is_no_number_is_left_out() -> None:
    both = _histogram((0, 1, 2))
    both.num_nan = 2
    assert divergence.of_histograms(both, _histogram((0, 1, 3))) == 0.0


def test_an_empty_histogram_is_not_compared() -> None:
    assert divergence.of_histograms(_histogram(), _histogram((0, 1, 2))) is None


def _drawn(rng: np.random.Generator) -> statistics_pb2.Histogram:
    """Draws a histogram with buckets without width and infinite ones."""
    edges = np.sort(rng.integers(0, 12, rng.integers(2, 9))).astype(float).tolist()
    if rng.random() < 0.3:
        edges = [-math.inf, *edges]
    if rng.random() < 0.3:
        edges = [*edges, math.inf]
    buckets = zip(edges[:-1], edges[1:], rng.integers(1, 50, len(edges) - 1).tolist(), strict=True)
    return _histogram(*buckets)


def test_divergence_of_histograms_is_that_of_tfdv() -> None:
    rng = np.random.default_rng(5)
    pairs = [(_drawn(rng), _drawn(rng)) for _ in range(200)]
    found = [divergence.of_histograms(*pair) for pair in pairs]
    assert found == pytest.approx([_of_tfdv(*pair) for pair in pairs], abs=1e-6)
    assert len({round(value or 0.0, 6) for value in found}) > 100


def _of_tfdv(one: statistics_pb2.Histogram, other: statistics_pb2.Histogram) -> float:
    found = []
    for histogram in (one, other):
        made = statistics_pb2.DatasetFeatureStatisticsList()
        dataset = made.datasets.add(num_examples=10)
        feature = dataset.features.add(type=statistics_pb2.FeatureNameStatistics.FLOAT)
        feature.path.step.append("x")
        feature.num_stats.common_stats.num_non_missing = 10
        feature.num_stats.histograms.add().CopyFrom(histogram)
        found.append(made)
    schema = text_format.Parse(
        """feature {
          name: "x" type: FLOAT
          skew_comparator { jensen_shannon_divergence { threshold: 0 source { type: STANDARD } } }
        }""",
        schema_pb2.Schema(),
    )
    told = tfdv.validate_statistics(found[0], schema, serving_statistics=found[1])
    return float(told.drift_skew_info[0].skew_measurements[0].value)
