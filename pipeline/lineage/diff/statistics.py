"""TFDV's statistics of each column of each split, and how far columns have drifted."""

import dataclasses
from collections.abc import Iterator, Mapping

from tensorflow_metadata.proto.v0 import statistics_pb2

from components.data_gate import distances
from components.schema import values
from pipeline.lineage import facts, records
from pipeline.lineage.diff import absent, changes
from schemas import features

_FILE = "FeatureStats.pb"
_WHAT = "statistics"
_MAX_VALUES = 100  # of a column whose shares are told
# What each text says differs from row to row; `texts.py` tells of the words.
_TEXTS = (features.TEXT, features.TEXT_PAIR)
Counted = dict[str, statistics_pb2.DatasetFeatureStatisticsList]


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a split whose statistics differ.

    Attributes:
        split: The split.
        name: The column's.
        numbers: What is other about it as a whole, such as its share of missing values.
        shares: Value to its share of the rows, the largest change first; of a column with few.
        distance: How far it has drifted, and what chance may add; None of texts, and where it is
            not comparable.
    """

    split: str
    name: str
    numbers: tuple[changes.Change, ...]
    shares: tuple[changes.Change, ...]
    distance: distances.Distance | None


@dataclasses.dataclass(frozen=True)
class Statistics:
    """What the statistics of two runs tell otherwise.

    Attributes:
        added: Columns that only the other run has rows of.
        gone: Columns that only the one run has rows of.
        columns: Those that differ, split by split, the furthest first.
    """

    added: tuple[str, ...]
    gone: tuple[str, ...]
    columns: tuple[Column, ...]


def of(old: records.Run, new: records.Run) -> Statistics | None:
    """Compares the statistics; None where they are the same.

    Raises:
        AbsentError: If a run has none, or their files are gone.
    """
    if absent.pair(old, new, facts.STATISTICS, _WHAT) is None:
        return None
    found = compare(read(old), read(new))
    return found if found.added or found.gone or found.columns else None


def read(run: records.Run) -> Counted:
    """Reads what a run has counted, split by split.

    Raises:
        AbsentError: If it has counted nothing, or the files are gone.
    """
    made = absent.artifact(run, facts.STATISTICS, _WHAT)
    root = absent.directory(run, made, _WHAT)
    found: Counted = {}
    for split in features.SPLITS:
        if (root / f"Split-{split}").is_dir():
            found[split] = absent.parsed(
                *(run, made, f"Split-{split}/{_FILE}", _WHAT),
                statistics_pb2.DatasetFeatureStatisticsList.FromString,
            )
    return found


def compare(old: Counted, new: Counted) -> Statistics:
    """Compares the statistics of the splits that both have."""
    both = [split for split in new if split in old]
    olds = {name for split in both for name in _by_name(old[split])}
    news = {name for split in both for name in _by_name(new[split])}
    return Statistics(
        added=tuple(sorted(news - olds)),
        gone=tuple(sorted(olds - news)),
        columns=tuple(
            column for split in both for column in _columns(split, old[split], new[split])
        ),
    )


def _columns(
    split: str,
    old: statistics_pb2.DatasetFeatureStatisticsList,
    new: statistics_pb2.DatasetFeatureStatisticsList,
) -> list[Column]:
    apart = {each.feature: each for each in distances.between(old, new, _TEXTS)}
    olds, news = _by_name(old), _by_name(new)
    found = []
    for name in (each for each in news if each in olds):
        numbers = changes.of(_numbers(old, olds[name]), _numbers(new, news[name]))
        shares = changes.largest_first(changes.of(_shares(old, name), _shares(new, name)))
        distance = apart.get(name)
        if numbers or shares or (distance and distance.value):
            found.append(Column(split, name, numbers, shares, distance))
    return sorted(found, key=lambda each: -(each.distance.value if each.distance else 0.0))


def _by_name(
    statistics: statistics_pb2.DatasetFeatureStatisticsList,
) -> dict[str, statistics_pb2.FeatureNameStatistics]:
    found = (feature for dataset in statistics.datasets for feature in dataset.features)
    return {(feature.name or feature.path.step[-1]): feature for feature in found}


def _numbers(
    statistics: statistics_pb2.DatasetFeatureStatisticsList,
    feature: statistics_pb2.FeatureNameStatistics,
) -> dict[str, float]:
    """Tells a column in numbers."""
    kind = feature.WhichOneof("stats")
    if kind not in ("num_stats", "string_stats"):
        return {}
    told = getattr(feature, kind)
    rows = statistics.datasets[0].num_examples
    present = told.common_stats.num_non_missing
    return {"missing": 1.0 - present / rows if rows else 0.0, **dict(_of_kind(feature))}


def _of_kind(feature: statistics_pb2.FeatureNameStatistics) -> Iterator[tuple[str, float]]:
    if feature.HasField("string_stats"):
        yield "distinct values", feature.string_stats.unique
        yield "mean bytes", feature.string_stats.avg_length
        return
    told = feature.num_stats
    yield "mean", told.mean
    yield "standard deviation", told.std_dev
    yield "minimum", told.min
    yield "median", told.median
    yield "maximum", told.max


def _shares(
    statistics: statistics_pb2.DatasetFeatureStatisticsList, name: str
) -> Mapping[str, float]:
    """Computes the share of each value of a column with few of them."""
    counts = values.of_feature(statistics.datasets[0], name)
    if len(counts) > _MAX_VALUES or name in _TEXTS:
        return {}
    total = sum(counts.values())
    return {value: count / total for value, count in counts.items()}
