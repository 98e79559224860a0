"""Reads what TFMA has written, and the bounds it was given."""

from collections.abc import Iterator

import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.proto import config_pb2, metrics_for_slice_pb2
from tfx.utils import io_utils

from components.evaluator import verdict


def write_verdict(evaluation_dir: str, judgement: verdict.Verdict) -> None:
    """Writes the verdict beside the evaluation, wherever that lies."""
    io_utils.write_string_file(f"{evaluation_dir}/{verdict.FILE_NAME}", judgement.to_json())


def read_verdict(evaluation_dir: str) -> verdict.Verdict:
    """Reads the verdict that lies beside an evaluation."""
    return verdict.Verdict.from_json(
        io_utils.read_string_file(f"{evaluation_dir}/{verdict.FILE_NAME}")
    )


def values(evaluation_dir: str) -> list[verdict.Value]:
    """Reads every scalar metric of every slice, the candidate's beside the baseline's."""
    rows: list[verdict.Value] = []
    for of_slice in tfma.load_metrics(evaluation_dir):
        candidate: dict[str, float | None] = {}
        baseline: dict[str, float | None] = {}
        for entry in of_slice.metric_keys_and_values:
            if entry.value.WhichOneof("type") != "double_value" or entry.key.is_diff:
                continue
            side = baseline if entry.key.model_name == tfma.BASELINE_KEY else candidate
            side[entry.key.name] = verdict.finite(entry.value.double_value.value)
        name = _slice_name(of_slice.slice_key)
        rows += [verdict.Value(name, m, v, baseline.get(m)) for m, v in candidate.items()]
    # TFMA writes slices in the order in which its workers end.
    return sorted(rows, key=lambda row: (row.slice != verdict.ALL_ROWS, row.slice))


def confusion_matrix(evaluation_dir: str) -> tuple[tuple[float, ...], ...]:
    """Reads the candidate's confusion matrix on all rows; empty where the task has none."""
    for of_slice in tfma.load_metrics(evaluation_dir):
        for entry in of_slice.metric_keys_and_values:
            key = entry.key
            ours = key.model_name != tfma.BASELINE_KEY and not key.is_diff
            if key.name == "confusion_matrix" and ours and not of_slice.slice_key.single_slice_keys:
                counts = entry.value.array_value
                width = counts.shape[-1]
                cells = tuple(counts.float64_values)
                return tuple(cells[i : i + width] for i in range(0, len(cells), width))
    return ()


def rules(config: config_pb2.EvalConfig) -> list[verdict.Rule]:
    """Lists the bounds on the task's metrics in TFMA's config."""
    found: list[verdict.Rule] = []
    for spec in config.metrics_specs:
        for metric, of_slices in spec.per_slice_thresholds.items():
            for of_slice in of_slices.thresholds:
                for slicing in of_slice.slicing_specs:
                    column = "".join(slicing.feature_keys)
                    found += _rules(metric, column, of_slice.threshold)
    return found


def _rules(
    metric: str, column: str, threshold: config_pb2.MetricThreshold
) -> Iterator[verdict.Rule]:
    value, change = threshold.value_threshold, threshold.change_threshold
    if value.HasField("lower_bound"):
        yield verdict.Rule(metric, "floor", value.lower_bound.value, True, column)
    if value.HasField("upper_bound"):
        yield verdict.Rule(metric, "ceiling", value.upper_bound.value, False, column)
    if threshold.HasField("change_threshold"):
        higher = change.direction == config_pb2.MetricDirection.HIGHER_IS_BETTER
        yield verdict.Rule(metric, "max_drop", abs(change.absolute.value), higher, column)


def _slice_name(key: metrics_for_slice_pb2.SliceKey) -> str:
    """Names a slice: `all rows`, or column=value."""
    parts = [f"{part.column}={_slice_value(part)}" for part in key.single_slice_keys]
    return ", ".join(parts) or verdict.ALL_ROWS


def _slice_value(part: metrics_for_slice_pb2.SingleSliceKey) -> str:
    kind = part.WhichOneof("kind")
    value = getattr(part, kind)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
