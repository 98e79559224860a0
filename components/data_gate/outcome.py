"""What checks take and what they give."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from tensorflow_metadata.proto.v0 import anomalies_pb2, schema_pb2, statistics_pb2

from components.statistics import text_statistics

Value = bytes | float | int
# Says of a row's values, by feature, what is wrong; empty if nothing is.
Judge = Callable[[Mapping[str, Sequence[Value]]], str]
# Finds rows of a split: what to look for, by any name, to the first rows that it is true of.
FindRows = Callable[[str, Mapping[str, Judge]], dict[str, tuple[text_statistics.RowExample, ...]]]


@dataclasses.dataclass(frozen=True)
class Baseline:
    """The data that the latest blessed model was trained on.

    Attributes:
        statistics: TFDV's, of its train split.
        text: Of its texts.
    """

    statistics: statistics_pb2.DatasetFeatureStatisticsList
    text: text_statistics.TextStatistics


@dataclasses.dataclass(frozen=True)
class Data:
    """All that is known of the data.

    Attributes:
        statistics: Split to TFDV's statistics, one dataset each.
        text: Of the texts.
        schema: What the data was compared with.
        anomalies: Split to what departs from the schema.
        baseline: The data to compare with, or why there is none.
        find_rows: Looks rows up; it reads the examples, so it is asked only for what broke.
        labels: All labels that there may be, in the order of their ids; None where train's are.
    """

    statistics: Mapping[str, statistics_pb2.DatasetFeatureStatisticsList]
    text: text_statistics.TextStatistics
    schema: schema_pb2.Schema
    anomalies: Mapping[str, anomalies_pb2.Anomalies]
    baseline: Baseline | str
    find_rows: FindRows
    labels: tuple[str, ...] | None = None


@dataclasses.dataclass(frozen=True)
class Violation:
    """A check that does not hold; `findings.Finding` is what it becomes.

    Attributes:
        message: What broke, and how far.
        remedy: What would accept it.
        rows: Which rows.
        is_warning: Whether it stops no run, whatever the check's level.
    """

    message: str
    remedy: str
    rows: tuple[text_statistics.RowExample, ...] = ()
    is_warning: bool = False


@dataclasses.dataclass(frozen=True)
class NotChecked:
    """A check that could not be made.

    Attributes:
        reason: Why.
    """

    reason: str


Outcome = Sequence[Violation] | NotChecked
