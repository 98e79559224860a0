"""StatisticsGen as a node of a pipeline."""

import json

import pytest
from tfx import types
from tfx.components.statistics_gen import component as tfx_component
from tfx.types import channel_utils, standard_artifacts

from components import artifacts
from components.statistics import component


@pytest.fixture
def node() -> component.StatisticsGen:
    """The node, on examples of nobody."""
    examples = channel_utils.as_channel([standard_artifacts.Examples()])
    settings = component.TextSettings(("text",), "label", {"max_length": 64})
    return component.StatisticsGen(examples=examples, settings=settings)


def test_it_is_a_statistics_gen_by_name_and_kind(node) -> None:
    assert node.id == "StatisticsGen"
    assert isinstance(node, tfx_component.StatisticsGen)


def test_it_puts_out_both_statistics(node) -> None:
    outputs = {name: channel.type for name, channel in node.outputs.items()}
    assert outputs == {
        "statistics": standard_artifacts.ExampleStatistics,
        "text_statistics": artifacts.TextStatistics,
    }
    assert isinstance(node.inputs["examples"], types.BaseChannel)


def test_its_settings_are_what_the_cache_compares(node) -> None:
    assert set(node.exec_properties) == {"text_settings"}
    assert json.loads(node.exec_properties["text_settings"]) == {
        "text_features": ["text"],
        "label_feature": "label",
        "tokenizer": {"max_length": 64},
    }
