"""The gate as a node."""

import json
from typing import Any

from tfx import types
from tfx.types import standard_artifacts

from components import artifacts
from components.data_gate import component, config, executor


def _node(**others: Any) -> component.DataGate:
    def channel(kind: type[types.Artifact]) -> types.Channel:
        return types.Channel(type=kind)

    return component.DataGate(
        examples=channel(standard_artifacts.Examples),
        quarantine=channel(artifacts.Quarantine),
        statistics=channel(standard_artifacts.ExampleStatistics),
        text_statistics=channel(artifacts.TextStatistics),
        schema=channel(standard_artifacts.Schema),
        anomalies=channel(standard_artifacts.ExampleAnomalies),
        config=config.ValidateConfig.model_validate({"leakage": "warn"}),
        name="reviews",
        report_dir="/workspace/reviews/data",
        **others,
    )


def test_it_reports_and_puts_out_no_examples() -> None:
    node = _node()
    assert node.id == "DataGate"
    assert node.executor_spec.executor_class is executor.Executor
    assert {key: channel.type for key, channel in node.outputs.items()} == {
        "report": artifacts.DataReport
    }


def test_the_first_run_has_no_model_to_compare_with() -> None:
    assert "baseline_model" not in _node().inputs
    model = types.Channel(type=standard_artifacts.Model)
    assert _node(baseline_model=model).inputs["baseline_model"] is model


def test_the_config_is_a_setting_so_that_the_cache_sees_it() -> None:
    properties = _node().exec_properties
    assert properties["name"] == "reviews"
    assert properties["report_dir"] == "/workspace/reviews/data"
    assert properties["labels"] == "null"
    assert _node(labels=("no", "yes")).exec_properties["labels"] == '["no", "yes"]'
    assert json.loads(properties["config"])["leakage"] == {"level": "warn", "limit": 0.02}
