"""TFDV's statistics of each feature, beside each other by split, as the page shows them."""

import dataclasses
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from tensorflow_metadata.proto.v0 import statistics_pb2

from components.data_gate import page_bars, page_charts
from components.pages import spelling
from schemas import features as feature_names

MAX_TOP_VALUES = 10
ABSENT = "–"
_MANY = 100  # different values; of fewer the most frequent are worth a look

_KINDS = {
    statistics_pb2.FeatureNameStatistics.INT: "whole number",
    statistics_pb2.FeatureNameStatistics.FLOAT: "number",
    statistics_pb2.FeatureNameStatistics.STRING: "text",
    statistics_pb2.FeatureNameStatistics.BYTES: "bytes",
    statistics_pb2.FeatureNameStatistics.STRUCT: "structure",
}

_NUMBERS = {
    "Mean": "mean",
    "Standard deviation": "std_dev",
    "Least": "min",
    "Median": "median",
    "Greatest": "max",
}

_Statistics: TypeAlias = statistics_pb2.FeatureNameStatistics
_BySplit: TypeAlias = Mapping[str, _Statistics | None]
Fact: TypeAlias = tuple[str, tuple[str, ...]]


@dataclasses.dataclass(frozen=True)
class Feature:
    """A feature as shown.

    Attributes:
        name: Its name.
        kind: Its type in words.
        facts: Name of a figure, and the figure for each split.
        histogram: Of a number.
        top: The most frequent values of a text; None where values are nearly all different.
    """

    name: str
    kind: str
    facts: tuple[Fact, ...]
    histogram: page_charts.Histogram | None = None
    top: page_bars.Bars | None = None


def order(splits: Iterable[str]) -> tuple[str, ...]:
    """Sorts splits as they are dealt out: train, eval, test; others after them by name."""
    known = feature_names.SPLITS
    return tuple(sorted(splits, key=lambda name: (known.index(name) if name in known else 3, name)))


def gather(
    statistics: Mapping[str, statistics_pb2.DatasetFeatureStatisticsList], splits: Sequence[str]
) -> list[Feature]:
    """Puts what TFDV says of each feature in each split together.

    Args:
        statistics: Split to its statistics; a split without any has none of the features.
        splits: Their order.

    Returns:
        The features in the order in which they are met.
    """
    found: dict[str, dict[str, _Statistics]] = {}
    for split in splits:
        for dataset in getattr(statistics.get(split), "datasets", ())[:1]:
            for feature in dataset.features:
                found.setdefault(_name(feature), {})[split] = feature
    return [
        _feature(name, {split: by_split.get(split) for split in splits})
        for name, by_split in found.items()
    ]


def _feature(name: str, by_split: _BySplit) -> Feature:
    known = [each for each in by_split.values() if each is not None]
    kind = " or ".join(dict.fromkeys(_KINDS.get(each.type, "unknown") for each in known))
    facts = [
        ("Values", tuple(_values(each) if each else ABSENT for each in by_split.values())),
        ("Missing", tuple(_missing(each) if each else ABSENT for each in by_split.values())),
    ]
    if any(each.HasField("num_stats") for each in known):
        histogram = page_charts.histogram(_distributions(by_split), "")
        return Feature(name, kind, (*facts, *_number_facts(by_split)), histogram=histogram)
    if any(each.HasField("string_stats") for each in known):
        return Feature(name, kind, (*facts, *_text_facts(by_split)), top=_top_values(by_split))
    return Feature(name, kind, (*facts, *_bytes_facts(by_split)))


def _number_facts(by_split: _BySplit) -> Iterator[Fact]:
    for name, field in _NUMBERS.items():
        yield _fact(name, by_split, _figure("num_stats", field, spelling.number))
    yield _fact("Zeros", by_split, lambda each: _of_values(each, each.num_stats.num_zeros))
    if any(map(_not_a_number, filter(None, by_split.values()))):
        yield _fact("Not a number", by_split, lambda each: _of_values(each, _not_a_number(each)))


def _text_facts(by_split: _BySplit) -> Iterator[Fact]:
    yield _fact("Different values", by_split, _different)
    length = _figure("string_stats", "avg_length", spelling.number)
    yield _fact("Mean length, bytes", by_split, length)


