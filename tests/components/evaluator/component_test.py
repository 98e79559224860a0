"""The Evaluator as a node."""

import tensorflow_model_analysis as tfma
from tfx import types
from tfx.types import standard_artifacts

from components.evaluator import component, executor


def test_it_is_tfxs_evaluator_with_our_executor() -> None:
    node = component.Evaluator(
        examples=types.Channel(type=standard_artifacts.Examples),
        model=types.Channel(type=standard_artifacts.Model),
        eval_config=tfma.EvalConfig(),
    )
    assert node.id == "Evaluator"
    assert node.executor_spec.executor_class is executor.Executor
    assert {key: channel.type for key, channel in node.outputs.items()} == {
        "evaluation": standard_artifacts.ModelEvaluation,
        "blessing": standard_artifacts.ModelBlessing,
    }
