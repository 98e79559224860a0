"""The node of the probe."""

import pytest
from tfx import types
from tfx.types import standard_artifacts

from components import artifacts
from components.probe import component, settings
from tests.components.probe import conftest as models


def _node() -> component.Probe:
    return component.Probe(
        model=types.Channel(type=standard_artifacts.Model),
        evaluation=types.Channel(type=standard_artifacts.ModelEvaluation),
        settings=models.asked(rows=7),
    )


def test_it_puts_out_a_blessing_that_other_tools_know_and_what_it_found() -> None:
    outputs = _node().outputs
    assert outputs["blessing"].type is standard_artifacts.InfraBlessing
    assert outputs["probe"].type is artifacts.ProbeReport


def test_settings_travel_as_json() -> None:
    told = _node().exec_properties["settings"]
    assert settings.Settings.from_json(told) == models.asked(rows=7)


@pytest.mark.parametrize(
    "probe", [{"rows": 0}, {"rows": 1001}, {"tolerance": 0.0}, {"max_p95_ms": 0}, {"speed": 1}]
)
def test_values_out_of_range_are_refused(probe: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(probe))):
        models.asked(**probe)
