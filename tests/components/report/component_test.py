"""The node of the report."""

import pytest
from tfx import types
from tfx.types import standard_artifacts

from components import artifacts
from components.report import component, settings
from schemas import tasks

_SETTINGS = settings.Settings(
    name="reviews",
    task=tasks.Settings("classification"),
    metric="accuracy",
    slices=("shop",),
    alpha=0.05,
    resamples=100,
    config="name: reviews\n",
    report_dir="/w/report",
)


def _node(**more: types.BaseChannel) -> component.Report:
    return component.Report(
        examples=types.Channel(type=standard_artifacts.Examples),
        text_statistics=types.Channel(type=artifacts.TextStatistics),
        model=types.Channel(type=standard_artifacts.Model),
        evaluation=types.Channel(type=standard_artifacts.ModelEvaluation),
        settings=_SETTINGS,
        **more,
    )


def test_it_puts_out_a_report() -> None:
    assert _node().outputs["report"].type is artifacts.RunReport


@pytest.mark.parametrize("tried", [False, True])
def test_a_trial_is_taken_where_there_is_one(tried: bool) -> None:
    more = {"trial": types.Channel(type=artifacts.TrialReport)} if tried else {}
    assert ("trial" in _node(**more).inputs) == tried


def test_each_search_has_an_input_of_its_own() -> None:
    names = ("transformer", "linear")
    node = _node(searches={name: types.Channel(type=artifacts.Search) for name in names})
    assert {"search_transformer", "search_linear"} <= set(node.inputs)
    assert not any(key.startswith("search") for key in _node().inputs)


def test_settings_travel_as_json() -> None:
    told = _node().exec_properties["settings"]
    assert settings.Settings.from_json(told) == _SETTINGS
