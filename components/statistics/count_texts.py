"""Texts counted in Beam: batches in, the counts of all splits out."""

import functools
from collections.abc import Iterable, Iterator, Sequence

import apache_beam as beam
import pyarrow as pa
from apache_beam.transforms import window
from apache_beam.utils import windowed_value

from components.statistics import columns, counting
from components.statistics import settings as settings_lib

# Batches are put together until they have one or the other, so that what a call of the graph
# costs is shared by many rows, and long rows do not fill the memory.
_ROWS_AT_ONCE = 4096
_BYTES_AT_ONCE = 8 << 20

Counts = dict[str, counting.TextCounts]


class CountTexts(beam.PTransform):
    """Pairs of a split and a record batch in; one `Counts` out, with every split in it.

    Args:
        splits: Their names; one that has no rows has empty counts.
        settings: What is counted.
    """

    def __init__(self, splits: Sequence[str], settings: settings_lib.TextSettings) -> None:
        super().__init__()
        self._splits = list(splits)
        self._settings = settings

    def expand(self, batches: beam.PCollection) -> beam.PCollection:
        """Counts in bundles, then merges."""
        return (
            batches
            | "Count" >> beam.ParDo(_Count(self._settings))
            | "Merge" >> beam.CombineGlobally(Merge(self._splits))
        )


class _Count(beam.DoFn):
    """Batches in; one `(split, counts)` for each split of a bundle out."""

    def __init__(self, settings: settings_lib.TextSettings) -> None:
        self._settings = settings

    def setup(self) -> None:
        """Takes the graph."""
        self._counter = _counter(self._settings.to_json())

    def start_bundle(self) -> None:
        """Begins to count."""
        self._counts: Counts = {}
        self._waiting: dict[str, list[columns.Rows]] = {}

    def process(
        self, element: tuple[str, pa.RecordBatch]
    ) -> Iterable[windowed_value.WindowedValue]:
        """Counts the rows of a batch, or keeps them until there are enough."""
        split, batch = element
        waiting = self._waiting.setdefault(split, [])
        waiting.append(columns.rows_of(batch, self._settings))
        if (
            sum(len(rows.texts) for rows in waiting) >= _ROWS_AT_ONCE
            or sum(rows.texts.nbytes for rows in waiting) >= _BYTES_AT_ONCE
        ):
            self._count(split)
        return ()

    def finish_bundle(self) -> Iterator[windowed_value.WindowedValue]:
        """Yields what was counted."""
        for split in list(self._waiting):
            self._count(split)
        while self._counts:  # what is sent is kept no longer
            split, counts = self._counts.popitem()
            counts.compact()
            yield windowed_value.WindowedValue(
                (split, counts), window.MIN_TIMESTAMP, [window.GlobalWindow()]
            )

    def _count(self, split: str) -> None:
        counts = self._counts.setdefault(split, counting.TextCounts())
        if waiting := self._waiting.pop(split):
            self._counter.count(columns.joined(waiting), counts)


@functools.cache
def _counter(settings: str) -> counting.Counter:
    """Makes the graph once in a process: tracing it takes longer than thousands of rows."""
    return counting.Counter(settings_lib.TextSettings.from_json(settings).tokenizer_config)


class Merge(beam.CombineFn):
    """Joins the counts of each split, in any order.

    Args:
        splits: Their names.
    """

    def __init__(self, splits: Sequence[str]) -> None:
        self._splits = list(splits)

    def create_accumulator(self) -> Counts:
        """Starts with nothing."""
        return {split: counting.TextCounts() for split in self._splits}

    def add_input(self, accumulator: Counts, counted: tuple[str, counting.TextCounts]) -> Counts:
        """Adds the counts of a bundle."""
        split, counts = counted
        accumulator[split].merge(counts)
        return accumulator

    def merge_accumulators(self, accumulators: Iterable[Counts]) -> Counts:
        """Adds the counts of several workers."""
        merged = self.create_accumulator()
        for accumulator in accumulators:
            for split, counts in accumulator.items():
                merged[split].merge(counts)
        return merged

    def compact(self, accumulator: Counts) -> Counts:
        """Makes the counts small before they are sent."""
        for counts in accumulator.values():
            counts.compact()
        return accumulator

    def extract_output(self, accumulator: Counts) -> Counts:
        """Returns the counts of all splits."""
        return accumulator
