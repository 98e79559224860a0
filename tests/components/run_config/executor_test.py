"""What a run notes of itself."""

import json
import pathlib

from components import artifacts
from components.run_config import executor, noted
from components.run_config import settings as settings_lib

_SETTINGS = settings_lib.Settings(
    config="name: reviews\n",
    config_digest="0123",
    task="classification",
    metric="accuracy",
    code={"trainer": "abc", "schemas": "def"},
    nodes=("Config", "Ingest"),
)


def _noted(directory: pathlib.Path, **parameters: int) -> artifacts.RunConfig:
    made = artifacts.RunConfig()
    made.uri = str(directory)
    properties = {"settings": _SETTINGS.to_json(), "digest": "0", **parameters}
    executor.Executor().Do({}, {"config": [made]}, properties)
    return made


def test_the_config_is_kept_as_it_was(tmp_path: pathlib.Path) -> None:
    made = _noted(tmp_path)
    assert (tmp_path / noted.CONFIG_FILE).read_text() == "name: reviews\n"
    assert made.get_string_custom_property("config") == "0123"
    assert made.get_string_custom_property("metric") == "accuracy"
    assert made.get_string_custom_property("task") == "classification"


def test_versions_code_and_machine_are_kept(tmp_path: pathlib.Path) -> None:
    _noted(tmp_path)
    found = json.loads((tmp_path / noted.ENVIRONMENT_FILE).read_text())
    assert found["code"] == {"trainer": "abc", "schemas": "def"}
    assert found["versions"]["tfx"]
    assert found["machine"]["cores"]
    assert found["parameters"] == {}


def test_runtime_parameters_are_kept_beside_the_config(tmp_path: pathlib.Path) -> None:
    made = _noted(tmp_path, epochs=3)
    assert json.loads(made.get_string_custom_property("parameters")) == {"epochs": 3}


def test_settings_come_back() -> None:
    assert settings_lib.Settings.from_json(_SETTINGS.to_json()) == _SETTINGS
