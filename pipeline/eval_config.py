"""What TFMA computes, on which slices, and which bounds decide."""

import tensorflow_model_analysis as tfma

from pipeline import config as config_lib
from schemas import metrics
from trainer import export, tasks


def build(config: config_lib.Config) -> tfma.EvalConfig:
    """Makes the Evaluator's config from the section `evaluate`."""
    task = tasks.get(config.task)
    evaluate = config.evaluate
    metric_classes = [("ExampleCount", ""), *task.evaluator_metrics()]
    return tfma.EvalConfig(
        model_specs=[
            tfma.ModelSpec(
                # The signature that clients call is the one that is judged.
                signature_name=export.EXAMPLES_SIGNATURE,
                prediction_key=task.answer_feature,
                preprocessing_function_names=[export.TRANSFORM_SIGNATURE],
                label_key=task.label_feature,
            )
        ],
        slicing_specs=[
            tfma.SlicingSpec(),
            *(tfma.SlicingSpec(feature_keys=[column]) for column in evaluate.slices),
        ],
        metrics_specs=[
            tfma.MetricsSpec(
                metrics=[
                    tfma.MetricConfig(class_name=name, module=module or None)
                    for name, module in metric_classes
                ],
                thresholds=_thresholds(config),
                per_slice_thresholds=_slice_thresholds(evaluate),
            )
        ],
    )


def _thresholds(config: config_lib.Config) -> dict[str, tfma.MetricThreshold]:
    """Makes the bounds on all rows: floors, ceilings, and no worse than the latest blessed."""
    evaluate = config.evaluate
    thresholds = {
        metric: tfma.MetricThreshold(
            value_threshold=_value_threshold(
                evaluate.floor.get(metric), evaluate.ceiling.get(metric)
            )
        )
        for metric in {*evaluate.floor, *evaluate.ceiling}
    }
    higher = metrics.BY_TASK[config.task][evaluate.metric].higher_is_better
    direction = tfma.MetricDirection
    change = tfma.GenericChangeThreshold(
        direction=direction.HIGHER_IS_BETTER if higher else direction.LOWER_IS_BETTER,
        absolute={"value": -evaluate.max_drop if higher else evaluate.max_drop},
    )
    thresholds.setdefault(evaluate.metric, tfma.MetricThreshold()).change_threshold.CopyFrom(change)
    return thresholds


def _slice_thresholds(
    evaluate: config_lib.EvaluateConfig,
) -> dict[str, tfma.PerSliceMetricThresholds]:
    thresholds: dict[str, tfma.PerSliceMetricThresholds] = {}
    for column, floors in evaluate.slice_floor.items():
        for metric, floor in floors.items():
            of_metric = thresholds.setdefault(metric, tfma.PerSliceMetricThresholds())
            of_metric.thresholds.append(
                tfma.PerSliceMetricThreshold(
                    slicing_specs=[tfma.SlicingSpec(feature_keys=[column])],
                    threshold=tfma.MetricThreshold(value_threshold=_value_threshold(floor, None)),
                )
            )
    return thresholds


def _value_threshold(floor: float | None, ceiling: float | None) -> tfma.GenericValueThreshold:
    return tfma.GenericValueThreshold(
        lower_bound=None if floor is None else {"value": floor},
        upper_bound=None if ceiling is None else {"value": ceiling},
    )
