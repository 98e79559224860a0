"""Distances between two samples of the same columns, computed by TFDV.

Text, such as the label, is compared by L-infinity: the largest difference between the shares of one
value. Numbers are compared by the Jensen-Shannon divergence of histograms, in bits, 0 to 1.

TFDV's divergence depends on the kind of histogram, and each has a blind side. One outlier makes
histograms of equal widths differ by almost 1; histograms of quantiles differ by 0.1 where numbers
take few values. Columns are as far apart as the histograms that see them closer say.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import tensorflow_data_validation as tfdv
from tensorflow_metadata.proto.v0 import schema_pb2, statistics_pb2

from components.data_gate import chance, wording

_HISTOGRAMS = (schema_pb2.HistogramSelection.STANDARD, schema_pb2.HistogramSelection.QUANTILES)
_BUCKETS = 20  # of two histograms with 10 each, once TFDV has aligned them

_Statistics: TypeAlias = statistics_pb2.DatasetFeatureStatisticsList
_Feature: TypeAlias = statistics_pb2.FeatureNameStatistics


@dataclasses.dataclass(frozen=True)
class Distance:
    """How far apart one column is.

    Attributes:
        feature: Its name.
        kind: `L-infinity distance` or `Jensen-Shannon divergence`.
        value: Itself, 0 to 1.
        allowance: What chance may add in that few rows.
        detail: What moved: the value that moved most, `good` 50 % → 81 %, or the mean.
    """

    feature: str
    kind: str
    value: float
    allowance: float
    detail: str


def between(old: _Statistics, new: _Statistics, leave_out: Sequence[str] = ()) -> list[Distance]:
    """Computes the distance of every column that both have, if it is of one kind in both.

    Args:
        old: _Statistics of the rows to compare with.
        new: _Statistics of the rows in question.
        leave_out: Features that are not compared.
    """
    olds, news = _by_name(old), _by_name(new)
    names = sorted((olds.keys() & news.keys()).difference(leave_out))
    kinds = {name: olds[name].WhichOneof("stats") for name in names}
    same = [name for name in names if kinds[name] == news[name].WhichOneof("stats")]
    infinity = _measure(old, new, [_categorical(n) for n in same if kinds[n] == "string_stats"])
    divergence = _closest(old, new, [name for name in same if kinds[name] == "num_stats"])
    return [
        *(_infinity_norm(name, value, olds, news) for name, value in infinity.items()),
        *(_divergence(name, value, olds, news) for name, value in divergence.items()),
    ]


def _by_name(statistics: _Statistics) -> dict[str, _Feature]:
    """Maps names to the features that any row has."""
    found = [feature for dataset in statistics.datasets for feature in dataset.features]
    named = {(feature.name or feature.path.step[-1]): feature for feature in found}
    return {name: feature for name, feature in named.items() if _rows(feature)}


def _categorical(name: str) -> schema_pb2.Feature:
    feature = schema_pb2.Feature(name=name, type=schema_pb2.BYTES)
    feature.skew_comparator.infinity_norm.threshold = 0.0
    return feature


def _numeric(name: str, histogram: int) -> schema_pb2.Feature:
    feature = schema_pb2.Feature(name=name, type=schema_pb2.FLOAT)
    feature.skew_comparator.jensen_shannon_divergence.threshold = 0.0
    feature.skew_comparator.jensen_shannon_divergence.source.type = histogram
    return feature


def _closest(old: _Statistics, new: _Statistics, names: Sequence[str]) -> dict[str, float]:
    """Takes each column's divergence by the histograms that see it closer."""
    by_kind = [
        _measure(old, new, [_numeric(name, histogram) for name in names])
        for histogram in _HISTOGRAMS
    ]
    return {name: min(found[name] for found in by_kind) for name in by_kind[0]}


def _measure(
    old: _Statistics, new: _Statistics, columns: Sequence[schema_pb2.Feature]
) -> dict[str, float]:
    """Lets TFDV measure columns by their comparators.

    The schema is made for that alone: environments of another one might leave columns out.
    """
    if not columns:
        return {}
    schema = schema_pb2.Schema(feature=columns)
    found = tfdv.validate_statistics(old, schema, serving_statistics=new)
    return {
        info.path.step[-1]: info.skew_measurements[0].value
        for info in found.drift_skew_info
        if info.skew_measurements
    }


def _infinity_norm(
    name: str, value: float, olds: Mapping[str, _Feature], news: Mapping[str, _Feature]
) -> Distance:
    allowance = chance.of_infinity_norm(_rows(olds[name]), _rows(news[name]))
    moved = _moved_most(_shares(olds[name]), _shares(news[name]))
    return Distance(name, "L-infinity distance", value, allowance, moved)


def _divergence(
    name: str, value: float, olds: Mapping[str, _Feature], news: Mapping[str, _Feature]
) -> Distance:
    allowance = chance.of_divergence(_BUCKETS, _rows(olds[name]), _rows(news[name]))
    means = (f"{statistics[name].num_stats.mean:.4g}" for statistics in (olds, news))
    return Distance(
        name, "Jensen-Shannon divergence", value, allowance, "mean " + " → ".join(means)
    )


def _moved_most(old: Mapping[str, float], new: Mapping[str, float]) -> str:
    """Names the value whose share moved most, and from where to where.

    Of two values that moved alike, as of two labels, it is the one with more rows now.
    """
    moves = {value: new.get(value, 0.0) - old.get(value, 0.0) for value in sorted({*old, *new})}
    value = max(moves, key=lambda value: (round(abs(moves[value]), 9), moves[value]))
    was, now = (wording.percent(shares.get(value, 0.0)) for shares in (old, new))
    return f"{wording.shown(value)} {was} → {now}"


def _shares(feature: _Feature) -> dict[str, float]:
    buckets = feature.string_stats.rank_histogram.buckets
    return {bucket.label: bucket.sample_count / _rows(feature) for bucket in buckets}


def _rows(feature: _Feature) -> int:
    """Counts the rows that have the feature."""
    stats = getattr(feature, feature.WhichOneof("stats") or "num_stats")
    return int(stats.common_stats.num_non_missing)
