"""The metrics of a task as one TFMA metric."""

import functools
from collections.abc import Mapping
from typing import Any

from tensorflow_model_analysis.metrics import metric_types

from schemas import tasks as tasks_lib
from trainer import tasks
from trainer.tasks import counted_metric, counted_rows


class TaskMetrics(metric_types.Metric):
    """Every metric that a task's counts give, each under its own key, in one pass.

    Args:
        settings: The fields of the task's settings.
        name: TFMA wants one.
    """

    def __init__(self, settings: Mapping[str, Any], name: str = "task"):
        super().__init__(_computations, settings=settings, name=name)


metric_types.register_metric(TaskMetrics)


def _computations(
    settings: Mapping[str, Any],
    name: str,
    eval_config: Any,
    model_names: list[str] | None = None,
    output_names: list[str] | None = None,
) -> metric_types.MetricComputations:
    """Makes one computation a model; the keys are the metrics' own names, not `name`."""
    del name
    task = tasks.get(tasks_lib.Settings.from_fields(settings))
    keys = (*task.contract.metrics(task.settings), *task.array_metrics)
    zeros = functools.partial(_zeros, settings=settings)
    return counted_metric.computations(keys, zeros, eval_config, model_names, output_names)


def _zeros(width: int, settings: Mapping[str, Any]) -> counted_rows.Counts:
    """Makes the counts of nothing seen, in whichever worker."""
    return tasks.get(tasks_lib.Settings.from_fields(settings)).counts(width)
