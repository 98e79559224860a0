"""Report: the page of a run for people, and the card of its model."""

from collections.abc import Mapping

from tfx import types
from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import standard_artifacts
from tfx.types.component_spec import ChannelParameter, ExecutionParameter

from components import artifacts, own_spec
from components.report import executor
from components.report import settings as settings_lib


class ReportSpec(types.ComponentSpec):
    """What a report is made of."""

    PARAMETERS = {  # noqa: RUF012 - TFX's name, read by its metaclass
        executor.SETTINGS_KEY: ExecutionParameter(type=str)
    }
    INPUTS = {  # noqa: RUF012 - as above
        executor.EXAMPLES_KEY: ChannelParameter(type=standard_artifacts.Examples),
        executor.TEXT_STATISTICS_KEY: ChannelParameter(type=artifacts.TextStatistics),
        executor.MODEL_KEY: ChannelParameter(type=standard_artifacts.Model),
        executor.EVALUATION_KEY: ChannelParameter(type=standard_artifacts.ModelEvaluation),
        executor.TRIAL_KEY: ChannelParameter(type=artifacts.TrialReport, optional=True),
        executor.PROBE_KEY: ChannelParameter(type=artifacts.ProbeReport, optional=True),
        executor.FOLDS_KEY: ChannelParameter(type=artifacts.Folds, optional=True),
    }
    OUTPUTS = {  # noqa: RUF012 - as above
        executor.REPORT_KEY: ChannelParameter(type=artifacts.RunReport),
    }


class Report(base_component.BaseComponent):
    """Tells people what came of a run, blessed or not.

    Outputs: `report` (RunReport; `index.html`, `model_card.md` and `metrics.json`).
    """

    SPEC_CLASS = ReportSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(
        self,
        examples: types.BaseChannel,
        text_statistics: types.BaseChannel,
        model: types.BaseChannel,
        evaluation: types.BaseChannel,
        settings: settings_lib.Settings,
        trial: types.BaseChannel | None = None,
        probe: types.BaseChannel | None = None,
        searches: Mapping[str, types.BaseChannel] | None = None,
        folds: types.BaseChannel | None = None,
    ) -> None:
        """Makes the node.

        Args:
            examples: The data (Examples); its test split is shown.
            text_statistics: Of the texts, all splits (TextStatistics).
            model: What was judged (Model).
            evaluation: The judgement (ModelEvaluation).
            settings: What the report is of.
            trial: What the trial has found (TrialReport); without one the model itself is asked.
            probe: What the probe has found (ProbeReport).
            searches: Candidate to the search for better settings of it (Search).
            folds: What candidates were worth on folds of the train split (Folds).
        """
        found = {executor.SEARCH_KEY.format(name): each for name, each in (searches or {}).items()}
        of_run = own_spec.with_inputs(ReportSpec, found, artifacts.Search)
        spec = of_run(
            examples=examples,
            text_statistics=text_statistics,
            model=model,
            evaluation=evaluation,
            trial=trial,
            probe=probe,
            folds=folds,
            settings=settings.to_json(),
            report=types.Channel(type=artifacts.RunReport),
            **found,
        )
        super().__init__(spec=spec)
