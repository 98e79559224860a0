"""Reads what the page shows out of the artifacts of a run."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from tfx.dsl.io import fileio
from tfx.utils import io_utils

from components.report import attention as attention_lib
from components.report import contents, looking
from components.report import settings as settings_lib
from components.trial import answers as answers_lib
from components.trial import comparison, outcome
from components.trial import settings as trial_settings
from schemas import features, tasks
from trainer import export, exported, training_record
from trainer import tasks as trainer_tasks


@dataclasses.dataclass(frozen=True)
class Found:
    """What candidates answered, and how well.

    Attributes:
        answers: To the rows of the test split.
        values: Every candidate's metrics on every slice.
        slices: Slice to its units and its rows.
        judged: Name of the candidate that was judged.
        trainings: Candidate to how its training went.
        trial: What the trial has come to; None without one.
    """

    answers: contents.Answers
    values: Sequence[comparison.Value]
    slices: Mapping[str, tuple[int, int]]
    judged: str
    trainings: Mapping[str, training_record.TrainingRecord]
    trial: outcome.Outcome | None


def of_trial(
    asked: settings_lib.Settings, directory: str, model_dir: str, examples: Sequence[bytes]
) -> Found:
    """Reads what a trial has asked and found.

    Args:
        asked: What the report is of.
        directory: Of the trial.
        model_dir: Of the SavedModel that was judged.
        examples: Of the test split, in the order in which the trial has asked.
    """
    trial = outcome.read(directory)
    with fileio.open(f"{directory}/{outcome.ROWS_FILE}", "rb") as file, np.load(file) as packed:
        rows = dict(packed)
    names = [candidate.name for candidate in trial.candidates]
    given = {name: rows[f"answer/{name}/1"] for name in names}
    scores = {
        name: {
            key.rpartition("/")[2]: values
            for key, values in rows.items()
            if key.startswith(f"score/{name}/1/")
        }
        for name in names
    }
    return Found(
        answers=_answers(asked, model_dir, examples, rows["truth"], given, scores),
        values=trial.compared.values,
        slices=trial.compared.slices,
        judged=trial.winner,
        trainings={each.name: each.trainings[0] for each in trial.candidates},
        trial=trial,
    )


def of_model(asked: settings_lib.Settings, model_dir: str, examples: Sequence[bytes]) -> Found:
    """Asks the model itself, where no trial has.

    Args:
        asked: What the report is of.
        model_dir: Of the SavedModel.
        examples: Of the test split.
    """
    task = trainer_tasks.get(asked.task)
    name = trial_settings.TRANSFORMER
    signature = export.judged_signature(task)
    given = answers_lib.ask(model_dir, signature, task.answer_key, examples)
    truths = answers_lib.ask(model_dir, export.TRANSFORM_SIGNATURE, task.truth_key, examples)
    rows = task.rows(truths, given)
    columns = {column: answers_lib.column(examples, column) for column in asked.slices}
    unit_columns = task.contract.split_by(task.settings)
    units = answers_lib.numbered([answers_lib.column(examples, each) for each in unit_columns])
    metrics = task.contract.metrics(task.settings)
    question = comparison.Question(name, metrics, asked.metric, asked.alpha, asked.resamples)
    compared = comparison.compare({name: [rows]}, units, answers_lib.masks(columns), question)
    scores = {name: rows.each() if examples else {}}
    rectangles = (answers_lib.rectangle(truths), {name: answers_lib.rectangle(given)})
    return Found(
        answers=_answers(asked, model_dir, examples, *rectangles, scores),
        values=compared.values,
        slices=compared.slices,
        judged=name,
        trainings={name: training(model_dir)},
        trial=None,
    )


def training(model_dir: str) -> training_record.TrainingRecord:
    """Reads how the training of an exported model went."""
    text = io_utils.read_string_file(f"{model_dir}/{training_record.FILE}")
    return training_record.TrainingRecord.from_json(text)


def architecture(model_dir: str) -> str:
    """Reads which architecture an exported model is of."""
    told: dict[str, Any] = json.loads(io_utils.read_string_file(f"{model_dir}/{exported.FILE}"))
    return str(told["architecture"])


def attention(found: Found, model_dir: str, task: tasks.Settings) -> dict[int, contents.Attention]:
    """Asks the judged model how the tokens of chosen texts attend to each other."""
    rows = attention_lib.choose(found.answers, found.judged)
    texts = [dict(zip(task.texts, found.answers.texts[row], strict=True)) for row in rows]
    looked = looking.look(model_dir, texts)
    return dict(zip(rows, looked, strict=False))


def _answers(
    asked: settings_lib.Settings,
    model_dir: str,
    examples: Sequence[bytes],
    truths: np.ndarray,
    given: Mapping[str, np.ndarray],
    scores: Mapping[str, Mapping[str, np.ndarray]],
) -> contents.Answers:
    columns = [answers_lib.column(examples, name) for name in asked.task.texts]
    return contents.Answers(
        truths=truths,
        given=given,
        scores=scores,
        texts=list(zip(*columns, strict=True)),
        origins=answers_lib.column(examples, features.ORIGIN),
        labels=_labels(model_dir) if tasks.contract(asked.task.name).has_labels else (),
    )


def _labels(model_dir: str) -> tuple[str, ...]:
    text = io_utils.read_string_file(f"{model_dir}/assets/{features.LABEL_VOCABULARY}")
    return tuple(text.splitlines())
