"""Reads what other components and the latest blessed model have written."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import tensorflow_data_validation as tfdv
from tensorflow_metadata.proto.v0 import anomalies_pb2, schema_pb2, statistics_pb2
from tfx import types
from tfx.dsl.io import fileio
from tfx.types import artifact_utils
from tfx.utils import io_utils

from components.data_gate import outcome, page_data
from components.statistics import text_statistics
from components.trainer import baseline
from schemas import features

_QUARANTINED_ROWS = "rows.jsonl"


def schema(artifact: types.Artifact) -> schema_pb2.Schema:
    """Reads a schema."""
    return tfdv.load_schema_text(io_utils.get_only_uri_in_dir(artifact.uri))


def statistics(
    artifact: types.Artifact,
) -> dict[str, statistics_pb2.DatasetFeatureStatisticsList]:
    """Reads TFDV's statistics of each split."""
    return {split: _statistics(artifact.uri, split) for split in _splits(artifact)}


def anomalies(artifact: types.Artifact) -> dict[str, anomalies_pb2.Anomalies]:
    """Reads what departs from the schema in each split."""
    return {split: _anomalies(artifact.uri, split) for split in _splits(artifact)}


def quarantine(artifact: types.Artifact) -> page_data.QuarantineSummary:
    """Reads the counts of quarantined rows, and the first of them."""
    rows = list(_first_quarantined(f"{artifact.uri}/{_QUARANTINED_ROWS}"))
    return page_data.QuarantineSummary(
        rows_in=artifact.rows_in, rows_out=artifact.rows_out, rows=artifact.rows, first=tuple(rows)
    )


def baseline_of(model: types.Artifact | None) -> outcome.Baseline | str:
    """Reads the statistics that a model was trained on, or says why there are none."""
    if model is None:
        return "there is no blessed model yet to compare with"
    if not fileio.exists(model.uri):
        return "the files of the latest blessed model are gone"
    if not baseline.is_kept(model.uri):
        return "the latest blessed model did not keep the statistics of its data"
    return outcome.Baseline(
        statistics=_statistics(baseline.statistics_dir(model.uri), features.TRAIN_SPLIT),
        text=text_statistics.read(baseline.text_statistics_dir(model.uri)),
    )


def _splits(artifact: types.Artifact) -> list[str]:
    return artifact_utils.decode_split_names(artifact.split_names)


def _statistics(directory: str, split: str) -> statistics_pb2.DatasetFeatureStatisticsList:
    path = io_utils.get_only_uri_in_dir(f"{directory}/Split-{split}")
    return tfdv.load_stats_binary(path)


def _anomalies(directory: str, split: str) -> anomalies_pb2.Anomalies:
    path = io_utils.get_only_uri_in_dir(f"{directory}/Split-{split}")
    with fileio.open(path, "rb") as file:
        return anomalies_pb2.Anomalies.FromString(file.read())


def _first_quarantined(path: str) -> Iterator[Mapping[str, Any]]:
    """Yields as many rows as the page shows; a quarantine without rows may have no file."""
    if not fileio.exists(path):
        return
    with contextlib.closing(fileio.open(path, "r")) as file:
        for line, _ in zip(file, range(page_data.MAX_QUARANTINE_ROWS), strict=False):
            yield json.loads(line)
