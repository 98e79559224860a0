"""Evaluator: judges the model on the test split, against bounds and the latest blessed model."""

from tfx.components.evaluator import component
from tfx.dsl.components.base import executor_spec

from components.evaluator import executor


class Evaluator(component.Evaluator):
    """TFX's Evaluator with a verdict in words.

    Outputs: `evaluation` (ModelEvaluation; metrics, plots, validations and `verdict.json`),
    `blessing` (ModelBlessing).
    """

    EXECUTOR_SPEC = executor_spec.BeamExecutorSpec(executor.Executor)
