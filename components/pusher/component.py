"""Pusher: a blessed model becomes a version in the serving directory, its card with it."""

from tfx import types
from tfx.dsl.components.base import base_component, executor_spec
from tfx.proto import pusher_pb2
from tfx.types import standard_artifacts, standard_component_specs
from tfx.types.component_spec import ChannelParameter
from tfx.utils import json_utils

from components import artifacts
from components.pusher import executor


class PusherSpec(standard_component_specs.PusherSpec):
    """TFX's, with an input more."""

    INPUTS = {  # noqa: RUF012 - TFX's name, read by its metaclass
        **standard_component_specs.PusherSpec.INPUTS,
        executor.REPORT_KEY: ChannelParameter(type=artifacts.RunReport),
    }


class Pusher(base_component.BaseComponent):
    """TFX's Pusher, which takes the report along.

    It is no subclass, since TFX's makes a spec of its own, which has no place for more inputs.
    Outputs: `pushed_model` (PushedModel; with the card in `assets.extra/model_card.md`).
    """

    SPEC_CLASS = PusherSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(
        self,
        model: types.BaseChannel,
        model_blessing: types.BaseChannel,
        report: types.BaseChannel,
        push_destination: pusher_pb2.PushDestination,
    ) -> None:
        """Makes the node.

        Args:
            model: What was judged (Model).
            model_blessing: Whether it may serve (ModelBlessing).
            report: Brings the model card (RunReport).
            push_destination: Where models serve.
        """
        spec = PusherSpec(
            model=model,
            model_blessing=model_blessing,
            report=report,
            push_destination=push_destination,
            custom_config=json_utils.dumps(None),
            pushed_model=types.Channel(type=standard_artifacts.PushedModel),
        )
        super().__init__(spec=spec)
