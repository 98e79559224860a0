"""Tuner: searches for better settings of a candidate, and tells of every trial."""

from typing import Any

from tfx import types
from tfx.dsl.components.base import base_component, executor_spec
from tfx.proto import trainer_pb2
from tfx.types import standard_artifacts, standard_component_specs
from tfx.types.component_spec import ChannelParameter
from tfx.utils import json_utils

from components import artifacts
from components.tuner import executor


class TunerSpec(standard_component_specs.TunerSpec):
    """TFX's, with one output more."""

    OUTPUTS = {  # noqa: RUF012 - TFX's name, read by its metaclass
        **standard_component_specs.TunerSpec.OUTPUTS,
        executor.SEARCH_KEY: ChannelParameter(type=artifacts.Search),
    }


class Tuner(base_component.BaseComponent):
    """TFX's Tuner with one output more; it is no subclass, as Trainer is none.

    Outputs: `best_hyperparameters` (HyperParameters; for the Trainer), `tuner_results`
    (TunerResults; TFX's own table), `search` (Search; every trial, `trainer/tuning/record.py`).
    """

    SPEC_CLASS = TunerSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(
        self,
        tuner_fn: str,
        examples: types.BaseChannel,
        transform_graph: types.BaseChannel,
        train_args: trainer_pb2.TrainArgs,
        eval_args: trainer_pb2.EvalArgs,
        custom_config: dict[str, Any],
        base_model: types.BaseChannel | None = None,
    ):
        """Makes the node.

        Args:
            tuner_fn: Dotted path of the function that makes the search.
            examples: What trials learn from (Examples).
            transform_graph: How they were transformed (TransformGraph).
            train_args: The splits to learn from.
            eval_args: The splits that tell which trial is best.
            custom_config: Handed to `tuner_fn`.
            base_model: What every trial starts from (Model).
        """
        spec = TunerSpec(
            tuner_fn=tuner_fn,
            examples=examples,
            transform_graph=transform_graph,
            base_model=base_model,
            train_args=train_args,
            eval_args=eval_args,
            custom_config=json_utils.dumps(custom_config),
            best_hyperparameters=types.Channel(type=standard_artifacts.HyperParameters),
            tuner_results=types.Channel(type=standard_artifacts.TunerResults),
            search=types.Channel(type=artifacts.Search),
        )
        super().__init__(spec=spec)
