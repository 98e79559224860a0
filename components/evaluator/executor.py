"""TFX's Evaluator, with a verdict written beside its evaluation."""

from typing import Any

import tensorflow_model_analysis as tfma
from tfx import types
from tfx.components.evaluator import executor
from tfx.types import artifact_utils, standard_component_specs
from tfx.utils import proto_utils

from components.evaluator import evaluation, verdict


class Executor(executor.Executor):
    """Runs TFMA as TFX does, then says in words how and why it judged as it did."""

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Evaluates, blesses or does not, and writes `verdict.json` into the evaluation."""
        super().Do(input_dict, output_dict, exec_properties)
        directory = artifact_utils.get_single_uri(
            output_dict[standard_component_specs.EVALUATION_KEY]
        )
        config = tfma.EvalConfig()
        proto_utils.json_to_proto(exec_properties[standard_component_specs.EVAL_CONFIG_KEY], config)
        judgement = verdict.judge(
            blessed=tfma.load_validation_result(directory).validation_ok,
            values=evaluation.values(directory),
            rules=evaluation.rules(config),
            has_baseline=bool(input_dict.get(standard_component_specs.BASELINE_MODEL_KEY)),
        )
        evaluation.write_verdict(directory, judgement)
