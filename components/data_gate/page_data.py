"""What the page of the data shows, gathered; `page.write` renders it."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from tensorflow_metadata.proto.v0 import schema_pb2, statistics_pb2

from components.data_gate import findings as findings_lib
from components.statistics import text_statistics

MAX_QUARANTINE_ROWS = 50  # on the page; the quarantine itself holds all


@dataclasses.dataclass(frozen=True)
class QuarantineSummary:
    """What Ingest could not use.

    Attributes:
        rows_in: Rows that the files have.
        rows_out: Rows that became examples.
        rows: Rows that were quarantined; `rows_in = rows_out + rows`.
        first: The first `MAX_QUARANTINE_ROWS` quarantined rows as they stand in `rows.jsonl`.
    """

    rows_in: int
    rows_out: int
    rows: int
    first: tuple[Mapping[str, Any], ...] = ()


@dataclasses.dataclass(frozen=True)
class PageData:
    """All that the page shows.

    Attributes:
        name: The pipeline's name.
        statistics: Split to TFDV's statistics of it (one dataset in each list).
        text: Statistics of the texts, all splits.
        findings: What the gate found.
        quarantine: What Ingest could not use.
        schema: The schema that the data was compared with.
    """

    name: str
    statistics: Mapping[str, statistics_pb2.DatasetFeatureStatisticsList]
    text: text_statistics.TextStatistics
    findings: findings_lib.Findings
    quarantine: QuarantineSummary
    schema: schema_pb2.Schema
