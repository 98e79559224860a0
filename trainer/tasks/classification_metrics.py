"""The classifier's metrics as one TFMA metric."""

from typing import Any

from tensorflow_model_analysis.metrics import metric_types

from schemas import classification
from trainer.tasks import classification_counts, counted_metric

ARRAYS = ("confusion_matrix",)


class ClassificationMetrics(metric_types.Metric):
    """Every metric of `classification_counts`, each under its own key, in one pass."""

    def __init__(self, name: str = "classification"):
        super().__init__(_computations, name=name)


metric_types.register_metric(ClassificationMetrics)


def _computations(
    name: str,
    eval_config: Any,
    model_names: list[str] | None = None,
    output_names: list[str] | None = None,
) -> metric_types.MetricComputations:
    """Makes one computation a model; the keys are the metrics' own names, not `name`."""
    del name
    return counted_metric.computations(
        (*classification.ONE_LABEL, *ARRAYS),
        classification_counts.Counts.zeros,
        eval_config,
        model_names,
        output_names,
    )