def _different(each: _Statistics) -> str:
    """Tells how many values differ; TFDV's estimate of many may be more than there are."""
    found = each.string_stats
    return spelling.count(min(found.unique, found.common_stats.tot_num_values))


def _bytes_facts(by_split: _BySplit) -> Iterator[Fact]:
    if any(each.HasField("bytes_stats") for each in by_split.values() if each):
        different = _figure("bytes_stats", "unique", spelling.count)
        yield _fact("Different values", by_split, different)
        length = _figure("bytes_stats", "avg_num_bytes", spelling.number)
        yield _fact("Mean length, bytes", by_split, length)


def _figure(kind: str, field: str, spell: Callable[[float], str]) -> Callable[[_Statistics], str]:
    return lambda each: spell(getattr(getattr(each, kind), field))


def _fact(name: str, by_split: _BySplit, spell: Callable[[_Statistics], str]) -> Fact:
    """Spells one figure of each split; of no values there is none."""
    return name, tuple(
        spell(each) if each and _common(each).num_non_missing else ABSENT
        for each in by_split.values()
    )


def _values(statistics: _Statistics) -> str:
    return spelling.count(_common(statistics).num_non_missing)


def _missing(statistics: _Statistics) -> str:
    common = _common(statistics)
    return _part(common.num_missing, common.num_missing + common.num_non_missing)


def _of_values(statistics: _Statistics, count: int) -> str:
    return _part(count, _common(statistics).num_non_missing)


def _part(count: int, whole: int) -> str:
    share = f" ({spelling.percent(count / whole)})" if count and whole else ""
    return spelling.count(count) + share


def _not_a_number(statistics: _Statistics) -> int:
    histogram = _standard(statistics)
    return histogram.num_nan if histogram else 0


def _standard(statistics: _Statistics) -> statistics_pb2.Histogram | None:
    """The histogram with buckets of equal width; TFDV makes one with equal counts, too."""
    standard = statistics_pb2.Histogram.STANDARD
    return next((each for each in statistics.num_stats.histograms if each.type == standard), None)


def _distributions(by_split: _BySplit) -> list[page_charts.Distribution]:
    found = []
    for split, statistics in by_split.items():
        histogram = _standard(statistics) if statistics else None
        buckets = [
            bucket
            for bucket in (histogram.buckets if histogram else ())
            if math.isfinite(bucket.low_value) and math.isfinite(bucket.high_value)
        ]
        if statistics and buckets:
            edges = [bucket.low_value for bucket in buckets] + [buckets[-1].high_value]
            counts = [bucket.sample_count for bucket in buckets]
            median = statistics.num_stats.median
            found.append(page_charts.Distribution(split, edges, counts, median))
    return found


def _top_values(by_split: _BySplit) -> page_bars.Bars | None:
    """Compares the most frequent values; None where values hardly ever stand twice, as of texts."""
    known = [each for each in by_split.values() if each]
    tops = [top.frequency for each in known for top in each.string_stats.top_values]
    if any(map(_nearly_all_different, known)) or max(tops, default=0) < 2:
        return None
    counts: list[dict[str, int]] = []
    complete: list[bool] = []
    for statistics in by_split.values():
        found = statistics.string_stats if statistics else statistics_pb2.StringStatistics()
        counts.append({each.value: round(each.frequency) for each in found.top_values})
        complete.append(found.unique <= len(found.top_values))
    totals = [_common(each).num_non_missing if each else 0 for each in by_split.values()]
    return page_bars.compare(counts, totals, MAX_TOP_VALUES, complete)


def _nearly_all_different(statistics: _Statistics) -> bool:
    """Whether there are many values of which the most frequent say nothing.

    Of very many values TFDV estimates counts in bounded memory: where they are nearly all different
    it may tell too high ones, and of which values is chance.
    """
    different = statistics.string_stats.unique
    return different > _MANY and 2 * different > _common(statistics).num_non_missing


def _name(statistics: _Statistics) -> str:
    return statistics.name or ".".join(statistics.path.step)


def _common(statistics: _Statistics) -> statistics_pb2.CommonStatistics:
    kind = statistics.WhichOneof("stats")
    return getattr(statistics, kind).common_stats if kind else statistics_pb2.CommonStatistics()
