"""Transform: TFX's, which may take its vocabulary from a model."""

from typing import Any

from tfx import types
from tfx.dsl.components.base import base_beam_component, executor_spec
from tfx.proto import transform_pb2
from tfx.types import standard_artifacts, standard_component_specs
from tfx.types.component_spec import ChannelParameter
from tfx.utils import json_utils

from components.transform import executor


class TransformSpec(standard_component_specs.TransformSpec):
    """TFX's, with one input more."""

    INPUTS = {  # noqa: RUF012 - TFX's name, read by its metaclass
        **standard_component_specs.TransformSpec.INPUTS,
        executor.BASE_MODEL_KEY: ChannelParameter(type=standard_artifacts.Model, optional=True),
    }


class Transform(base_beam_component.BaseBeamComponent):
    """TFX's Transform; with a model to start from, its vocabulary is taken and none is learned.

    It is no subclass, since TFX's makes a spec of its own, which has no place for more inputs.
    Outputs: `transform_graph` and `transformed_examples`. Nothing would read the statistics and the
    cache that TFX's writes besides, and they would cost another pass over the data.
    """

    SPEC_CLASS = TransformSpec
    EXECUTOR_SPEC = executor_spec.BeamExecutorSpec(executor.Executor)

    def __init__(
        self,
        examples: types.BaseChannel,
        schema: types.BaseChannel,
        preprocessing_fn: str,
        splits_config: transform_pb2.SplitsConfig,
        custom_config: dict[str, Any],
        base_model: types.BaseChannel | None = None,
    ):
        """Makes the node.

        Args:
            examples: What is transformed (Examples).
            schema: What they look like (Schema).
            preprocessing_fn: Dotted path of the function that transforms.
            splits_config: The splits to learn from and those to transform.
            custom_config: Handed to the function.
            base_model: Whose vocabulary is taken (Model).
        """
        transformed = types.Channel(type=standard_artifacts.Examples)
        transformed.matching_channel_name = "examples"  # which splits there are
        spec = TransformSpec(
            examples=examples,
            schema=schema,
            base_model=base_model,
            preprocessing_fn=preprocessing_fn,
            splits_config=splits_config,
            custom_config=json_utils.dumps(custom_config),
            force_tf_compat_v1=0,
            disable_statistics=1,
            transform_graph=types.Channel(type=standard_artifacts.TransformGraph),
            transformed_examples=transformed,
        )
        super().__init__(spec=spec)
