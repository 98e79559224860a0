"""Copies an exported model into an artifact."""

from typing import Any

from tfx import types
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import io_utils, path_utils

SOURCE_KEY = "source"
DIGEST_KEY = "digest"
MODEL_KEY = "model"


class Executor(base_executor.BaseExecutor):
    """Copies a SavedModel to where TFX looks for that of a Model."""

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Copies, and notes where the model came from."""
        model = artifact_utils.get_single_instance(output_dict[MODEL_KEY])
        for key in (SOURCE_KEY, DIGEST_KEY):
            model.set_string_custom_property(key, exec_properties[key])
        io_utils.copy_dir(exec_properties[SOURCE_KEY], path_utils.serving_model_dir(model.uri))
