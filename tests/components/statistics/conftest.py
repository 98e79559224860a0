"""Rows counted as StatisticsGen counts them, without Beam."""

from collections.abc import Callable, Sequence

import pyarrow as pa
import pytest

from components.statistics import columns, counting
from components.transform import config as config_lib

Row = tuple[str, str | None, str]
Count = Callable[..., counting.TextCounts]


def _rows(rows: Sequence[Row]) -> columns.Rows:
    def column(values: Sequence[str | None]) -> pa.Array:
        return pa.array([value and value.encode() for value in values], pa.binary())

    texts, labels, origins = zip(*rows, strict=True) if rows else ((), (), ())
    return columns.Rows(column(texts), column(labels), column(origins))


@pytest.fixture(scope="session")
def count() -> Count:
    """Gives `count(rows, batch=1000, config=TokenizerConfig())`.

    A row is `(text, label or None, origin)`; texts are counted `batch` at a time.
    """
    counters: dict[str, counting.Counter] = {}

    def run(
        rows: Sequence[Row], batch: int = 1000, config: config_lib.TokenizerConfig | None = None
    ) -> counting.TextCounts:
        config = config or config_lib.TokenizerConfig()
        counter = counters.setdefault(config.model_dump_json(), counting.Counter(config))
        counts = counting.TextCounts()
        for start in range(0, len(rows), batch):
            counter.count(_rows(rows[start : start + batch]), counts)
        return counts

    return run


@pytest.fixture(scope="session")
def count_texts(count: Count) -> Count:
    """Gives `count_texts(texts, ...)`: rows without a label, named `t.csv:1` and so on."""

    def run(texts: Sequence[str], **settings: object) -> counting.TextCounts:
        return count([(text, None, f"t.csv:{i}") for i, text in enumerate(texts, 1)], **settings)

    return run
