"""TFX's training, and the statistics of the data kept with the model after it."""

from typing import Any

from tfx import types
from tfx.components.trainer import executor
from tfx.types import artifact_utils, standard_component_specs
from tfx.utils import json_utils

from components.trainer import baseline

EPOCHS_KEY = "epochs"  # told when a compiled pipeline is submitted, in place of the config's
_CONFIG = standard_component_specs.CUSTOM_CONFIG_KEY


class Executor(executor.GenericExecutor):
    """Trains as TFX does, then copies the statistics into the model's directory."""

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Trains a model and keeps the statistics with it."""
        super().Do(input_dict, output_dict, _as_told(exec_properties))
        baseline.keep(
            artifact_utils.get_single_uri(output_dict[standard_component_specs.MODEL_KEY]),
            artifact_utils.get_single_uri(input_dict[baseline.STATISTICS_KEY]),
            artifact_utils.get_single_uri(input_dict[baseline.TEXT_STATISTICS_KEY]),
        )


def _as_told(exec_properties: dict[str, Any]) -> dict[str, Any]:
    """Puts what was told at submission into the settings of the training."""
    if EPOCHS_KEY not in exec_properties:
        return exec_properties
    config = json_utils.loads(exec_properties[_CONFIG])
    config["train"]["epochs"] = exec_properties[EPOCHS_KEY]
    return {**exec_properties, _CONFIG: json_utils.dumps(config)}
