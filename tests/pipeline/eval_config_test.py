"""The settings that TFMA gets; what it makes of them is tested with the Evaluator's executor."""

import json

import tensorflow_model_analysis as tfma
from google.protobuf import json_format

from pipeline import config as config_lib
from pipeline import eval_config
from trainer import export, tasks


def _build(*settings: str) -> tfma.EvalConfig:
    overrides = [f"evaluate.{setting}" for setting in settings]
    return eval_config.build(config_lib.from_columns("a.csv", overrides=overrides))


def _bounds(config: tfma.EvalConfig, metric: str) -> list[dict]:
    """The bounds on a metric, as plain data."""
    [spec] = config.metrics_specs
    return json_format.MessageToDict(spec)["perSliceThresholds"][metric]["thresholds"]


_ALL_ROWS = [{}]  # the slice that no column makes


def test_the_signature_that_clients_call_is_judged_by_the_transformed_label() -> None:
    [spec] = _build().model_specs
    task = tasks.get(tasks.Settings("classification"))
    assert spec.signature_name == export.EXAMPLES_SIGNATURE
    assert list(spec.preprocessing_function_names) == [export.TRANSFORM_SIGNATURE]
    assert spec.label_key == task.truth_key
    assert spec.prediction_key == task.answer_key


def test_slices_are_computed_beside_all_rows() -> None:
    slices = [list(spec.feature_keys) for spec in _build("slices=[shop, town]").slicing_specs]
    assert slices == [[], ["shop"], ["town"]]


def test_each_bound_names_the_slices_that_it_speaks_of() -> None:
    config = _build(
        "slices=[shop]",
        "floor={accuracy: 0.75}",
        "slice_floor={shop: {accuracy: 0.5}}",
        "ceiling={cross_entropy: 0.25}",
        "metric=accuracy",
        "max_drop=0.125",
    )
    assert _bounds(config, "accuracy") == [
        {"slicingSpecs": _ALL_ROWS, "threshold": {"valueThreshold": {"lowerBound": 0.75}}},
        {
            "slicingSpecs": _ALL_ROWS,
            "threshold": {"changeThreshold": {"absolute": -0.125, "direction": "HIGHER_IS_BETTER"}},
        },
        {
            "slicingSpecs": [{"featureKeys": ["shop"]}],
            "threshold": {"valueThreshold": {"lowerBound": 0.5}},
        },
    ]
    assert _bounds(config, "cross_entropy") == [
        {"slicingSpecs": _ALL_ROWS, "threshold": {"valueThreshold": {"upperBound": 0.25}}}
    ]


def test_a_metric_where_lower_is_better_may_rise() -> None:
    config = _build("floor={}", "metric=cross_entropy", "max_drop=0.125")
    assert _bounds(config, "cross_entropy") == [
        {
            "slicingSpecs": _ALL_ROWS,
            "threshold": {"changeThreshold": {"absolute": 0.125, "direction": "LOWER_IS_BETTER"}},
        }
    ]


def test_no_bound_of_a_slice_lacks_its_column() -> None:
    """TFMA applies a bound without a slice to all slices."""
    [spec] = _build("slices=[shop]", "floor={accuracy: 0.75}").metrics_specs
    assert not spec.thresholds
    assert not any(metric.HasField("threshold") for metric in spec.metrics)


def test_examples_are_counted_and_the_tasks_metrics_computed() -> None:
    [spec] = _build().metrics_specs
    assert [metric.class_name for metric in spec.metrics] == ["ExampleCount", "TaskMetrics"]


def test_a_metric_gets_what_it_has_to_know() -> None:
    overrides = ["task=regression", "data.label=[joy, heat]"]
    config = eval_config.build(config_lib.from_columns("a.csv", overrides=overrides))
    [_, metric] = config.metrics_specs[0].metrics
    assert json.loads(metric.config) == {
        "settings": {
            "name": "regression",
            "texts": ["text"],
            "targets": ["joy", "heat"],
            "options": {"names": ["joy", "heat"]},
        }
    }
    assert _bounds(config, "r2")[0] == {
        "slicingSpecs": _ALL_ROWS,
        "threshold": {"valueThreshold": {"lowerBound": 0.0}},
    }
    assert config.model_specs[0].prediction_key == "values"


def test_it_is_a_config_that_tfma_takes() -> None:
    config = _build("slices=[shop]")
    tfma.utils.verify_eval_config(
        tfma.utils.update_eval_config_with_defaults(config, has_baseline=True, rubber_stamp=True)
    )
    assert json.loads(json_format.MessageToJson(config))
