"""What a training tells while it runs: events, sent as lines of JSON through a pipe.

The training process writes them, the process that started it reads them and shows them.
"""

import dataclasses
import json
import typing


@dataclasses.dataclass(frozen=True)
class Started:
    """The data is counted and the model built; the first step comes next.

    Attributes:
        epochs: Passes over the train split at most.
        steps_per_epoch: Global batches in one pass.
        parameters: Trainable weights of the model.
        replicas: Devices that share each batch.
        precision: The Keras dtype policy in force.
        resumed_step: Steps done by an earlier, interrupted training; 0 for a fresh one.
        workers: Processes that have those devices; None where the strategy knows of none.
    """

    epochs: int
    steps_per_epoch: int
    parameters: int
    replicas: int
    precision: str
    resumed_step: int
    workers: int | None = None


@dataclasses.dataclass(frozen=True)
class Step:
    """A few times a second: where the training is.

    Attributes:
        epoch: Current epoch, from 1.
        step: Steps done in this epoch.
        loss: Mean training loss over the epoch so far, in nats.
    """

    epoch: int
    step: int
    loss: float


@dataclasses.dataclass(frozen=True)
class EpochEnd:
    """An epoch is over and the eval split has been judged.

    Attributes:
        epoch: The epoch that ended, from 1.
        seconds: Wall time of the epoch, its evaluation included.
        metrics: Name to value: `loss`, `eval_loss`, and the task's own, such as `eval_accuracy`.
        best: Whether this is the best eval loss so far.
    """

    epoch: int
    seconds: float
    metrics: dict[str, float]
    best: bool


@dataclasses.dataclass(frozen=True)
class Finished:
    """Training is over and the model is exported.

    Attributes:
        reason: In words, why it ended: all epochs run, or no better eval loss.
        best_epoch: The epoch whose weights were kept.
        seconds: Wall time of the training process, its start included.
        paused: Whether it was only stopped, and would go on if it were asked for more.
    """

    reason: str
    best_epoch: int
    seconds: float
    paused: bool = False


@dataclasses.dataclass(frozen=True)
class Failed:
    """Training ended with an error.

    Attributes:
        kind: Name of the exception's class.
        message: What it said.
    """

    kind: str
    message: str


@dataclasses.dataclass(frozen=True)
class TrialStarted:
    """A search for better settings begins a trial; what its training tells comes after this.

    Attributes:
        candidate: Whose settings are searched.
        number: Of the trial, from 1.
        trials: How many there are at most.
        values: Key to value.
        epochs: Passes over the train split at most.
        metric: What is sought the best of.
    """

    candidate: str
    number: int
    trials: int
    values: dict[str, typing.Any]
    epochs: int
    metric: str


@dataclasses.dataclass(frozen=True)
class TrialEnded:
    """A trial has ended.

    Attributes:
        number: Of the trial, from 1.
        value: The metric; None if its training failed.
        best: Whether this is the best trial so far.
        best_value: The metric of the best trial so far; None before any was done.
        seconds: Wall time of its training.
        seconds_left: Estimate of the time to the end of the search; None before any was done.
        reason: Why it failed; empty if it did not.
    """

    number: int
    value: float | None
    best: bool
    best_value: float | None
    seconds: float
    seconds_left: float | None
    reason: str


@dataclasses.dataclass(frozen=True)
class FoldStarted:
    """A cross-validation begins with a candidate on a fold; its training's events come after this.

    Attributes:
        candidate: Its name.
        number: Of the fold, from 1.
        folds: How many there are.
        metric: What decides.
    """

    candidate: str
    number: int
    folds: int
    metric: str


@dataclasses.dataclass(frozen=True)
class FoldEnded:
    """A candidate has been judged on a fold.

    Attributes:
        value: The metric on the fold's rows; None where they leave it undefined.
        seconds: Wall time of training and asking.
        seconds_left: Estimate of the time to the end of the validation.
    """

    value: float | None
    seconds: float
    seconds_left: float


Event = (
    Started
    | Step
    | EpochEnd
    | Finished
    | Failed
    | TrialStarted
    | TrialEnded
    | FoldStarted
    | FoldEnded
)
_TYPES = {cls.__name__: cls for cls in typing.get_args(Event)}


def encode(event: Event) -> str:
    """Renders an event as one line of JSON without its line end."""
    return json.dumps({"event": type(event).__name__, **dataclasses.asdict(event)})


def decode(line: str) -> Event:
    """Reads one line of JSON back into its event."""
    fields = json.loads(line)
    return _TYPES[fields.pop("event")](**fields)
