"""TFX's Transform, told the vocabulary of the model to start from."""

import json
from typing import Any

from tfx import types
from tfx.components.transform import executor
from tfx.dsl.io import fileio
from tfx.types import artifact_utils, standard_component_specs
from tfx.utils import io_utils

from components import serving_model
from schemas import features

BASE_MODEL_KEY = standard_component_specs.BASE_MODEL_KEY
VOCABULARY_KEY, MERGES_KEY = "vocabulary", "merges"  # of `custom_config`


class Executor(executor.Executor):
    """Hands the vocabulary of the base model, if there is one, to `preprocessing_fn`."""

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Transforms as TFX does."""
        if input_dict.get(BASE_MODEL_KEY):
            key = standard_component_specs.CUSTOM_CONFIG_KEY
            model = artifact_utils.get_single_instance(input_dict[BASE_MODEL_KEY])
            custom_config = json.loads(exec_properties[key])
            directory = serving_model.directory(model)
            custom_config[VOCABULARY_KEY] = read_vocabulary(directory)
            if merges := read_merges(directory):
                custom_config[MERGES_KEY] = merges
            exec_properties = {**exec_properties, key: json.dumps(custom_config)}
        super().Do(input_dict, output_dict, exec_properties)


def read_vocabulary(model_dir: str) -> list[str]:
    """Reads the entries of an exported model's token vocabulary, in the order of their ids."""
    return _lines(f"{model_dir}/assets/{features.TOKEN_VOCABULARY}")


def read_merges(model_dir: str) -> list[list[int]]:
    """Reads the merges of an exported model's vocabulary; none where it has no such file."""
    path = f"{model_dir}/assets/{features.TOKEN_MERGES}"
    if not fileio.exists(path):
        return []
    return [list(map(int, line.split())) for line in _lines(path)]


def _lines(path: str) -> list[str]:
    return io_utils.read_string_file(path).removesuffix("\n").split("\n")
