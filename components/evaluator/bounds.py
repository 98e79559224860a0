"""Bounds that are told when a compiled pipeline is submitted, in place of the config's."""

from collections.abc import Mapping
from typing import Any

from tensorflow_model_analysis.proto import config_pb2

FLOOR = "floor_{}"  # of a metric, on all rows
CEILING = "ceiling_{}"
MAX_DROP = "max_drop"


def names(floors: Mapping[str, float], ceilings: Mapping[str, float]) -> dict[str, float]:
    """Lists the names by which bounds on all rows are told, and what each is unless told.

    Args:
        floors: Metric to its lowest value.
        ceilings: Metric to its highest value.
    """
    return {
        **{FLOOR.format(metric): value for metric, value in floors.items()},
        **{CEILING.format(metric): value for metric, value in ceilings.items()},
    }


def apply(config: config_pb2.EvalConfig, told: Mapping[str, Any]) -> None:
    """Sets those bounds of an Evaluator's config on all rows that are told.

    Args:
        config: What to set them in.
        told: Names, as `names` lists them, or `max_drop`, to values; others are let be.
    """
    for spec in config.metrics_specs:
        for metric, of_slices in spec.per_slice_thresholds.items():
            for of_slice in of_slices.thresholds:
                if not any(slicing.feature_keys for slicing in of_slice.slicing_specs):
                    _set(of_slice.threshold, metric, told)


def _set(threshold: config_pb2.MetricThreshold, metric: str, told: Mapping[str, Any]) -> None:
    value, change = threshold.value_threshold, threshold.change_threshold
    if value.HasField("lower_bound") and FLOOR.format(metric) in told:
        value.lower_bound.value = told[FLOOR.format(metric)]
    if value.HasField("upper_bound") and CEILING.format(metric) in told:
        value.upper_bound.value = told[CEILING.format(metric)]
    if threshold.HasField("change_threshold") and MAX_DROP in told:
        higher = change.direction == config_pb2.MetricDirection.HIGHER_IS_BETTER
        change.absolute.value = -told[MAX_DROP] if higher else told[MAX_DROP]
