"""TFX's Evaluator, with a verdict and predictions written beside its evaluation."""

import dataclasses
import json
from typing import Any

import tensorflow_model_analysis as tfma
from tfx import types
from tfx.components.evaluator import executor
from tfx.dsl.io import fileio
from tfx.types import artifact_utils, standard_component_specs
from tfx.utils import io_utils, proto_utils

from components import serving_model
from components.evaluator import bounds, evaluation, predictions, verdict
from schemas import features, tasks

REASONS = "reasons"  # custom property of an evaluation, a line each
_CONFIG = standard_component_specs.EVAL_CONFIG_KEY
_BASELINE = standard_component_specs.BASELINE_MODEL_KEY
# TFX takes extractors as a function by its dotted path.
_EXTRACTORS = {"custom_extractors": "components.evaluator.extractors.extractors"}


class Executor(executor.Executor):
    """Runs TFMA as TFX does, then says in words how and why it judged as it did."""

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Evaluates, blesses or does not, and writes why, and what was answered, beside it."""
        not_compared = _why_not_compared(input_dict)
        if not_compared:
            input_dict = {k: v for k, v in input_dict.items() if k != _BASELINE}
        made = artifact_utils.get_single_instance(
            output_dict[standard_component_specs.EVALUATION_KEY]
        )
        directory = made.uri
        config = tfma.EvalConfig()
        proto_utils.json_to_proto(exec_properties[_CONFIG], config)
        bounds.apply(config, exec_properties)
        asked = {**exec_properties, **_EXTRACTORS, _CONFIG: proto_utils.proto_to_json(config)}
        with predictions.kept_in(directory):
            super().Do(input_dict, output_dict, asked)
        judgement = verdict.judge(
            blessed=tfma.load_validation_result(directory).validation_ok,
            values=evaluation.values(directory),
            rules=evaluation.rules(config),
            has_baseline=bool(input_dict.get(_BASELINE)),
            not_compared=not_compared,
        )
        matrix = evaluation.confusion_matrix(directory)
        judgement = dataclasses.replace(judgement, confusion_matrix=matrix)
        evaluation.write_verdict(directory, judgement)
        _describe(made, judgement)


def _describe(evaluated: types.Artifact, judgement: verdict.Verdict) -> None:
    """Tells ML Metadata each metric on all rows, and why: files may be cleaned up one day."""
    for value in judgement.values:
        if value.slice == verdict.ALL_ROWS and value.value is not None:
            evaluated.set_float_custom_property(value.metric, value.value)
    evaluated.set_string_custom_property(REASONS, "\n".join(judgement.reasons))


def _why_not_compared(input_dict: dict[str, list[types.Artifact]]) -> str:
    """Says why the latest blessed model can't be compared with the candidate; empty if it can.

    A model of another task answers another question. A model stops at a label that it does not
    know, so one that knows other labels can't be asked.
    """
    if not input_dict.get(_BASELINE):
        return ""
    old_dir, new_dir = (
        serving_model.directory(artifact_utils.get_single_instance(input_dict[key]))
        for key in (_BASELINE, standard_component_specs.MODEL_KEY)
    )
    if not fileio.exists(old_dir):
        return "the files of the latest blessed model are gone, so it was not compared"
    reason = difference(_settings(old_dir), _settings(new_dir))
    old_labels = _labels(old_dir)
    if not reason and old_labels != _labels(new_dir):
        reason = f"knows other labels ({', '.join(old_labels)})"
    return f"the latest blessed model {reason}, so it was not compared" if reason else ""


def _settings(directory: str) -> tasks.Settings:
    """Reads the task that a model was made for."""
    path = f"{directory}/{tasks.SETTINGS_FILE}"
    if not fileio.exists(path):
        return tasks.Settings("classification")  # all that there was before models told it
    return tasks.Settings.from_fields(json.loads(io_utils.read_string_file(path)))


def difference(old: tasks.Settings, new: tasks.Settings) -> str:
    """Says in what the task of the old model differs; empty where both are the same."""
    if old.name != new.name:
        return f"was made for another task ({old.name})"
    if (old.texts, old.targets) != (new.texts, new.targets):
        return f"was made for other columns ({', '.join((*old.texts, *old.targets))})"
    old_options, new_options = _options(old), _options(new)
    if old_options != new_options:
        return f"was made for other options of the task ({json.dumps(old_options, sort_keys=True)})"
    return ""


def _options(settings: tasks.Settings) -> dict[str, Any]:
    """Takes the options that tell what is answered, not how the answer is found."""
    serving = tasks.contract(settings.name).serving
    return {key: value for key, value in settings.options.items() if key not in serving}


def _labels(directory: str) -> list[str]:
    """Reads the labels that a model answers with, in the order of their ids."""
    path = f"{directory}/assets/{features.LABEL_VOCABULARY}"
    return io_utils.read_string_file(path).splitlines() if fileio.exists(path) else []
