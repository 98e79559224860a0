"""The classifier's metrics as one TFMA metric.

TFMA's own multi-class metrics want the number of classes when the pipeline is defined; here it is
learned from the data, so this one takes it from the width of the predictions.
"""

from typing import Any

import apache_beam as beam
from tensorflow_model_analysis.metrics import metric_types, metric_util

from trainer.tasks import classification_counts

SCALARS = (
    "accuracy",
    "precision",
    "recall",
    "f1",
    "auc",
    "cross_entropy",
    "calibration_error",
)
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
    computations = []
    for model_name in model_names or [""]:
        for output_name in output_names or [""]:
            keys = {
                metric: metric_types.MetricKey(
                    name=metric,
                    model_name=model_name,
                    output_name=output_name,
                    # TFMA looks for a bound on a metric by its name under this value.
                    example_weighted=None,
                )
                for metric in SCALARS + ARRAYS
            }
            combiner = _Combiner(keys, eval_config, model_name, output_name)
            computations.append(
                metric_types.MetricComputation(
                    keys=list(keys.values()), preprocessors=None, combiner=combiner
                )
            )
    return computations


class _Combiner(beam.CombineFn):
    """Counts examples; the accumulator is None until the first one tells the classes."""

    def __init__(
        self,
        keys: dict[str, metric_types.MetricKey],
        eval_config: Any,
        model_name: str,
        output_name: str,
    ):
        self._keys = keys
        self._eval_config = eval_config
        self._model_name = model_name
        self._output_name = output_name

    def create_accumulator(self) -> classification_counts.Counts | None:
        return None

    def add_input(
        self,
        accumulator: classification_counts.Counts | None,
        element: metric_types.StandardMetricInputs,
    ) -> classification_counts.Counts | None:
        for label, probabilities, weight in metric_util.to_label_prediction_example_weight(
            element,
            eval_config=self._eval_config,
            model_name=self._model_name,
            output_name=self._output_name,
            flatten=False,
        ):
            probabilities = probabilities.reshape(-1)
            if accumulator is None:
                accumulator = classification_counts.Counts.zeros(len(probabilities))
            accumulator.add(int(label.reshape(-1)[0]), probabilities, float(weight.reshape(-1)[0]))
        return accumulator

    def merge_accumulators(self, accumulators: Any) -> classification_counts.Counts | None:
        merged = None
        for counts in accumulators:
            if counts is None:
                continue
            if merged is None:
                merged = classification_counts.Counts.zeros(len(counts.confusion))
            merged.merge(counts)
        return merged

    def extract_output(
        self, accumulator: classification_counts.Counts | None
    ) -> dict[metric_types.MetricKey, Any]:
        counts = accumulator or classification_counts.Counts.zeros(1)
        return {self._keys[metric]: value for metric, value in counts.metrics().items()}
