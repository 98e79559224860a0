"""Writes down what a run was told, and what it runs on."""

import json
from typing import Any

from tfx import types
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import io_utils

from components.run_config import environment, noted
from components.run_config import settings as settings_lib

SETTINGS_KEY = "settings"
DIGEST_KEY = "digest"  # of the versions that the cache compares
CONFIG_KEY = "config"


class Executor(base_executor.BaseExecutor):
    """Notes the config, versions, the code's digests and the machine.

    What else is among the execution properties are runtime parameters, which stand in place of the
    config's values where a pipeline was compiled.
    """

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Writes the files, and the properties that people ask for."""
        told = settings_lib.Settings.from_json(exec_properties[SETTINGS_KEY])
        parameters = {
            name: value
            for name, value in exec_properties.items()
            if name not in (SETTINGS_KEY, DIGEST_KEY)
        }
        made = artifact_utils.get_single_instance(output_dict[CONFIG_KEY])
        found = {
            "versions": environment.versions(),
            "code": told.code,
            "machine": environment.machine(),
            "parameters": parameters,
        }
        io_utils.write_string_file(f"{made.uri}/{noted.CONFIG_FILE}", told.config)
        text = json.dumps(found, indent=1, sort_keys=True)
        io_utils.write_string_file(f"{made.uri}/{noted.ENVIRONMENT_FILE}", text)
        properties = {
            noted.CONFIG: told.config_digest,
            noted.TASK: told.task,
            noted.METRIC: told.metric,
            noted.CODE: noted.digest(json.dumps(told.code, sort_keys=True)),
            noted.PARAMETERS: json.dumps(parameters, sort_keys=True),
        }
        for name, value in properties.items():
            made.set_string_custom_property(name, value)
