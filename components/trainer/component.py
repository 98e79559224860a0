"""Trainer: trains the model, and keeps with it what its data was like."""

from typing import Any

from tfx import types
from tfx.dsl.components.base import base_component, executor_spec
from tfx.proto import trainer_pb2
from tfx.types import standard_artifacts, standard_component_specs
from tfx.types.component_spec import ChannelParameter
from tfx.utils import json_utils

from components import artifacts
from components.trainer import baseline, executor


class TrainerSpec(standard_component_specs.TrainerSpec):
    """TFX's, with two inputs more."""

    INPUTS = {  # noqa: RUF012 - TFX's name, read by its metaclass
        **standard_component_specs.TrainerSpec.INPUTS,
        baseline.STATISTICS_KEY: ChannelParameter(type=standard_artifacts.ExampleStatistics),
        baseline.TEXT_STATISTICS_KEY: ChannelParameter(type=artifacts.TextStatistics),
    }


class Trainer(base_component.BaseComponent):
    """TFX's Trainer, whose model carries the statistics of the data that it learned from.

    It is no subclass, since TFX's makes a spec of its own, which has no place for more inputs.
    Outputs: `model` (Model; with the statistics in `data_statistics/`), `model_run` (ModelRun).
    """

    SPEC_CLASS = TrainerSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(
        self,
        run_fn: str,
        examples: types.BaseChannel,
        transform_graph: types.BaseChannel,
        statistics: types.BaseChannel,
        text_statistics: types.BaseChannel,
        train_args: trainer_pb2.TrainArgs,
        eval_args: trainer_pb2.EvalArgs,
        custom_config: dict[str, Any],
        base_model: types.BaseChannel | None = None,
        hyperparameters: types.BaseChannel | None = None,
    ):
        """Makes the node.

        Args:
            run_fn: Dotted path of the function that trains.
            examples: What it learns from (Examples).
            transform_graph: How they were transformed (TransformGraph).
            statistics: Of the data (ExampleStatistics).
            text_statistics: Of its texts (TextStatistics).
            train_args: The splits to learn from.
            eval_args: The splits to stop by.
            custom_config: Handed to `run_fn`.
            base_model: What the training starts from (Model).
            hyperparameters: The best values of a search (HyperParameters).
        """
        spec = TrainerSpec(
            run_fn=run_fn,
            examples=examples,
            transform_graph=transform_graph,
            statistics=statistics,
            text_statistics=text_statistics,
            base_model=base_model,
            hyperparameters=hyperparameters,
            train_args=train_args,
            eval_args=eval_args,
            custom_config=json_utils.dumps(custom_config),
            model=types.Channel(type=standard_artifacts.Model),
            model_run=types.Channel(type=standard_artifacts.ModelRun),
        )
        super().__init__(spec=spec)
