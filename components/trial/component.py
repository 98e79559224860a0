"""Trial: the transformer and its rivals on the test split, and the winner of them."""

from collections.abc import Mapping

from tfx import types
from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import standard_artifacts
from tfx.types.component_spec import ChannelParameter, ExecutionParameter

from components import artifacts, own_spec
from components.trial import executor
from components.trial import settings as settings_lib


class TrialSpec(types.ComponentSpec):
    """What every trial takes; those of a run have an input for each model."""

    PARAMETERS = {  # noqa: RUF012 - TFX's name, read by its metaclass
        executor.SETTINGS_KEY: ExecutionParameter(type=str)
    }
    INPUTS = {  # noqa: RUF012 - as above
        executor.EXAMPLES_KEY: ChannelParameter(type=standard_artifacts.Examples),
        executor.TRANSFORM_GRAPH_KEY: ChannelParameter(type=standard_artifacts.TransformGraph),
    }
    OUTPUTS = {  # noqa: RUF012 - as above
        executor.TRIAL_KEY: ChannelParameter(type=artifacts.TrialReport),
        executor.MODEL_KEY: ChannelParameter(type=standard_artifacts.Model),
    }


class Trial(base_component.BaseComponent):
    """Compares candidates on rows that nothing before has touched.

    Each model has an input of its own, rather than one input all of them: so the lineage tells
    which is whose, and orchestrators without unions of channels can run it.

    Outputs: `trial` (TrialReport; verdict, differences, costs), `model` (Model; a copy of the
    winner, whose properties tell the node that trained it).
    """

    SPEC_CLASS = TrialSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(
        self,
        examples: types.BaseChannel,
        transform_graph: types.BaseChannel,
        models: Mapping[str, types.BaseChannel],
        settings: settings_lib.Settings,
    ) -> None:
        """Makes the node.

        Args:
            examples: The data (Examples); its test split is asked.
            transform_graph: Counts the tokens of texts (TransformGraph).
            models: Key of `settings.trainers` to that model (Model).
            settings: What is asked.
        """
        of_run = own_spec.with_inputs(TrialSpec, models, standard_artifacts.Model)
        spec = of_run(
            settings=settings.to_json(),
            examples=examples,
            transform_graph=transform_graph,
            trial=types.Channel(type=artifacts.TrialReport),
            model=types.Channel(type=standard_artifacts.Model),
            **models,
        )
        super().__init__(spec=spec)
