"""How far two distributions are apart: the arithmetic of `distances.py` and `unigrams.py`.

It is that of TFDV, which computes the same in C++ within an import that takes seconds. Whoever
compares statistics that are written already has no other need of it.
"""

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from tensorflow_metadata.proto.v0 import statistics_pb2

_Histogram: TypeAlias = statistics_pb2.Histogram


def infinity_norm(counts: Mapping[str, float], other_counts: Mapping[str, float]) -> float:
    """Computes the largest difference between the shares of one value, 0 to 1.

    Args:
        counts: Value to how often it is there.
        other_counts: The same of the other.
    """
    one, other = (_shares(each) for each in (counts, other_counts))
    moves = (abs(one.get(value, 0.0) - other.get(value, 0.0)) for value in {*one, *other})
    return max(moves, default=0.0)


def jensen_shannon(
    counts: Sequence[float] | np.ndarray, other_counts: Sequence[float] | np.ndarray
) -> float:
    """Computes the Jensen-Shannon divergence of two distributions.

    Args:
        counts: Of one, `(buckets,)`; any above 0.
        other_counts: Of the other, `(buckets,)`; any above 0.

    Returns:
        Bits, 0 to 1. Lin, 1991, "Divergence measures based on the Shannon entropy", eq. 4.1 with
        weights of one half.
    """
    one, other = (np.asarray(c, np.float64) / np.sum(c) for c in (counts, other_counts))
    bits = float(np.sum(terms(one, other)))
    return min(max(bits, 0.0), 1.0)  # rounding may step over an end


def terms(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Computes what each bucket adds to the divergence of shares, `(buckets,)`, in bits."""
    middle = (one + other) / 2.0
    return (_relative(one, middle) + _relative(other, middle)) / 2.0


def of_histograms(histogram: _Histogram, other: _Histogram) -> float | None:
    """Computes the Jensen-Shannon divergence of two histograms, in bits.

    Buckets are cut at the edges of both, numbers being spread evenly in each. A bucket without
    width is a value of its own; what is infinite in one is nothing that the other has. Values that
    are no number are left out, as TFDV leaves them out unless all edges are the same.

    Args:
        histogram: Of one.
        other: Of the other.

    Returns:
        0 to 1; None where one is empty.
    """
    ranges = {
        (bucket.low_value, bucket.high_value)
        for each in (histogram, other)
        for bucket in each.buckets
        if _is_finite(bucket)
    }
    points = sorted(low for low, high in ranges if low == high)
    edges = np.array(sorted({end for low, high in ranges if low < high for end in (low, high)}))
    (one, infinite), (second, other_infinite) = (
        _masses(each, edges, points) for each in (histogram, other)
    )
    counts, other_counts = [*one, infinite, 0.0], [*second, 0.0, other_infinite]
    if not sum(counts) or not sum(other_counts):
        return None
    return jensen_shannon(counts, other_counts)


def _masses(
    histogram: _Histogram, edges: np.ndarray, points: Sequence[float]
) -> tuple[list[float], float]:
    """Counts what falls between edges and on points; and what is infinite."""
    between = np.zeros(max(len(edges) - 1, 0))
    on = dict.fromkeys(points, 0.0)
    infinite = 0.0
    for bucket in histogram.buckets:
        low, high = bucket.low_value, bucket.high_value
        if not _is_finite(bucket):
            infinite += bucket.sample_count
        elif low == high:
            on[low] += bucket.sample_count
        else:
            covered = np.clip(np.minimum(edges[1:], high) - np.maximum(edges[:-1], low), 0.0, None)
            between += bucket.sample_count * covered / (high - low)
    return [*between.tolist(), *on.values()], infinite


def _is_finite(bucket: statistics_pb2.Histogram.Bucket) -> bool:
    return math.isfinite(bucket.low_value) and math.isfinite(bucket.high_value)


def _relative(shares: np.ndarray, middle: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(shares > 0.0, shares * np.log2(shares / middle), 0.0)


def _shares(counts: Mapping[str, float]) -> dict[str, float]:
    total = sum(counts.values())
    return {value: count / total for value, count in counts.items()} if total else {}
