"""Writes the inferred schema."""

import json
from typing import Any

from tfx import types
from tfx.components.schema_gen import executor
from tfx.components.statistics_gen import stats_artifact_utils
from tfx.types import artifact_utils, standard_component_specs
from tfx.utils import io_utils

from components.schema import inference
from schemas import features

REQUEST_FEATURES_KEY = "request_features"
LABEL_FEATURE_KEY = "label_feature"


class Executor(executor.Executor):
    """Infers the schema from the train split, and from no other."""

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Infers the schema and writes it as `schema.pbtxt`."""
        statistics = artifact_utils.get_single_instance(
            input_dict[standard_component_specs.STATISTICS_KEY]
        )
        schema = inference.infer(
            stats_artifact_utils.load_statistics(statistics, features.TRAIN_SPLIT).proto(),
            json.loads(exec_properties[REQUEST_FEATURES_KEY]),
            json.loads(exec_properties[LABEL_FEATURE_KEY]),
        )
        directory = artifact_utils.get_single_uri(output_dict[standard_component_specs.SCHEMA_KEY])
        io_utils.write_pbtxt_file(f"{directory}/{executor.DEFAULT_FILE_NAME}", schema)
