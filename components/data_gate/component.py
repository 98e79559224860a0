"""DataGate: stops a run whose data is not fit to learn from, before work is wasted on it."""

import json
from collections.abc import Sequence

from tfx import types
from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components import artifacts
from components.data_gate import config as config_lib
from components.data_gate import executor


class DataGateSpec(ComponentSpec):
    """What the gate takes and gives."""

    PARAMETERS = {  # noqa: RUF012 - TFX's name, read by its metaclass
        executor.CONFIG_KEY: ExecutionParameter(type=str),
        executor.NAME_KEY: ExecutionParameter(type=str),
        executor.REPORT_DIR_KEY: ExecutionParameter(type=str),
        executor.LABELS_KEY: ExecutionParameter(type=str),
    }
    INPUTS = {  # noqa: RUF012
        executor.EXAMPLES_KEY: ChannelParameter(type=standard_artifacts.Examples),
        executor.QUARANTINE_KEY: ChannelParameter(type=artifacts.Quarantine),
        executor.STATISTICS_KEY: ChannelParameter(type=standard_artifacts.ExampleStatistics),
        executor.TEXT_STATISTICS_KEY: ChannelParameter(type=artifacts.TextStatistics),
        executor.SCHEMA_KEY: ChannelParameter(type=standard_artifacts.Schema),
        executor.ANOMALIES_KEY: ChannelParameter(type=standard_artifacts.ExampleAnomalies),
        executor.BASELINE_MODEL_KEY: ChannelParameter(type=standard_artifacts.Model, optional=True),
    }
    OUTPUTS = {  # noqa: RUF012
        executor.REPORT_KEY: ChannelParameter(type=artifacts.DataReport),
    }


class DataGate(base_component.BaseComponent):
    """Judges the data by the checks of the config; an error among them stops the run.

    It puts out no examples: what must wait for it is told so with `add_upstream_node`. Examples of
    its own would be new ones whenever the latest blessed model is another, and train anew.
    Outputs: `report` (DataReport).
    """

    SPEC_CLASS = DataGateSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(
        self,
        examples: types.BaseChannel,
        quarantine: types.BaseChannel,
        statistics: types.BaseChannel,
        text_statistics: types.BaseChannel,
        schema: types.BaseChannel,
        anomalies: types.BaseChannel,
        config: config_lib.ValidateConfig,
        name: str,
        report_dir: str,
        baseline_model: types.BaseChannel | None = None,
        labels: Sequence[str] | None = None,
    ):
        """Makes the node.

        Args:
            examples: What Ingest made; read only to name the rows behind what broke.
            quarantine: What Ingest could not use.
            statistics: TFDV's, of all splits.
            text_statistics: Of the texts, all splits.
            schema: What the data was compared with.
            anomalies: What came of it.
            config: Levels and limits of the checks.
            name: The pipeline's, for the page.
            report_dir: Where the newest run's report is copied to, for people; a refused run's
                artifacts are deleted.
            baseline_model: The latest blessed model, trained by our Trainer.
            labels: All labels that there may be, in the order of their ids; None takes train's.
        """
        spec = DataGateSpec(
            examples=examples,
            quarantine=quarantine,
            statistics=statistics,
            text_statistics=text_statistics,
            schema=schema,
            anomalies=anomalies,
            baseline_model=baseline_model,
            config=config.model_dump_json(),
            name=name,
            report_dir=report_dir,
            labels=json.dumps(None if labels is None else list(labels)),
            report=types.Channel(type=artifacts.DataReport),
        )
        super().__init__(spec=spec)
