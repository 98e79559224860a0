"""What a user may set about the search for better settings. Imports no TensorFlow.

A space is written as a mapping of keys to what each may be: a list of values, or a range
`{min: 1e-4, max: 3e-3, scale: log}`, with `step` where only some values of it are meant.
"""

from typing import Any, Literal

import pydantic

from trainer import config

# No trial would be like another in what it may cost, or in what chance has dealt it; or the key
# changes how fast the very same is learned, and not what.
NOT_TUNED = (
    *("train.epochs", "train.epoch_batches", "train.patience", "train.seed"),
    *("train.precision", "train.backup_seconds"),
    *("train.strategy", "train.cpu_replicas", "train.cpu_workers"),
    *("model.init_from", "model.recompute"),
)
LOSS = "loss"  # told after each epoch by every task; lower is better


class RangeConfig(config.Section):
    """The numbers from one to another; those that a key takes are checked with the key.

    Attributes:
        min: The smallest.
        max: The largest.
        step: Between two values, from `min` on; on a logarithmic scale the factor between them.
            Null: any value is meant.
        scale: What is evenly spread, the number or its logarithm.
    """

    min: Any
    max: Any
    step: pydantic.PositiveFloat | None = None
    scale: Literal["linear", "log"] = "linear"


class TuneConfig(config.Section):
    """The search, the same for each candidate of a trial.

    Attributes:
        method: `grid` tries every combination, `random` draws them, `bayesian` draws some and then
            those that promise most, `hyperband` draws many and goes on with the best.
        trials: Trainings at most, for each candidate; of `hyperband` each rung is one.
        metric: What is sought the best of, on the eval split at the epoch that is kept: `loss`, or
            one that the task tells after each epoch. Null: `evaluate.metric`, or else the loss.
        epochs: Passes over the train split at most, of each trial. Null: `train.epochs`.
        space: Key of `model` or `train`, such as `train.learning_rate`, to what it may be.
            Null: the learning rate and dropout.
        rivals: Rival to the space of its settings; of one that is left out its learning rate and
            dropout.
        factor: Of how many trials `hyperband` goes on with one, and for how many times the epochs.
        initial_trials: Trials that `bayesian` draws before it reckons. Null: a third, but two at
            least.
        partial_grid: Whether a grid may be larger than `trials`; as many of it are then drawn.
    """

    method: Literal["grid", "random", "bayesian", "hyperband"] = "bayesian"
    trials: int = pydantic.Field(10, ge=1, le=10_000)
    metric: str | None = None
    epochs: int | None = pydantic.Field(None, ge=1, le=10_000)
    space: dict[str, Any] | None = None
    rivals: dict[str, dict[str, Any]] = pydantic.Field(default_factory=dict)
    factor: int = pydantic.Field(3, ge=2, le=100)
    initial_trials: int | None = pydantic.Field(None, ge=2, le=10_000)
    partial_grid: bool = False
