"""Brings the model to start from into an artifact."""

import pathlib
from typing import Any

from tfx import types
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import io_utils, path_utils

from trainer.checkpoints import convert, preset

SOURCE_KEY = "source"
DIGEST_KEY = "digest"
KIND_KEY = "kind"  # of the source
MODEL_KEY = "model"

EXPORTED, KERAS_HUB = "exported", "keras_hub"


class Executor(base_executor.BaseExecutor):
    """Copies a SavedModel to where TFX looks for that of a Model, or converts a preset to there."""

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Copies or converts, and notes where the model came from."""
        model = artifact_utils.get_single_instance(output_dict[MODEL_KEY])
        for key in (SOURCE_KEY, DIGEST_KEY):
            model.set_string_custom_property(key, exec_properties[key])
        source, to = exec_properties[SOURCE_KEY], path_utils.serving_model_dir(model.uri)
        is_preset = preset.is_preset(pathlib.Path(source))
        model.set_string_custom_property(KIND_KEY, KERAS_HUB if is_preset else EXPORTED)
        if is_preset:
            convert.convert(source, to)
        else:
            io_utils.copy_dir(source, to)
