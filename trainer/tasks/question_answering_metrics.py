"""The metrics of question answering as one TFMA metric."""

import functools
from typing import Any

from tensorflow_model_analysis.metrics import metric_types

from schemas import question_answering
from trainer.tasks import counted_metric, question_answering_counts


class QuestionAnsweringMetrics(metric_types.Metric):
    """Every metric of `question_answering_counts`, each under its own key, in one pass.

    Args:
        separator: What stands between several right answers of a row; None where it has one.
        name: TFMA wants one.
    """

    def __init__(self, separator: str | None = None, name: str = "question_answering"):
        super().__init__(_computations, separator=separator, name=name)


metric_types.register_metric(QuestionAnsweringMetrics)


def _computations(
    separator: str | None,
    name: str,
    eval_config: Any,
    model_names: list[str] | None = None,
    output_names: list[str] | None = None,
) -> metric_types.MetricComputations:
    """Makes one computation a model; the keys are the metrics' own names, not `name`."""
    del name
    zeros = functools.partial(_zeros, separator=separator)
    keys = list(question_answering.METRICS)
    return counted_metric.computations(keys, zeros, eval_config, model_names, output_names)


def _zeros(width: int, separator: str | None) -> question_answering_counts.Counts:
    """Makes the counts of nothing seen."""
    del width
    return question_answering_counts.Counts(separator)
