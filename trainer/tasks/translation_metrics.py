"""The metrics of translation as one TFMA metric."""

from typing import Any

from tensorflow_model_analysis.metrics import metric_types

from schemas import translation
from trainer.tasks import counted_metric, translation_counts


class TranslationMetrics(metric_types.Metric):
    """Every metric of `translation_counts`, each under its own key, in one pass.

    Args:
        name: TFMA wants one.
    """

    def __init__(self, name: str = "translation"):
        super().__init__(_computations, name=name)


metric_types.register_metric(TranslationMetrics)


def _computations(
    name: str,
    eval_config: Any,
    model_names: list[str] | None = None,
    output_names: list[str] | None = None,
) -> metric_types.MetricComputations:
    """Makes one computation a model; the keys are the metrics' own names, not `name`."""
    del name
    keys = list(translation.METRICS)
    return counted_metric.computations(keys, _zeros, eval_config, model_names, output_names)


def _zeros(width: int) -> translation_counts.Counts:
    """Makes the counts of nothing seen."""
    del width
    return translation_counts.Counts()
