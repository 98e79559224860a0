"""Validates candidates on folds of the train split, each with a Transform of its own."""

import hashlib
import json
import pathlib
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from tfx import types
from tfx.dsl.components.base import base_beam_executor
from tfx.proto import transform_pb2
from tfx.types import artifact_utils, standard_artifacts, standard_component_specs
from tfx.utils import io_utils, json_utils, proto_utils

from components import serving_model
from components.cross_validation import outcome, validating
from components.cross_validation import settings as settings_lib
from components.transform import executor as transform_executor
from components.trial import answers
from schemas import features
from trainer import listeners

SETTINGS_KEY = "settings"
EXAMPLES_KEY = "examples"
SCHEMA_KEY = "schema"
TRANSFORM_GRAPH_KEY = "transform_graph"
BASE_MODEL_KEY = standard_component_specs.BASE_MODEL_KEY
BEST_KEY = "best_{}"  # of a candidate
FOLDS_KEY = "folds"
_PREPROCESSING_FN = "components.transform.preprocessing.preprocessing_fn"


class Executor(base_beam_executor.BaseBeamExecutor):
    """Trains every candidate for every fold, and writes what they were worth."""

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Validates, writes `folds.json`, and removes what was needed on the way."""
        asked = settings_lib.Settings.from_json(exec_properties[SETTINGS_KEY])
        train, evaluation = (
            answers.read(artifact_utils.get_split_uris(input_dict[EXAMPLES_KEY], split)[0])
            for split in (features.TRAIN_SPLIT, features.EVAL_SPLIT)
        )
        best = {
            candidate: _best(input_dict[BEST_KEY.format(candidate)])
            for candidate in asked.trainings
            if input_dict.get(BEST_KEY.format(candidate))
        }
        base_model = _base_model(input_dict)
        schema = artifact_utils.get_single_uri(input_dict[SCHEMA_KEY])
        told = [exec_properties[SETTINGS_KEY], best, schema, base_model]
        key = _key(told, [*train, *evaluation])
        directory = pathlib.Path(asked.backup_dir, f"folds-{key}")

        def transform(raw: str, made: str) -> validating.Transformed:
            return self._transform(asked, input_dict, raw, made)

        found = validating.Validation(
            asked,
            train,
            evaluation,
            transform,
            best,
            base_model,
            str(directory),
            listeners.tell,
        ).run()
        outcome.write(artifact_utils.get_single_uri(output_dict[FOLDS_KEY]), found)
        shutil.rmtree(directory, ignore_errors=True)

    def _transform(
        self,
        asked: settings_lib.Settings,
        input_dict: dict[str, list[types.Artifact]],
        raw: str,
        made: str,
    ) -> validating.Transformed:
        """Runs the pipeline's own Transform on the raw examples of a directory.

        The labels are those of the run's: which there are is no secret of the rows held out, and
        one that only they have would stop the model.
        """
        graph = artifact_utils.get_single_uri(input_dict[TRANSFORM_GRAPH_KEY])
        [examples] = input_dict[EXAMPLES_KEY]
        of_fold = standard_artifacts.Examples()
        of_fold.copy_from(examples)
        of_fold.uri = raw
        splits = [features.TRAIN_SPLIT, features.EVAL_SPLIT]
        of_fold.split_names = artifact_utils.encode_split_names(splits)
        taken = {
            EXAMPLES_KEY: [of_fold],
            SCHEMA_KEY: input_dict[SCHEMA_KEY],
            BASE_MODEL_KEY: input_dict.get(BASE_MODEL_KEY, []),
        }
        outputs: dict[str, list[types.Artifact]] = {
            "transform_graph": [standard_artifacts.TransformGraph()],
            "transformed_examples": [standard_artifacts.Examples()],
        }
        for name, [artifact] in outputs.items():
            artifact.uri = f"{made}/{name}"
        splits_config = transform_pb2.SplitsConfig(analyze=splits[:1], transform=splits)
        transform_executor.Executor(self._context).Do(
            taken,
            outputs,
            {
                "preprocessing_fn": _PREPROCESSING_FN,
                "splits_config": proto_utils.proto_to_json(splits_config),
                "custom_config": json_utils.dumps({**asked.transform, "labels": _labels(graph)}),
                "force_tf_compat_v1": 0,
                "disable_statistics": 1,
            },
        )
        return validating.Transformed(*(artifact.uri for [artifact] in outputs.values()))


def _best(artifacts: Sequence[types.Artifact]) -> dict[str, Any]:
    """Reads the best hyperparameters of a search, as TFX's Trainer does."""
    path = io_utils.get_only_uri_in_dir(artifact_utils.get_single_uri(list(artifacts)))
    found: dict[str, Any] = json.loads(io_utils.read_string_file(path))
    return found


def _base_model(input_dict: Mapping[str, Sequence[types.Artifact]]) -> str:
    if not input_dict.get(BASE_MODEL_KEY):
        return ""
    model = artifact_utils.get_single_instance(list(input_dict[BASE_MODEL_KEY]))
    return serving_model.directory(model)


def _labels(graph: str) -> list[str] | None:
    """Reads the labels that the run knows; None where it has none."""
    path = pathlib.Path(graph, "transform_fn", "assets", features.LABEL_VOCABULARY)
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else None


def _key(told: Sequence[Any], examples: Sequence[bytes]) -> str:
    """Digests what decides the result: what is told, and the examples themselves."""
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    for example in examples:
        digest.update(hashlib.sha256(example).digest())
    return digest.hexdigest()[:16]
