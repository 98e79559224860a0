"""The Beam side of StatisticsGen: each split is read once, for TFDV and for the texts."""

import functools
import os
from collections.abc import Iterable, Iterator
from typing import Any

import apache_beam as beam
import pyarrow as pa
import tensorflow_data_validation as tfdv
from absl import logging
from apache_beam.transforms import window
from apache_beam.utils import windowed_value
from tfx import types
from tfx.components.statistics_gen import executor as tfx_executor
from tfx.components.util import tfxio_utils
from tfx.dsl.components.base import base_beam_executor
from tfx.types import artifact_utils, standard_component_specs

from components.statistics import columns, counting, summary, text_statistics
from components.statistics import settings as settings_lib
from schemas import features

TEXT_SETTINGS_KEY = "text_settings"
TEXT_STATISTICS_KEY = "text_statistics"
_TELEMETRY = ["StatisticsGen"]  # what TFX's own calls itself

# Batches are put together until they have one or the other, so that what a call of the graph
# costs is shared by many rows, and long rows do not fill the memory.
_ROWS_AT_ONCE = 4096
_BYTES_AT_ONCE = 8 << 20

Counts = dict[str, counting.TextCounts]


class Executor(base_beam_executor.BaseBeamExecutor):
    """Writes TFDV's statistics as TFX's executor does, and text statistics beside them."""

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Counts all splits of the examples."""
        self._log_startup(input_dict, output_dict, exec_properties)
        settings = settings_lib.TextSettings.from_json(exec_properties[TEXT_SETTINGS_KEY])
        examples = artifact_utils.get_single_instance(
            input_dict[standard_component_specs.EXAMPLES_KEY]
        )
        statistics = output_dict[standard_component_specs.STATISTICS_KEY]
        artifact = artifact_utils.get_single_instance(statistics)
        artifact.split_names = examples.split_names
        artifact.span = examples.span
        splits = _in_order(artifact_utils.decode_split_names(examples.split_names))
        with self._make_beam_pipeline() as pipeline:
            counted = []
            for split in splits:
                source = tfxio_utils.get_split_tfxio([examples], split, _TELEMETRY).BeamSource()
                batches = pipeline | f"Read[{split}]" >> source
                path = _path(artifact_utils.get_split_uri(statistics, split))
                _ = batches | f"Statistics[{split}]" >> _WriteStatistics(path)
                counted.append(
                    batches | f"CountTexts[{split}]" >> beam.ParDo(_CountTexts(split, settings))
                )
            directory = artifact_utils.get_single_uri(output_dict[TEXT_STATISTICS_KEY])
            _ = (
                counted
                | "Flatten" >> beam.Flatten(pipeline=pipeline)
                | "Merge" >> beam.CombineGlobally(_Merge(splits))
                | "WriteTexts" >> beam.Map(_write, settings, directory)
            )


class _WriteStatistics(beam.PTransform):
    """Batches in; TFDV's statistics, in a file, out."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def expand(self, batches: beam.PCollection) -> beam.PCollection:
        """Counts and writes.

        Sketches count the top values: without them TFDV sends each value, and so each text, through
        a shuffle. They are exact for features of fewer than 16,384 values.
        """
        return (
            batches
            | "WithoutOrigin" >> beam.Map(columns.without_origin)
            | "Generate"
            >> tfdv.GenerateStatistics(tfdv.StatsOptions(use_sketch_based_topk_uniques=True))
            | "Write" >> tfdv.WriteStatisticsToBinaryFile(self._path)
        )


class _CountTexts(beam.DoFn):
    """Batches in; one `(split, counts)` a bundle out."""

    def __init__(self, split: str, settings: settings_lib.TextSettings) -> None:
        self._split = split
        self._settings = settings

    def setup(self) -> None:
        """Takes the graph, which the splits share."""
        self._counter = _counter(self._settings.to_json())

    def start_bundle(self) -> None:
        """Begins to count."""
        self._counts = counting.TextCounts()
        self._rows: list[columns.Rows] = []

    def process(self, batch: pa.RecordBatch) -> Iterable[windowed_value.WindowedValue]:
        """Counts the rows of a batch, or keeps them until there are enough."""
        self._rows.append(columns.rows_of(batch, self._settings))
        if (
            sum(len(rows.texts) for rows in self._rows) >= _ROWS_AT_ONCE
            or sum(rows.texts.nbytes for rows in self._rows) >= _BYTES_AT_ONCE
        ):
            self._count()
        return ()

    def finish_bundle(self) -> Iterator[windowed_value.WindowedValue]:
        """Yields what was counted."""
        self._count()
        self._counts.compact()
        yield windowed_value.WindowedValue(
            (self._split, self._counts), window.MIN_TIMESTAMP, [window.GlobalWindow()]
        )

    def _count(self) -> None:
        if self._rows:
            self._counter.count(columns.joined(self._rows), self._counts)
        self._rows = []


@functools.cache
def _counter(settings: str) -> counting.Counter:
    """Makes the graph once in a process: tracing it takes longer than thousands of rows."""
    return counting.Counter(settings_lib.TextSettings.from_json(settings).tokenizer_config)


class _Merge(beam.CombineFn):
    """Joins the counts of each split; a split without rows has empty ones."""

    def __init__(self, splits: list[str]) -> None:
        self._splits = splits

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


def _write(counts: Counts, settings: settings_lib.TextSettings, directory: str) -> None:
    text_statistics.write(directory, summary.summarize(counts, settings))
    logging.info("Text statistics written to %s.", directory)


def _in_order(splits: list[str]) -> list[str]:
    """Puts train, eval and test first, whatever order they were named in."""
    known = [split for split in features.SPLITS if split in splits]
    return [*known, *sorted(set(splits) - set(known))]


def _path(split_uri: str) -> str:
    return os.path.join(split_uri, tfx_executor.DEFAULT_FILE_NAME)  # noqa: PTH118 - may be a URI
