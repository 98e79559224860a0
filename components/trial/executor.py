"""Compares the candidates, and hands the winner on."""

import logging
from typing import Any

from tfx import types
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import io_utils

from components import serving_model
from components.trial import answers, judging, lengths, outcome
from components.trial import settings as settings_lib
from schemas import features

SETTINGS_KEY = "settings"
EXAMPLES_KEY = "examples"
TRANSFORM_GRAPH_KEY = "transform_graph"
TRIAL_KEY = "trial"
MODEL_KEY = "model"
# Custom properties of the winner.
TRAINER_PROPERTY = "trainer"
CANDIDATE_PROPERTY = "candidate"
VERDICT_PROPERTY = "verdict"


class Executor(base_executor.BaseExecutor):
    """Puts the transformer on trial and copies the winner's model, statistics and all."""

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Judges on the test split, and writes the trial and the winner."""
        asked = settings_lib.Settings.from_json(exec_properties[SETTINGS_KEY])
        artifacts = {
            key: artifact_utils.get_single_instance(input_dict[key]) for key in asked.trainers
        }
        [test_dir] = artifact_utils.get_split_uris(input_dict[EXAMPLES_KEY], features.TEST_SPLIT)
        graph = artifact_utils.get_single_uri(input_dict[TRANSFORM_GRAPH_KEY])
        found, rows = judging.run(
            asked,
            {key: serving_model.directory(model) for key, model in artifacts.items()},
            answers.read(test_dir),
            lengths.counter(graph, asked.task),
            logging.getLogger(__name__).info,
        )
        outcome.write(artifact_utils.get_single_uri(output_dict[TRIAL_KEY]), found, rows)
        winner = artifacts[asked.candidates()[found.winner][0]]
        model = artifact_utils.get_single_instance(output_dict[MODEL_KEY])
        # All of it: what the Evaluator asks, and the statistics that the DataGate reads beside it.
        io_utils.copy_dir(winner.uri, model.uri)
        model.set_string_custom_property(TRAINER_PROPERTY, found.winner_trainer)
        model.set_string_custom_property(CANDIDATE_PROPERTY, found.winner)
        model.set_string_custom_property(VERDICT_PROPERTY, found.verdict.decision)
