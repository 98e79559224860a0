"""From artifacts to all that the page shows."""

from collections.abc import Mapping, Sequence

from tfx import types
from tfx.types import artifact_utils

from components.cross_validation import outcome as folds_lib
from components.evaluator import evaluation
from components.probe import outcome as probe_outcome
from components.report import contents, executor, looking, provenance, reading
from components.report import settings as settings_lib
from components.run_config import environment
from components.statistics import text_statistics
from components.trial import answers
from components.tuner import searches
from schemas import features, tasks
from trainer.tuning import record

_MAX_POSITIONS = 128
Inputs = Mapping[str, Sequence[types.Artifact]]


def gather(
    asked: settings_lib.Settings, inputs: Inputs, model_dir: str, execution: int | None
) -> contents.Contents:
    """Reads the artifacts of a run.

    Args:
        asked: What the report is of.
        inputs: The artifacts.
        model_dir: Of the SavedModel that was judged.
        execution: Id of the execution that makes the report; None where it is not told.
    """
    [test_dir] = artifact_utils.get_split_uris(
        list(inputs[executor.EXAMPLES_KEY]), features.TEST_SPLIT
    )
    examples = answers.read(test_dir)
    if inputs.get(executor.TRIAL_KEY):
        found = reading.of_trial(asked, _uri(inputs, executor.TRIAL_KEY), model_dir, examples)
    else:
        found = reading.of_model(asked, model_dir, examples)
    contract = tasks.contract(asked.task.name)
    return contents.Contents(
        name=asked.name,
        task=asked.task,
        metric=asked.metric,
        metrics=contract.metrics(asked.task),
        alpha=asked.alpha,
        judged=found.judged,
        architecture=reading.architecture(model_dir),
        judgement=evaluation.read_verdict(_uri(inputs, executor.EVALUATION_KEY)),
        values=found.values,
        slices=found.slices,
        answers=found.answers,
        trainings=found.trainings,
        text=text_statistics.read(_uri(inputs, executor.TEXT_STATISTICS_KEY)),
        lineage=_lineage(asked, inputs, execution),
        trial=found.trial,
        probe=probe_outcome.read(_uri(inputs, executor.PROBE_KEY))
        if inputs.get(executor.PROBE_KEY)
        else None,
        attention=reading.attention(found, model_dir, asked.task),
        positions=looking.positions(model_dir, _MAX_POSITIONS),
        searches=_searches(inputs),
        folds=_folds(inputs),
    )


def _searches(inputs: Inputs) -> dict[str, record.Search]:
    """Reads the searches, the transformer's first."""
    keys = [key for key in inputs if key.startswith(executor.SEARCH_KEY.format(""))]
    found = searches.read(_uri(inputs, key) for key in keys)
    return {search.candidate: search for search in found}


def _folds(inputs: Inputs) -> folds_lib.Outcome | None:
    if not inputs.get(executor.FOLDS_KEY):
        return None
    return folds_lib.read(_uri(inputs, executor.FOLDS_KEY))


def _lineage(
    asked: settings_lib.Settings, inputs: Inputs, execution: int | None
) -> contents.Lineage:
    return contents.Lineage(
        execution=execution,
        artifacts=provenance.artifacts(inputs),
        versions=environment.versions(),
        machine=environment.machine(),
        config=asked.config,
    )


def _uri(inputs: Inputs, key: str) -> str:
    return artifact_utils.get_single_uri(list(inputs[key]))
