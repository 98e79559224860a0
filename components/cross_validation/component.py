"""CrossValidation: every candidate on folds of the train split."""

from collections.abc import Mapping

from tfx import types
from tfx.dsl.components.base import base_beam_component, executor_spec
from tfx.types import standard_artifacts
from tfx.types.component_spec import ChannelParameter, ExecutionParameter

from components import artifacts, own_spec
from components.cross_validation import executor
from components.cross_validation import settings as settings_lib


class CrossValidationSpec(types.ComponentSpec):
    """What is validated, and what comes out; searches are inputs of each node's own spec."""

    PARAMETERS = {  # noqa: RUF012 - TFX's name, read by its metaclass
        executor.SETTINGS_KEY: ExecutionParameter(type=str)
    }
    INPUTS = {  # noqa: RUF012 - as above
        executor.EXAMPLES_KEY: ChannelParameter(type=standard_artifacts.Examples),
        executor.SCHEMA_KEY: ChannelParameter(type=standard_artifacts.Schema),
        executor.TRANSFORM_GRAPH_KEY: ChannelParameter(type=standard_artifacts.TransformGraph),
        executor.BASE_MODEL_KEY: ChannelParameter(type=standard_artifacts.Model, optional=True),
    }
    OUTPUTS = {  # noqa: RUF012 - as above
        executor.FOLDS_KEY: ChannelParameter(type=artifacts.Folds),
    }


class CrossValidation(base_beam_component.BaseBeamComponent):
    """Trains every candidate on all folds but one, in turn, and judges it on that one.

    Outputs: `folds` (Folds; means, intervals and differences follow from it).
    """

    SPEC_CLASS = CrossValidationSpec
    EXECUTOR_SPEC = executor_spec.BeamExecutorSpec(executor.Executor)

    def __init__(
        self,
        examples: types.BaseChannel,
        schema: types.BaseChannel,
        transform_graph: types.BaseChannel,
        settings: settings_lib.Settings,
        best: Mapping[str, types.BaseChannel],
        base_model: types.BaseChannel | None = None,
    ) -> None:
        """Makes the node.

        Args:
            examples: The data (Examples); train is dealt out to folds, eval stops the trainings.
            schema: What they look like (Schema).
            transform_graph: Knows the labels (TransformGraph).
            settings: What is validated, and how.
            best: Candidate to the best values of its search (HyperParameters).
            base_model: What the transformer starts from (Model).
        """
        found = {executor.BEST_KEY.format(name): channel for name, channel in best.items()}
        of_run = own_spec.with_inputs(
            CrossValidationSpec, found, standard_artifacts.HyperParameters
        )
        spec = of_run(
            settings=settings.to_json(),
            examples=examples,
            schema=schema,
            transform_graph=transform_graph,
            base_model=base_model,
            folds=types.Channel(type=artifacts.Folds),
            **found,
        )
        super().__init__(spec=spec)
