"""TFMA metrics that count in one pass, each number under its own key.

TFMA's own metrics of several classes want their number when the pipeline is defined; here it is
learned from the data, so these take it from the width of the predictions.
"""

import copy
from collections.abc import Callable, Iterable
from typing import Any

import apache_beam as beam
from tensorflow_model_analysis.metrics import metric_types, metric_util

from trainer.tasks import counted_rows


def computations(
    metrics: Iterable[str],
    zeros: Callable[[int], counted_rows.Counts],
    eval_config: Any,
    model_names: list[str] | None,
    output_names: list[str] | None,
) -> metric_types.MetricComputations:
    """Makes one computation a model.

    Args:
        metrics: Names of all that `Counts.metrics` computes, which become the keys.
        zeros: Makes the counts of nothing seen, for predictions of a width.
        eval_config: TFMA's, which names the label and the prediction.
        model_names: As TFMA gives them.
        output_names: As TFMA gives them.
    """
    made = []
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
                for metric in metrics
            }
            combiner = _Combiner(keys, zeros, eval_config, model_name, output_name)
            made.append(
                metric_types.MetricComputation(
                    keys=list(keys.values()), preprocessors=None, combiner=combiner
                )
            )
    return made


class _Combiner(beam.CombineFn):
    """Counts examples; the accumulator is None until the first one tells the width."""

    def __init__(
        self,
        keys: dict[str, metric_types.MetricKey],
        zeros: Callable[[int], counted_rows.Counts],
        eval_config: Any,
        model_name: str,
        output_name: str,
    ):
        self._keys = keys
        self._zeros = zeros
        self._eval_config = eval_config
        self._model_name = model_name
        self._output_name = output_name

    def create_accumulator(self) -> counted_rows.Counts | None:
        return None

    def add_input(
        self, accumulator: counted_rows.Counts | None, element: metric_types.StandardMetricInputs
    ) -> counted_rows.Counts | None:
        for truth, prediction, weight in metric_util.to_label_prediction_example_weight(
            element,
            eval_config=self._eval_config,
            model_name=self._model_name,
            output_name=self._output_name,
            flatten=False,
        ):
            prediction = prediction.reshape(-1)
            if accumulator is None:
                accumulator = self._zeros(len(prediction))
            accumulator.add(truth.reshape(-1), prediction, float(weight.reshape(-1)[0]))
        return accumulator

    def merge_accumulators(
        self, accumulators: Iterable[counted_rows.Counts | None]
    ) -> counted_rows.Counts | None:
        merged = None
        for counts in accumulators:
            if merged is not None and counts is not None:
                merged.merge(counts)
            elif counts is not None:
                merged = copy.deepcopy(counts)  # what Beam hands in stays as it is
        return merged

    def extract_output(
        self, accumulator: counted_rows.Counts | None
    ) -> dict[metric_types.MetricKey, Any]:
        counts = accumulator or self._zeros(1)
        return {self._keys[metric]: value for metric, value in counts.metrics().items()}
