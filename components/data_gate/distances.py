"""Distances between two samples of the same columns, as TFDV computes them, of its statistics.

Text, such as the label, is compared by L-infinity: the largest difference between the shares of one
value. Numbers are compared by the Jensen-Shannon divergence of histograms, in bits, 0 to 1.

The divergence depends on the kind of histogram, and each has a blind side. One outlier makes
histograms of equal widths differ by almost 1; histograms of quantiles differ by 0.1 where numbers
take few values. Columns are as far apart as the histograms that see them closer say.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from tensorflow_metadata.proto.v0 import statistics_pb2

from components.data_gate import chance, divergence, wording

_KINDS = (statistics_pb2.Histogram.STANDARD, statistics_pb2.Histogram.QUANTILES)
_BUCKETS = 20  # of two histograms with 10 each, once they are aligned

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
    return [
        *(_infinity_norm(name, olds, news) for name in same if kinds[name] == "string_stats"),
        *_divergences([name for name in same if kinds[name] == "num_stats"], olds, news),
    ]


def _by_name(statistics: _Statistics) -> dict[str, _Feature]:
    """Maps names to the features that any row has."""
    found = [feature for dataset in statistics.datasets for feature in dataset.features]
    named = {(feature.name or feature.path.step[-1]): feature for feature in found}
    return {name: feature for name, feature in named.items() if _rows(feature)}


def _infinity_norm(
    name: str, olds: Mapping[str, _Feature], news: Mapping[str, _Feature]
) -> Distance:
    old, new = olds[name], news[name]
    value = divergence.infinity_norm(_counts(old), _counts(new))
    allowance = chance.of_infinity_norm(_rows(old), _rows(new))
    moved = _moved_most(_shares(old), _shares(new))
    return Distance(name, "L-infinity distance", value, allowance, moved)


def _divergences(
    names: Sequence[str], olds: Mapping[str, _Feature], news: Mapping[str, _Feature]
) -> Iterator[Distance]:
    for name in names:
        value = _closest(olds[name], news[name])
        if value is not None:
            allowance = chance.of_divergence(_BUCKETS, _rows(olds[name]), _rows(news[name]))
            means = (f"{statistics[name].num_stats.mean:.4g}" for statistics in (olds, news))
            moved = "mean " + " → ".join(means)
            yield Distance(name, "Jensen-Shannon divergence", value, allowance, moved)


def _closest(old: _Feature, new: _Feature) -> float | None:
    """Takes the divergence by the histograms that see it closer; None where there are none."""
    found = []
    for kind in _KINDS:
        histograms = [_histogram(feature, kind) for feature in (old, new)]
        value = divergence.of_histograms(*histograms)
        if value is not None:
            found.append(value)
    return min(found, default=None)


def _histogram(feature: _Feature, kind: int) -> statistics_pb2.Histogram:
    """Finds a histogram of the values; an empty one where there is none."""
    found = (each for each in feature.num_stats.histograms if each.type == kind)
    return next(found, statistics_pb2.Histogram())


def _moved_most(old: Mapping[str, float], new: Mapping[str, float]) -> str:
    """Names the value whose share moved most, and from where to where.

    Of two values that moved alike, as of two labels, it is the one with more rows now.
    """
    moves = {value: new.get(value, 0.0) - old.get(value, 0.0) for value in sorted({*old, *new})}
    value = max(moves, key=lambda value: (round(abs(moves[value]), 9), moves[value]))
    was, now = (wording.percent(shares.get(value, 0.0)) for shares in (old, new))
    return f"{wording.shown(value)} {was} → {now}"


def _shares(feature: _Feature) -> dict[str, float]:
    return {value: count / _rows(feature) for value, count in _counts(feature).items()}


def _counts(feature: _Feature) -> dict[str, float]:
    buckets = feature.string_stats.rank_histogram.buckets
    return {bucket.label: bucket.sample_count for bucket in buckets}


def _rows(feature: _Feature) -> int:
    """Counts the rows that have the feature."""
    stats = getattr(feature, feature.WhichOneof("stats") or "num_stats")
    return int(stats.common_stats.num_non_missing)
