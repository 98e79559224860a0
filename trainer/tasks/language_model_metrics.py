"""The metrics of a language model as one TFMA metric."""

from typing import Any

from tensorflow_model_analysis.metrics import metric_types

from schemas import language_model
from trainer.tasks import counted_metric, language_model_counts


class LanguageModelMetrics(metric_types.Metric):
    """Every metric of `language_model_counts`, each under its own key, in one pass.

    Args:
        name: TFMA wants one.
    """

    def __init__(self, name: str = "language_model"):
        super().__init__(_computations, name=name)


metric_types.register_metric(LanguageModelMetrics)


def _computations(
    name: str,
    eval_config: Any,
    model_names: list[str] | None = None,
    output_names: list[str] | None = None,
) -> metric_types.MetricComputations:
    """Makes one computation a model; the keys are the metrics' own names, not `name`."""
    del name
    return counted_metric.computations(
        language_model.METRICS, _zeros, eval_config, model_names, output_names
    )


def _zeros(width: int) -> language_model_counts.Counts:
    """Makes the counts of nothing seen, whose width is always the same."""
    del width
    return language_model_counts.Counts.zeros()
