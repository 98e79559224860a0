"""StatisticsGen: TFX's, with the statistics of texts beside TFDV's."""

from tfx import types
from tfx.components.statistics_gen import component
from tfx.dsl.components.base import base_beam_component, executor_spec
from tfx.types import component_spec, standard_artifacts, standard_component_specs

from components import artifacts
from components.statistics import executor
from components.statistics import settings as settings_lib

TextSettings = settings_lib.TextSettings


class StatisticsGenSpec(component_spec.ComponentSpec):
    """What StatisticsGen reads, takes and writes."""

    PARAMETERS = {  # noqa: RUF012 - TFX's name, read by its metaclass
        executor.TEXT_SETTINGS_KEY: component_spec.ExecutionParameter(type=str),
    }
    INPUTS = {  # noqa: RUF012
        standard_component_specs.EXAMPLES_KEY: component_spec.ChannelParameter(
            type=standard_artifacts.Examples
        ),
    }
    OUTPUTS = {  # noqa: RUF012
        standard_component_specs.STATISTICS_KEY: component_spec.ChannelParameter(
            type=standard_artifacts.ExampleStatistics
        ),
        executor.TEXT_STATISTICS_KEY: component_spec.ChannelParameter(
            type=artifacts.TextStatistics
        ),
    }


class StatisticsGen(component.StatisticsGen):
    """Counts the examples, all splits, in one pass.

    Outputs: `statistics` (ExampleStatistics; what TFX's own writes), `text_statistics`
    (TextStatistics; see `components/statistics/text_statistics.py`).
    """

    SPEC_CLASS = StatisticsGenSpec
    EXECUTOR_SPEC = executor_spec.BeamExecutorSpec(executor.Executor)

    def __init__(self, examples: types.BaseChannel, settings: settings_lib.TextSettings):
        """Makes the node.

        Args:
            examples: Examples of any splits.
            settings: Which features hold text, and how the tokenizer takes it.
        """
        spec = StatisticsGenSpec(
            examples=examples,
            text_settings=settings.to_json(),
            statistics=types.Channel(type=standard_artifacts.ExampleStatistics),
            text_statistics=types.Channel(type=artifacts.TextStatistics),
        )
        # TFX's own constructor knows of no other spec than its own.
        base_beam_component.BaseBeamComponent.__init__(self, spec=spec)
