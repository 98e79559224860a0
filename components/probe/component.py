"""Probe: tries a model as clients will, before any of them meets it."""

from tfx import types
from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import standard_artifacts
from tfx.types.component_spec import ChannelParameter, ExecutionParameter

from components import artifacts
from components.probe import executor
from components.probe import settings as settings_lib


class ProbeSpec(types.ComponentSpec):
    """What a probe takes and gives."""

    PARAMETERS = {  # noqa: RUF012 - TFX's name, read by its metaclass
        executor.SETTINGS_KEY: ExecutionParameter(type=str)
    }
    INPUTS = {  # noqa: RUF012 - as above
        executor.MODEL_KEY: ChannelParameter(type=standard_artifacts.Model),
        executor.EVALUATION_KEY: ChannelParameter(type=standard_artifacts.ModelEvaluation),
    }
    OUTPUTS = {  # noqa: RUF012 - as above
        executor.BLESSING_KEY: ChannelParameter(type=standard_artifacts.InfraBlessing),
        executor.PROBE_KEY: ChannelParameter(type=artifacts.ProbeReport),
    }


class Probe(base_component.BaseComponent):
    """Loads the model in a process without this project, and asks it what clients may ask.

    Outputs: `blessing` (InfraBlessing; what keeps TFX's Pusher from pushing), `probe`
    (ProbeReport; what was found, and requests that warm a server up).
    """

    SPEC_CLASS = ProbeSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(
        self,
        model: types.BaseChannel,
        evaluation: types.BaseChannel,
        settings: settings_lib.Settings,
    ) -> None:
        """Makes the node.

        Args:
            model: What was judged (Model).
            evaluation: What the Evaluator saw of it (ModelEvaluation).
            settings: What is asked.
        """
        spec = ProbeSpec(
            model=model,
            evaluation=evaluation,
            settings=settings.to_json(),
            blessing=types.Channel(type=standard_artifacts.InfraBlessing),
            probe=types.Channel(type=artifacts.ProbeReport),
        )
        super().__init__(spec=spec)
