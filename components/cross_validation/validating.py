"""Trains every candidate once for each fold, and asks it for the rows of that fold.

What is done is kept, a file for each candidate and fold, so that a killed validation goes on with
the training that was under way.
"""

import dataclasses
import json
import pathlib
import shutil
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from tfx.components.trainer import fn_args_utils

from components.cross_validation import outcome, rows
from components.cross_validation import settings as settings_lib
from components.trial import answers, comparison
from schemas import features
from trainer import export, kept, launch, listeners, progress, rivals, run, tasks
from trainer.tasks import task as task_lib


@dataclasses.dataclass(frozen=True)
class Transformed:
    """What Transform has made of the rows that a fold's candidates learn from.

    Attributes:
        graph: Directory of the transform graph.
        examples: Directory of the transformed splits, `Split-train` and `Split-eval`.
    """

    graph: str
    examples: str


# Learns what there is to learn of `Split-train` in a directory of raw examples and transforms both
# splits, into another directory.
Transform = Callable[[str, str], Transformed]


class Validation:
    """A cross-validation under way."""

    def __init__(
        self,
        asked: settings_lib.Settings,
        train: Sequence[bytes],
        evaluation: Sequence[bytes],
        transform: Transform,
        best: Mapping[str, Mapping[str, Any]],
        base_model: str,
        directory: str,
        tell: listeners.Listener = lambda event: None,
    ) -> None:
        """Takes what is validated.

        Args:
            asked: How.
            train: Serialized raw examples of the train split, which are dealt out to folds.
            evaluation: Those of the eval split: each training stops by them, as the run's own does,
                so that the fold that is held out is looked at once, at the end.
            transform: Transforms what is learned from.
            best: Candidate to the best hyperparameters of a search, where there was one.
            base_model: Directory of the exported model that the transformer starts from, or empty.
            directory: Where what is done, and what is under way, lies.
            tell: Told what goes on.
        """
        self._asked = asked
        self._task = tasks.get(asked.task)
        self._metrics = self._task.contract.metrics(asked.task)
        self._train = train
        self._evaluation = evaluation
        self._transform = transform
        self._best = best
        self._base_model = base_model
        self._root = pathlib.Path(directory)
        self._kept = kept.Kept(self._root / "done")
        self._tell = tell

    def run(self) -> outcome.Outcome:
        """Validates every candidate on every fold that is not done.

        Raises:
            DataError: If there are fewer units than folds.
            RuntimeError: If a training failed.
        """
        asked = self._asked
        of_rows, units = rows.deal(asked, self._train)
        found: dict[tuple[str, int], outcome.Fold] = {}
        for number in range(1, asked.folds + 1):
            held_out = of_rows == number - 1
            for candidate in asked.trainings:
                found[candidate, number] = self._done(candidate, number) or self._fold(
                    candidate, number, held_out, list(found.values())
                )
            shutil.rmtree(self._place(number), ignore_errors=True)
        metric = self._metrics[asked.metric]
        return outcome.Outcome(
            metric=asked.metric,
            higher_is_better=metric.higher_is_better,
            alpha=asked.alpha,
            units=units,
            folds=[found[c, n] for c in asked.trainings for n in range(1, asked.folds + 1)],
            minimum=metric.minimum,
            maximum=metric.maximum,
        )

    def _fold(
        self, candidate: str, number: int, held_out: np.ndarray, done: Sequence[outcome.Fold]
    ) -> outcome.Fold:
        """Trains a candidate on all folds but one, and asks it for that one."""
        asked, started = self._asked, time.monotonic()
        self._tell(progress.FoldStarted(candidate, number, asked.folds, asked.metric))
        transformed = self._transformed(number, held_out)
        model = self._place(number) / candidate
        launch.run(self._request(candidate, transformed, str(model)), self._tell)
        examples = [self._train[i] for i in np.flatnonzero(held_out)]
        metrics = ask(self._task, str(model), examples)
        shutil.rmtree(model)
        found = outcome.Fold(
            candidate=candidate,
            number=number,
            metrics={name: metrics.get(name) for name in self._metrics},
            rows=len(examples),
            learned_from=len(self._train) - len(examples),
            seconds=time.monotonic() - started,
        )
        self._kept.keep(f"{candidate}-{number}", json.dumps(dataclasses.asdict(found)))
        seconds = [fold.seconds for fold in (*done, found)]
        left = asked.folds * len(asked.trainings) - len(seconds)
        self._tell(
            progress.FoldEnded(
                value=found.metrics[asked.metric],
                seconds=found.seconds,
                seconds_left=left * statistics.fmean(seconds),
            )
        )
        return found

    def _transformed(self, number: int, held_out: np.ndarray) -> Transformed:
        """Transforms the rows of the other folds, unless another candidate had it done."""
        place = self._place(number)
        marker = place / "transformed.json"
        if not marker.exists():
            shutil.rmtree(place, ignore_errors=True)
            learned_from = [self._train[i] for i in np.flatnonzero(~held_out)]
            write(place / "raw" / f"Split-{features.TRAIN_SPLIT}", learned_from)
            write(place / "raw" / f"Split-{features.EVAL_SPLIT}", self._evaluation)
            made = self._transform(str(place / "raw"), str(place / "transformed"))
            marker.write_text(json.dumps(dataclasses.asdict(made)))
        return Transformed(**json.loads(marker.read_text()))

    def _request(self, candidate: str, transformed: Transformed, model: str) -> Any:
        """Asks for the training that the candidate's Trainer does, on other rows."""
        of_transformer = candidate == rivals.TRANSFORMER
        settings = {**self._asked.trainings[candidate], "backup_dir": str(self._root / "backups")}
        return run.request_of(
            fn_args_utils.FnArgs(
                train_files=[f"{transformed.examples}/Split-{features.TRAIN_SPLIT}/*"],
                eval_files=[f"{transformed.examples}/Split-{features.EVAL_SPLIT}/*"],
                transform_graph_path=transformed.graph,
                serving_model_dir=model,
                model_run_dir=f"{model}-logs",
                base_model=self._base_model if of_transformer else "",
                hyperparameters=dict(self._best.get(candidate, {})),
                custom_config=settings,
            )
        )

    def _place(self, number: int) -> pathlib.Path:
        return self._root / f"fold-{number}"

    def _done(self, candidate: str, number: int) -> outcome.Fold | None:
        """Reads what came of a candidate on a fold before; None where there is nothing."""
        told = self._kept.read(f"{candidate}-{number}")
        return outcome.Fold(**json.loads(told)) if told else None


def ask(task: task_lib.Task, model: str, examples: Sequence[bytes]) -> dict[str, float | None]:
    """Asks an exported model for examples, and computes every metric of its answers."""
    given = answers.ask(model, export.judged_signature(task), task.answer_key, examples)
    truths = answers.ask(model, export.TRANSFORM_SIGNATURE, task.truth_key, examples)
    of_rows = task.rows(truths, given)
    found = of_rows.metrics(np.ones((1, len(examples))))
    return {name: comparison.finite(values[0]) for name, values in found.items()}


def write(directory: pathlib.Path, examples: Iterable[bytes]) -> None:
    """Writes serialized examples as Ingest does, into one file."""
    directory.mkdir(parents=True)
    options = tf.io.TFRecordOptions(compression_type="GZIP")
    with tf.io.TFRecordWriter(str(directory / "data-00000-of-00001.gz"), options) as writer:
        for example in examples:
            writer.write(example)
