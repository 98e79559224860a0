"""TFDV's statistics of all splits, in one pass, written as TFX writes them."""

import os
from collections.abc import Mapping

import apache_beam as beam
import pyarrow as pa
import tensorflow_data_validation as tfdv
from tensorflow_data_validation.statistics import stats_impl
from tensorflow_metadata.proto.v0 import statistics_pb2
from tfx.components.statistics_gen import executor as tfx_executor
from tfx.dsl.io import fileio

from components.statistics import columns


class WriteStatistics(beam.PTransform):
    """Pairs of a split and a record batch in; a file of statistics for each split out.

    Splits are what TFDV calls slices, so that one graph counts all of them: to make, to send and to
    start one of TFDV's graphs takes as long as to count thousands of rows.

    Sketches count the top values: without them TFDV sends each value, and so each text, through a
    shuffle. They are exact for features of fewer than 16,384 values.

    Args:
        directories: Split to the directory that its file is written to, path or URI.
    """

    def __init__(self, directories: Mapping[str, str]) -> None:
        super().__init__()
        self._directories = directories

    def expand(self, batches: beam.PCollection) -> beam.PCollection:
        """Counts and writes."""
        options = tfdv.StatsOptions(use_sketch_based_topk_uniques=True)
        return (
            batches
            | "WithoutOrigin" >> beam.MapTuple(_without_origin)
            | "Generate"
            >> stats_impl.GenerateSlicedStatisticsImpl(options, is_slicing_enabled=True)
            | "Write" >> beam.Map(write, self._directories)
        )


def _without_origin(split: str, batch: pa.RecordBatch) -> tuple[str, pa.RecordBatch]:
    return split, columns.without_origin(batch)


def write(
    statistics: statistics_pb2.DatasetFeatureStatisticsList, directories: Mapping[str, str]
) -> None:
    """Writes the statistics of each split, those of no rows for one that has none.

    Args:
        statistics: One dataset a split, by whose name it is called.
        directories: Split to directory.
    """
    by_split = {dataset.name: dataset for dataset in statistics.datasets}
    for split, directory in directories.items():
        dataset = by_split.get(split, statistics_pb2.DatasetFeatureStatistics())
        dataset.name = ""  # as it is where nothing is sliced
        alone = statistics_pb2.DatasetFeatureStatisticsList(datasets=[dataset])
        fileio.makedirs(directory)
        path = os.path.join(directory, tfx_executor.DEFAULT_FILE_NAME)  # noqa: PTH118 - may be a URI
        with fileio.open(path, "wb") as file:
            file.write(alone.SerializeToString())
