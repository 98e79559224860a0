"""The metrics of a regression as one TFMA metric."""

import functools
from typing import Any

from tensorflow_model_analysis.metrics import metric_types

from schemas import regression
from trainer.tasks import counted_metric, regression_counts


class RegressionMetrics(metric_types.Metric):
    """Every metric of `regression_counts`, each under its own key, in one pass.

    Args:
        targets: Names of the targets, in the order of the predictions.
        name: TFMA wants one.
    """

    def __init__(self, targets: list[str], name: str = "regression"):
        super().__init__(_computations, targets=targets, name=name)


metric_types.register_metric(RegressionMetrics)


def _computations(
    targets: list[str],
    name: str,
    eval_config: Any,
    model_names: list[str] | None = None,
    output_names: list[str] | None = None,
) -> metric_types.MetricComputations:
    """Makes one computation a model; the keys are the metrics' own names, not `name`."""
    del name
    keys = list(regression.metrics_of(targets))
    zeros = functools.partial(_zeros, targets=tuple(targets))
    return counted_metric.computations(keys, zeros, eval_config, model_names, output_names)


def _zeros(width: int, targets: tuple[str, ...]) -> regression_counts.Counts:
    """Makes the counts of nothing seen; the targets tell the width as well."""
    del width
    return regression_counts.Counts.zeros(targets)
