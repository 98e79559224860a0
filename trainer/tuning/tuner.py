"""A search under way: each trial is a training that somebody else does, and may be killed.

What is done is on disk before it is told: the state of the oracle as KerasTuner saves it, and what
came of each trial in a file of its own. So a search that is started again goes on where it stopped,
and even where the oracle's state cannot be read it trains nothing twice.
"""

import dataclasses
import hashlib
import json
import logging
import math
import pathlib
import shutil
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import keras_tuner
from keras_tuner import errors as keras_tuner_errors
from keras_tuner.engine import base_tuner
from keras_tuner.engine import trial as trial_lib

from schemas import errors
from trainer import kept, progress
from trainer.tuning import record, settling
from trainer.tuning import space as space_lib

_DONE: record.Status = "done"
_FAILED: record.Status = "failed"
_PROJECT = "oracle"


class Train(Protocol):
    """Trains with values, in whatever way.

    It may be asked again for what it was asked before, with more epochs: then it goes on.
    """

    def __call__(self, values: space_lib.Values, epochs: int) -> record.Trained:
        """Trains with the values for so many epochs at most.

        Raises:
            DataError: If no training can succeed.
            RuntimeError: If this one failed.
        """


class Tuner(base_tuner.BaseTuner):
    """KerasTuner's loop around trainings."""

    def __init__(
        self,
        make_oracle: Callable[[], keras_tuner.Oracle],
        train: Train,
        epochs: int,
        candidate: str,
        space: Mapping[str, Any],
        method: str,
        directory: str,
        tell: Callable[[progress.Event], None] = lambda event: None,
    ):
        """Makes the search, or takes it up where it was left.

        Args:
            make_oracle: Makes what proposes the values.
            train: Trains with them.
            epochs: Of a trial at most.
            candidate: Whose settings are searched.
            space: What each key may be, as the config has it.
            method: How it is searched, as the config has it.
            directory: Where the state of the search lies.
            tell: Told what goes on.
        """
        self._train = train
        self._epochs = epochs
        self._candidate = candidate
        self._space = space
        self._method = method
        self._root = pathlib.Path(directory)
        self._kept = kept.Kept(self._root / "done")
        self._tell = tell
        self._failed: dict[str, dict[str, Any]] = {}  # by the trial's id
        place = {"directory": directory, "project_name": _PROJECT}
        try:
            super().__init__(make_oracle(), **place)
        except (ValueError, KeyError, RuntimeError):
            # Torn by a kill while it was written. What another oracle is told of trials that are
            # done brings it to where this one was.
            logging.getLogger(__name__).exception("The search begins anew.")
            super().__init__(make_oracle(), **place, overwrite=True)

    def run_trial(
        self, trial: trial_lib.Trial, *fit_args: Any, **fit_kwargs: Any
    ) -> dict[str, float]:
        """Trains with the values of a trial, unless that is done, and tells the oracle.

        Raises:
            FatalError: If no training can succeed.
            FailedTrialError: If this one failed.
        """
        del fit_args, fit_kwargs
        values, epochs = settling.decode(trial.hyperparameters.values), self._epochs_of(trial)
        started = time.monotonic()
        self._tell(
            progress.TrialStarted(
                candidate=self._candidate,
                number=_number(trial),
                trials=self.oracle.max_trials,
                values=values,
                epochs=epochs,
                metric=self._metric,
            )
        )
        try:
            trained = self._known(trial) or self._train(values, epochs)
            _check(self._metric, trained.value)
        except errors.DataError as error:
            raise keras_tuner_errors.FatalError(str(error)) from error
        except RuntimeError as error:
            seconds = time.monotonic() - started
            self._failed[trial.trial_id] = {"reason": str(error), "seconds": seconds}
            raise keras_tuner_errors.FailedTrialError(str(error)) from error
        self._kept.keep(_key(values, epochs), trained.to_json())
        return {self._metric: trained.value}

    def on_trial_end(self, trial: trial_lib.Trial) -> None:
        """Saves the state, and tells what came of the trial."""
        super().on_trial_end(trial)
        found = self.outcome()
        told = next(each for each in found.trials if each.number == _number(trial))
        done = found.ranked()
        self._tell(
            progress.TrialEnded(
                number=told.number,
                value=told.value,
                best=bool(done) and done[0].number == told.number,
                best_value=done[0].value if done else None,
                seconds=told.seconds,
                seconds_left=self._seconds_left(found),
                reason=told.reason if told.status == _FAILED else "",
            )
        )

    def outcome(self) -> record.Search:
        """Tells what the search has come to so far."""
        trials = [self._told(self.oracle.trials[i]) for i in self.oracle.start_order]
        refused = [
            record.Trial(0, each["values"], self._epochs, "refused", reason=each["reason"])
            for each in self.oracle.refused
        ]
        found = record.Search(
            candidate=self._candidate,
            method=self._method,
            metric=self._metric,
            higher_is_better=self.oracle.objective.direction == "max",
            space=self._space,
            trials=[*(trial for trial in trials if trial), *refused],
            best=0,
        )
        ranked = found.ranked()
        return dataclasses.replace(found, best=ranked[0].number) if ranked else found

    def discard(self) -> None:
        """Removes the state: what the search has come to is safe elsewhere."""
        shutil.rmtree(self._root, ignore_errors=True)

    def get_state(self) -> dict[str, Any]:
        """Returns what is saved beside the oracle's state."""
        return {"failed": self._failed}

    def set_state(self, state: dict[str, Any]) -> None:
        """Takes up what was saved."""
        self._failed = state["failed"]

    @property
    def _metric(self) -> str:
        name: str = self.oracle.objective.name
        return name

    def _epochs_of(self, trial: trial_lib.Trial) -> int:
        epochs: int = trial.hyperparameters.values.get("tuner/epochs", self._epochs)
        return epochs

    def _told(self, trial: trial_lib.Trial) -> record.Trial | None:
        """Tells of a trial; None of one that has not ended."""
        values, epochs = settling.decode(trial.hyperparameters.values), self._epochs_of(trial)
        earlier = trial.hyperparameters.values.get("tuner/trial_id")
        told: dict[str, Any] = {
            "number": _number(trial),
            "values": values,
            "epochs": epochs,
            "goes_on_with": None if earlier is None else int(earlier) + 1,
        }
        if trial.trial_id in self._failed:
            return record.Trial(**told, status=_FAILED, **self._failed[trial.trial_id])
        trained = self._done(values, epochs)
        if trained is None:
            return None
        before = self._before(trial)
        of_rungs = before.total_seconds if before else 0.0
        return record.Trial(
            **told,
            status=_DONE,
            value=trained.value,
            curve=trained.curve,
            best_epoch=trained.best_epoch,
            seconds=trained.seconds + max(0.0, trained.earlier_seconds - of_rungs),
            reason=trained.reason,
        )

    def _seconds_left(self, found: record.Search) -> float | None:
        """Estimates the time to the end from the mean of the trials so far."""
        seconds = [trial.seconds for trial in found.trials if trial.status == _DONE]
        if not seconds:
            return None
        left = (self.oracle.max_trials or 0) - len(found.run)
        return left * statistics.fmean(seconds)

    def _known(self, trial: trial_lib.Trial) -> record.Trained | None:
        """Tells what came of a trial that was done, or whose earlier rung had come to an end."""
        values = settling.decode(trial.hyperparameters.values)
        before = self._before(trial)
        if before is not None and before.is_over:
            return dataclasses.replace(before, seconds=0.0, earlier_seconds=before.total_seconds)
        return self._done(values, self._epochs_of(trial))

    def _before(self, trial: trial_lib.Trial) -> record.Trained | None:
        """Tells what came of the rung before, as far as Hyperband has it; None for other trials."""
        epochs = trial.hyperparameters.values.get("tuner/initial_epoch", 0)
        values = settling.decode(trial.hyperparameters.values)
        return self._done(values, epochs) if epochs else None

    def _done(self, values: space_lib.Values, epochs: int) -> record.Trained | None:
        """Reads what came of a trial that was done before; None where there is none."""
        told = self._kept.read(_key(values, epochs))
        return record.Trained.from_json(told) if told else None


def _check(metric: str, value: float) -> None:
    """Refuses what cannot be compared.

    Raises:
        RuntimeError: If the metric is undefined on the eval split.
    """
    if not math.isfinite(value):
        raise RuntimeError(
            f"`tune.metric` must be defined on the eval split. Received: {metric}={value}"
        )


def _key(values: space_lib.Values, epochs: int) -> str:
    """Names a training by what it is asked."""
    told = json.dumps([values, epochs], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _number(trial: trial_lib.Trial) -> int:
    return int(trial.trial_id) + 1
