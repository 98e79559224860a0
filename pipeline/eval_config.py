"""What TFMA computes, on which slices, and which bounds decide."""

import json

import tensorflow_model_analysis as tfma

from pipeline import config as config_lib
from trainer import export, tasks
from trainer.tasks import task_metrics


def build(config: config_lib.Config) -> tfma.EvalConfig:
    """Makes the Evaluator's config from the section `evaluate`."""
    task = tasks.get(config.task_settings)
    evaluate = config.evaluate
    return tfma.EvalConfig(
        model_specs=[
            tfma.ModelSpec(
                # The signature that clients call is the one that is judged, where it can be.
                signature_name=export.judged_signature(task),
                prediction_key=task.answer_key,
                preprocessing_function_names=[export.TRANSFORM_SIGNATURE],
                label_key=task.truth_key,
            )
        ],
        slicing_specs=[
            tfma.SlicingSpec(),
            *(tfma.SlicingSpec(feature_keys=[column]) for column in evaluate.slices),
        ],
        metrics_specs=[
            tfma.MetricsSpec(
                metrics=[
                    _example_count(),
                    tfma.MetricConfig(
                        class_name=task_metrics.TaskMetrics.__name__,
                        module=task_metrics.__name__,
                        config=json.dumps({"settings": config.task_settings.to_fields()}),
                    ),
                ],
                per_slice_thresholds=_thresholds(config),
            )
        ],
    )


def _thresholds(config: config_lib.Config) -> dict[str, tfma.PerSliceMetricThresholds]:
    """Makes every bound, each with the slice that it speaks of.

    All of them are bounds of slices, those on all rows too: TFMA applies a bound without a slice to
    every slice that it computes.
    """
    evaluate = config.evaluate
    bounds = [
        *((name, None, _value_threshold(floor, None)) for name, floor in evaluate.floor.items()),
        *((name, None, _value_threshold(None, top)) for name, top in evaluate.ceiling.items()),
        (evaluate.metric, None, _change_threshold(config)),
        *(
            (name, column, _value_threshold(floor, None))
            for column, floors in evaluate.slice_floor.items()
            for name, floor in floors.items()
        ),
    ]
    thresholds: dict[str, tfma.PerSliceMetricThresholds] = {}
    for metric, column, threshold in bounds:
        of_metric = thresholds.setdefault(metric, tfma.PerSliceMetricThresholds())
        of_metric.thresholds.append(_on_slices(column, threshold))
    return thresholds


def _example_count() -> tfma.MetricConfig:
    """Counts examples, with a bound of our own: there must be one.

    Where there is no bound at all, TFMA blesses nothing; and a user may well set none but the one
    against the latest blessed model, which a first run lacks.
    """
    return tfma.MetricConfig(
        class_name="ExampleCount",
        per_slice_thresholds=[_on_slices(None, _value_threshold(1.0, None))],
    )


def _on_slices(column: str | None, threshold: tfma.MetricThreshold) -> tfma.PerSliceMetricThreshold:
    """Bounds the slices by a column, or all rows as the one slice that has no column."""
    slicing = tfma.SlicingSpec(feature_keys=[column] if column else [])
    return tfma.PerSliceMetricThreshold(slicing_specs=[slicing], threshold=threshold)


def _change_threshold(config: config_lib.Config) -> tfma.MetricThreshold:
    """Makes the bound against the latest blessed model; TFMA leaves it out where there is none."""
    evaluate = config.evaluate
    higher = config.metrics[evaluate.metric].higher_is_better
    direction = tfma.MetricDirection
    return tfma.MetricThreshold(
        change_threshold=tfma.GenericChangeThreshold(
            direction=direction.HIGHER_IS_BETTER if higher else direction.LOWER_IS_BETTER,
            absolute={"value": -evaluate.max_drop if higher else evaluate.max_drop},
        )
    )


def _value_threshold(floor: float | None, ceiling: float | None) -> tfma.MetricThreshold:
    return tfma.MetricThreshold(
        value_threshold=tfma.GenericValueThreshold(
            lower_bound=None if floor is None else {"value": floor},
            upper_bound=None if ceiling is None else {"value": ceiling},
        )
    )
