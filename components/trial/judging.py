"""A trial from models and examples to its outcome."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from tfx.utils import io_utils

from components.trial import (
    answers,
    ceiling,
    comparison,
    costs,
    kept_rows,
    latency,
    lengths,
    outcome,
    settings,
    verdict,
)
from schemas import features
from trainer import export, tasks, training_record
from trainer.tasks import task as task_lib

_MEASURED_ROWS = 256
Progress = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Answered:
    """What was asked, and what all candidates answered.

    Attributes:
        examples: Serialized examples of the test split.
        truths: What is true of each, `(any,)`.
        given: Candidate to its answers by seed, `(width,)` a row.
    """

    examples: Sequence[bytes]
    truths: Sequence[np.ndarray]
    given: Mapping[str, Sequence[Sequence[np.ndarray]]]


def run(
    asked: settings.Settings,
    models: Mapping[str, str],
    examples: Sequence[bytes],
    count_tokens: Callable[[Sequence[bytes]], Sequence[int]],
    progress: Progress = lambda what: None,
) -> tuple[outcome.Outcome, dict[str, np.ndarray]]:
    """Puts the transformer on trial.

    Args:
        asked: What is asked.
        models: Key of an input to the directory of its SavedModel.
        examples: Serialized examples of the test split.
        count_tokens: Counts the tokens of examples.
        progress: Told what is done.

    Returns:
        The outcome, and arrays by row for what shows it.
    """
    task = tasks.get(asked.task)
    answered = _answer(asked, task, models, examples, progress)
    candidates, measured_lengths = _candidates(asked, models, examples, count_tokens, progress)
    rows = {
        name: [task.rows(answered.truths, of_seed) for of_seed in of_seeds]
        for name, of_seeds in answered.given.items()
    }
    units = answers.numbered([answers.column(examples, n) for n in _unit_columns(task)])
    columns = {column: answers.column(examples, column) for column in asked.slices}
    question = comparison.Question(
        transformer=settings.TRANSFORMER,
        metrics=task.contract.metrics(task.settings),
        metric=asked.metric,
        alpha=asked.trial.alpha,
        resamples=asked.trial.bootstrap,
    )
    compared = comparison.compare(
        rows, units, answers.masks(columns), question, lambda name: progress(f"comparing on {name}")
    )
    found = _judged(asked, compared, candidates, question)
    found = dataclasses.replace(
        found, ceiling=_ceiling(asked, task, answered), lengths=measured_lengths
    )
    return found, kept_rows.arrays(
        answered.examples, answered.truths, answered.given, rows, units, columns
    )


def _answer(
    asked: settings.Settings,
    task: task_lib.Task,
    models: Mapping[str, str],
    examples: Sequence[bytes],
    progress: Progress,
) -> Answered:
    given = {}
    for name, keys in asked.candidates().items():
        progress(f"asking {name}")
        given[name] = [
            answers.ask(models[key], export.judged_signature(task), task.answer_key, examples)
            for key in keys
        ]
    first = models[asked.candidates()[settings.TRANSFORMER][0]]
    truths = answers.ask(first, export.TRANSFORM_SIGNATURE, task.truth_key, examples)
    return Answered(examples, truths, given)


def _candidates(
    asked: settings.Settings,
    models: Mapping[str, str],
    examples: Sequence[bytes],
    count_tokens: Callable[[Sequence[bytes]], Sequence[int]],
    progress: Progress,
) -> tuple[tuple[outcome.Candidate, ...], tuple[int, ...]]:
    """Weighs and measures the first model of each candidate."""
    keys = asked.candidates()
    probes, measured_lengths = _probes(asked, examples, count_tokens)
    measured = latency.measure(
        {name: models[of_seeds[0]] for name, of_seeds in keys.items()},
        export.EXAMPLES_SIGNATURE,
        probes,
        asked.trial.measure_seconds,
        progress,
    )
    price = asked.trial.price_per_core_hour
    found = [
        outcome.Candidate(
            name=name,
            trainers=tuple(asked.trainers[key] for key in of_seeds),
            trainings=tuple(_training(models[key]) for key in of_seeds),
            export_bytes=costs.export_bytes(models[of_seeds[0]]),
            measured=measured[name],
            cost_of_a_million=_cost(measured[name], outcome.BATCH, price),
            cost_of_a_million_alone=_cost(measured[name], outcome.ALONE, price),
        )
        for name, of_seeds in keys.items()
    ]
    return tuple(found), measured_lengths


def _cost(measured: latency.Measured, probe: str, price_per_core_hour: float) -> float:
    """Prices a million predictions; 0 where there were no rows to ask."""
    if probe not in measured.timings:
        return 0.0
    return costs.of_predictions(measured.timings[probe].cpu_seconds_per_row, price_per_core_hour)


def _probes(
    asked: settings.Settings,
    examples: Sequence[bytes],
    count_tokens: Callable[[Sequence[bytes]], Sequence[int]],
) -> tuple[list[latency.Probe], tuple[int, ...]]:
    """Makes what is asked of each model for its speed; nothing where there are no rows."""
    some = examples[:_MEASURED_ROWS]
    if not some:
        return [], ()
    wanted = lengths.lengths(asked.max_length)
    text = asked.task.texts[-1]
    by_length = [
        latency.Probe(f"length {length}", [lengths.of_length(some, text, length, count_tokens)], 1)
        for length in wanted
    ]
    probes = [
        latency.Probe(outcome.ALONE, some, 1),
        latency.Probe(outcome.BATCH, some, 32),
        *by_length,
    ]
    return probes, tuple(wanted)


def _training(directory: str) -> training_record.TrainingRecord:
    path = f"{directory}/{training_record.FILE}"
    return training_record.TrainingRecord.from_json(io_utils.read_string_file(path))


def _judged(
    asked: settings.Settings,
    compared: comparison.Compared,
    candidates: Sequence[outcome.Candidate],
    question: comparison.Question,
) -> outcome.Outcome:
    """Decides, and chooses who goes on."""
    trial = asked.trial
    units, _ = compared.slices[comparison.ALL_ROWS]
    rules = verdict.Rules(
        asked.metric, question.metrics[asked.metric], trial.tolerance, trial.alpha
    )
    prices = {each.name: each.cost_of_a_million for each in candidates}
    deciding = list(compared.differences_in(asked.metric).values())
    found = compared.values_of(asked.metric)
    values = {name: value for name, value in found.items() if value is not None}
    winner, reason = verdict.choose(
        trial.policy, settings.TRANSFORMER, values, compared.between, units, prices, rules
    )
    return outcome.Outcome(
        verdict=verdict.judge(deciding, units, prices, rules),
        winner=winner,
        winner_trainer=asked.trainers[asked.candidates()[winner][0]],
        winner_reason=reason,
        policy=trial.policy,
        metric=asked.metric,
        higher_is_better={
            name: metric.higher_is_better for name, metric in question.metrics.items()
        },
        tolerance=trial.tolerance,
        alpha=trial.alpha,
        resamples=trial.bootstrap,
        price_per_core_hour=trial.price_per_core_hour,
        candidates=tuple(candidates),
        compared=compared,
        ceiling=None,
        lengths=(),
    )


def _ceiling(
    asked: settings.Settings, task: task_lib.Task, answered: Answered
) -> ceiling.Ceiling | None:
    """Places the candidates beside people; of several seeds the first."""
    if asked.trial.ratings is None:
        return None
    ratings = [
        ceiling.parse(each) for each in answers.column(answered.examples, asked.trial.ratings)
    ]
    given = {name: np.array(of_seeds[0]) for name, of_seeds in answered.given.items()}
    draws, alpha = asked.trial.bootstrap, asked.trial.alpha
    if task.truth_key == features.TARGETS:
        numbers = {name: values[:, 0] for name, values in given.items()}
        return ceiling.of_numbers(ratings, numbers, draws, alpha)
    labels = np.array(answered.truths)[:, 0]
    told = {name: values.argmax(axis=1) for name, values in given.items()}
    return ceiling.of_labels(ratings, labels, told, draws, alpha)


def _unit_columns(task: task_lib.Task) -> tuple[str, ...]:
    """Names the texts that make rows one unit: those that keep rows together in a split."""
    return task.contract.split_by(task.settings)
