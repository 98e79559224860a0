"""Pusher: a blessed model becomes a version in the serving directory, and more with it."""

from tfx import types
from tfx.dsl.components.base import base_component, executor_spec
from tfx.proto import pusher_pb2
from tfx.types import standard_artifacts, standard_component_specs
from tfx.types.component_spec import ChannelParameter
from tfx.utils import json_utils

from components import artifacts
from components.pusher import executor


class PusherSpec(standard_component_specs.PusherSpec):
    """TFX's, with inputs more."""

    INPUTS = {  # noqa: RUF012 - TFX's name, read by its metaclass
        **standard_component_specs.PusherSpec.INPUTS,
        executor.REPORT_KEY: ChannelParameter(type=artifacts.RunReport),
        executor.PROBE_KEY: ChannelParameter(type=artifacts.ProbeReport, optional=True),
    }


class Pusher(base_component.BaseComponent):
    """TFX's Pusher, which takes along what report and probe have for who serves the model.

    It is no subclass, since TFX's makes a spec of its own, which has no place for more inputs.
    Outputs: `pushed_model` (PushedModel; with `model_card.md` and, of a model that was probed,
    `tf_serving_warmup_requests` in `assets.extra`).
    """

    SPEC_CLASS = PusherSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(
        self,
        model: types.BaseChannel,
        model_blessing: types.BaseChannel,
        report: types.BaseChannel,
        push_destination: pusher_pb2.PushDestination,
        infra_blessing: types.BaseChannel | None = None,
        probe: types.BaseChannel | None = None,
    ) -> None:
        """Makes the node.

        Args:
            model: What was judged (Model).
            model_blessing: Whether it may serve (ModelBlessing).
            report: Brings the model card (RunReport).
            push_destination: Where models serve.
            infra_blessing: Whether it can be served (InfraBlessing); None if nobody has tried.
            probe: Brings requests that warm a server up (ProbeReport).
        """
        spec = PusherSpec(
            model=model,
            model_blessing=model_blessing,
            infra_blessing=infra_blessing,
            report=report,
            probe=probe,
            push_destination=push_destination,
            custom_config=json_utils.dumps(None),
            pushed_model=types.Channel(type=standard_artifacts.PushedModel),
        )
        super().__init__(spec=spec)
