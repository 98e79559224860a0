"""Tries a model, and blesses it for what serves or does not."""

import logging
from typing import Any

from tfx import types
from tfx.components.evaluator import constants
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import io_utils

from components import serving_model
from components.evaluator import predictions
from components.probe import outcome, probing, warmup
from components.probe import settings as settings_lib

# Inputs, outputs and execution properties, each spelled once.
SETTINGS_KEY = "settings"
MODEL_KEY = "model"
EVALUATION_KEY = "evaluation"
BLESSING_KEY = "blessing"
PROBE_KEY = "probe"
# As TFX's InfraValidator tells it: properties and files of an InfraBlessing, whose names are
# private there.
BLESSED_PROPERTY = "blessed"
STATUS_PROPERTY = "blessing_status"
BLESSED, NOT_BLESSED = "INFRA_BLESSED", "INFRA_NOT_BLESSED"


class Executor(base_executor.BaseExecutor):
    """Asks the model what clients may ask it."""

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Writes what was found, requests that warm a server up, and the blessing."""
        asked = settings_lib.Settings.from_json(exec_properties[SETTINGS_KEY])
        model = artifact_utils.get_single_instance(input_dict[MODEL_KEY])
        kept = predictions.read(artifact_utils.get_single_uri(input_dict[EVALUATION_KEY]))
        tried = probing.Probing(asked, kept, logging.getLogger(__name__).info)
        found = tried.run(serving_model.directory(model))
        uri = artifact_utils.get_single_uri(output_dict[PROBE_KEY])
        outcome.write(uri, found)
        if tried.records:
            warmup.write(f"{uri}/{outcome.WARMUP_FILE}", tried.records)
        blessing = artifact_utils.get_single_instance(output_dict[BLESSING_KEY])
        status = BLESSED if found.passed else NOT_BLESSED
        io_utils.write_string_file(f"{blessing.uri}/{status}", "")
        blessing.set_int_custom_property(BLESSED_PROPERTY, int(found.passed))
        blessing.set_string_custom_property(STATUS_PROPERTY, status)
        blessing.set_int_custom_property(constants.ARTIFACT_PROPERTY_CURRENT_MODEL_ID_KEY, model.id)
