import importlib.util
import pathlib
import subprocess
import sys

import pytest

import schemas
from schemas import classification, tasks, translation

_SETTINGS = [
    tasks.Settings("classification"),
    tasks.Settings("classification", options={classification.SEPARATOR: "|"}),
    tasks.Settings("regression"),
    tasks.Settings("regression", texts=("text", "text_pair"), targets=("v", "a")),
    tasks.Settings("translation", options=dict(translation.CONTRACT.serving)),
]


def test_settings_come_back_from_json() -> None:
    for settings in _SETTINGS:
        assert tasks.Settings.from_fields(settings.to_fields()) == settings


def test_tasks_are_the_packages_of_schemas() -> None:
    found = {
        path.parent.name for path in pathlib.Path(schemas.__file__).parent.glob("*/__init__.py")
    }
    assert set(tasks.names()) == found
    assert {settings.name for settings in _SETTINGS} <= found
    for name in tasks.names():
        assert pathlib.Path(schemas.__file__).with_name(name).joinpath("schema.pbtxt").is_file()
        assert importlib.util.find_spec(f"trainer.tasks.{name}") is not None


@pytest.mark.parametrize("name", ["juggling", "sentiment", "features"])
def test_an_unknown_task_is_a_key_error(name: str) -> None:
    with pytest.raises(KeyError, match=name):
        tasks.contract(name)


@pytest.mark.parametrize("settings", _SETTINGS)
def test_the_default_bounds_are_bounds_that_a_config_may_set(settings: tasks.Settings) -> None:
    contract = tasks.contract(settings.name)
    known, bounds = contract.metrics(settings), contract.bounds(settings)
    assert bounds.metric in known
    assert bounds.floor
    for name, floor in bounds.floor.items():
        assert known[name].higher_is_better
        assert known[name].minimum is None or floor > known[name].minimum
        assert floor < (known[name].maximum or float("inf"))


def test_features_of_requests_and_of_training() -> None:
    settings = _SETTINGS[3]
    contract = tasks.contract("regression")
    assert contract.request_features(settings) == {"text": "text", "text_pair": "text"}
    assert contract.training_features(settings) == {"v": "number", "a": "number"}
    assert tasks.contract("classification").training_features(_SETTINGS[0]) == {"label": "text"}


def test_several_targets_have_metrics_of_their_own_beside_their_means() -> None:
    contract = tasks.contract("regression")
    one, two = (list(contract.metrics(settings)) for settings in _SETTINGS[2:4])
    assert two[:5] == one
    assert two[5:] == [f"{metric}_{target}" for target in "va" for metric in one]


def test_names_for_people_stand_in_for_those_of_features() -> None:
    named = tasks.Settings("regression", targets=("v", "a"), options={"names": ["joy", "heat"]})
    assert "r2_joy" in tasks.contract("regression").metrics(named)


def test_contracts_need_no_tensorflow() -> None:
    asked = (
        "import sys\n"
        "from schemas import tasks\n"
        "import trainer.tasks\n"
        "for name in tasks.names():\n"
        "    tasks.contract(name).metrics(tasks.Settings(name))\n"
        "sys.exit(any(name.startswith(('tensorflow', 'keras')) for name in sys.modules))\n"
    )
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


@pytest.mark.parametrize("name", tasks.names())
def test_how_answers_are_found_is_among_the_options(name: str) -> None:
    contract = tasks.contract(name)
    assert set(contract.serving) <= set(contract.options)
