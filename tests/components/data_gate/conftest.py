"""Honest data, and what to change about it."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import pytest
import tensorflow_data_validation as tfdv
from tensorflow_metadata.proto.v0 import schema_pb2, statistics_pb2

from components.data_gate import outcome
from components.statistics import text_statistics

_ROWS = {"train": 8000, "eval": 1000, "test": 1000}
_SHARES = (
    *("near_empty", "control_characters", "duplicates", "near_duplicates", "conflicts"),
    "truncated",
)


@pytest.fixture(scope="session")
def make_split() -> Callable[..., text_statistics.SplitText]:
    """Gives `make(rows, **changes)`: a split whose shares are all 0."""

    def make(rows: int, **changes: Any) -> text_statistics.SplitText:
        lengths = text_statistics.Histogram((0.0, 10.0), (rows,), 5.0, 5.0, 9.0, 10.0)
        unigrams = (10 * rows, 5 * rows, 0, rows)
        values: dict[str, Any] = {
            "rows": rows,
            "characters": lengths,
            "tokens": lengths,
            **{name: text_statistics.Share(0, rows) for name in _SHARES},
            "unknown_tokens": text_statistics.Share(0, 16 * rows),
            "labels": {"good": rows - rows // 2, "bad": rows // 2} if rows else {},
            "unigrams": unigrams,
            "top_words": {"the": 10 * rows, "film": 5 * rows, "warm": rows} if rows else {},
        }
        return text_statistics.SplitText(**{**values, **changes})

    return make


@pytest.fixture(scope="session")
def make_statistics() -> Callable[..., statistics_pb2.DatasetFeatureStatisticsList]:
    """Gives `make(columns)`: TFDV's statistics of a table."""

    def make(
        columns: Mapping[str, Sequence[Any]],
    ) -> statistics_pb2.DatasetFeatureStatisticsList:
        return tfdv.generate_statistics_from_dataframe(pd.DataFrame(columns), n_jobs=1)

    return make


@pytest.fixture
def make_data(make_split: Callable[..., text_statistics.SplitText]) -> Callable[..., outcome.Data]:
    """Gives `make(splits, **changes)`: honest data, splits replaced as said."""

    def find_rows(
        split: str, judges: Mapping[str, outcome.Judge]
    ) -> dict[str, tuple[text_statistics.RowExample, ...]]:
        return dict.fromkeys(judges, ())

    def make(splits: Mapping[str, Mapping[str, Any]] | None = None, **changes: Any) -> outcome.Data:
        made = {
            name: make_split(**{"rows": rows, **(splits or {}).get(name, {})})
            for name, rows in _ROWS.items()
        }
        overlaps = [
            text_statistics.Overlap(
                split, other, *(text_statistics.Share(0, made[split].rows) for _ in range(2))
            )
            for split, other in (("eval", "train"), ("test", "train"), ("test", "eval"))
        ]
        data = outcome.Data(
            statistics={},
            text=text_statistics.TextStatistics(made, tuple(overlaps)),
            schema=schema_pb2.Schema(),
            anomalies={},
            baseline="there is no blessed model yet to compare with",
            find_rows=find_rows,
        )
        return dataclasses.replace(data, **changes)

    return make


@pytest.fixture
def leak(make_data: Callable[..., outcome.Data]) -> Callable[..., outcome.Data]:
    """Gives `make(field, split, other, share)`: data with that overlap, `exact` or `near`."""

    def make(field: str, split: str, other: str, share: text_statistics.Share) -> outcome.Data:
        data = make_data()
        overlaps = tuple(
            dataclasses.replace(over, **{field: share})
            if (over.split, over.other) == (split, other)
            else over
            for over in data.text.overlaps
        )
        return dataclasses.replace(data, text=dataclasses.replace(data.text, overlaps=overlaps))

    return make
