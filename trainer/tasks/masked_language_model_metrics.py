"""The metrics of a masked language model as one TFMA metric."""

from typing import Any

from tensorflow_model_analysis.metrics import metric_types

from schemas import masked_language_model
from trainer.tasks import counted_metric, masked_language_model_counts


class MaskedLanguageModelMetrics(metric_types.Metric):
    """Every metric of `masked_language_model_counts`, each under its own key, in one pass.

    Args:
        name: TFMA wants one.
    """

    def __init__(self, name: str = "masked_language_model"):
        super().__init__(_computations, name=name)


metric_types.register_metric(MaskedLanguageModelMetrics)


def _computations(
    name: str,
    eval_config: Any,
    model_names: list[str] | None = None,
    output_names: list[str] | None = None,
) -> metric_types.MetricComputations:
    """Makes one computation a model; the keys are the metrics' own names, not `name`."""
    del name
    return counted_metric.computations(
        list(masked_language_model.METRICS), _zeros, eval_config, model_names, output_names
    )


def _zeros(width: int) -> masked_language_model_counts.Counts:
    """Makes the counts of nothing seen."""
    del width
    return masked_language_model_counts.Counts()
