"""SchemaGen: infers the schema of a table that has no curated one."""

import json
from collections.abc import Sequence

from tfx import types
from tfx.components.schema_gen import component
from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import component_spec, standard_artifacts, standard_component_specs

from components.schema import executor
from schemas import features

NODE_ID = "Schema"


class SchemaGenSpec(component_spec.ComponentSpec):
    """What goes in and comes out."""

    PARAMETERS = {  # noqa: RUF012 - TFX's name, read by its metaclass
        key: component_spec.ExecutionParameter(type=str)
        for key in (executor.REQUEST_FEATURES_KEY, executor.LABEL_FEATURE_KEY)
    }
    INPUTS = standard_component_specs.SchemaGenSpec.INPUTS
    OUTPUTS = standard_component_specs.SchemaGenSpec.OUTPUTS


class SchemaGen(component.SchemaGen):
    """Infers a schema from the train split that honest data does not break.

    Outputs: `schema` (Schema), see `components/schema/inference.py` for what stands in it.
    """

    SPEC_CLASS = SchemaGenSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(
        self,
        statistics: types.BaseChannel,
        request_features: Sequence[str] = (features.TEXT,),
        label_feature: str | None = features.LABEL,
    ):
        """Makes the node, whose id is `Schema`.

        Args:
            statistics: Channel of `ExampleStatistics` with a train split.
            request_features: Features that a serving request carries.
            label_feature: The feature whose values are the labels; None where there is none.
        """
        spec = SchemaGenSpec(
            statistics=statistics,
            schema=types.Channel(type=standard_artifacts.Schema),
            request_features=json.dumps(list(request_features)),
            label_feature=json.dumps(label_feature),
        )
        # TFX's own constructor knows no settings but its own.
        base_component.BaseComponent.__init__(self, spec=spec)
        self.with_id(NODE_ID)
