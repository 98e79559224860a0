"""What a search has come to, told beside its best values. Imports no TensorFlow."""

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

FILE = "search.json"
Status = Literal["done", "failed", "refused"]


@dataclasses.dataclass(frozen=True)
class Trained:
    """How a training of a trial went.

    Attributes:
        curve: The metric after each epoch, on the eval split.
        best_epoch: The epoch that had the lowest eval loss, from 1; the others' weights are gone.
        seconds: Wall time that it took, the start of its process included.
        reason: In words, why it ended.
        earlier_seconds: Of the training, what processes before this one had taken: those of an
            earlier rung, and those that were interrupted.
        total_seconds: Of the training, all of it.
        is_over: Whether more epochs would add nothing; not so of one that stopped at a rung.
    """

    curve: tuple[float, ...]
    best_epoch: int
    seconds: float
    reason: str
    earlier_seconds: float = 0.0
    total_seconds: float = 0.0
    is_over: bool = False

    @property
    def value(self) -> float:
        """The metric of the model that would be kept."""
        return self.curve[self.best_epoch - 1]

    def to_json(self) -> str:
        """Renders it as JSON."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Trained":
        """Reads it back."""
        fields: dict[str, Any] = json.loads(text)
        return cls(**{**fields, "curve": tuple(fields["curve"])})


@dataclasses.dataclass(frozen=True)
class Trial:
    """One trial.

    Attributes:
        number: From 1, in the order in which they were begun; 0 for values that were refused.
        values: Key to value.
        epochs: Passes over the train split at most.
        status: `done`, `failed` while it was trained, or `refused`, since the values do not go
            with each other.
        value: The metric of the epoch that was kept; None but for `done`.
        curve: The metric after each epoch.
        best_epoch: The epoch that was kept; 0 but for `done`.
        seconds: Wall time that it took; that of an earlier rung is the earlier trial's.
        reason: In words, why it ended, or what was wrong.
        goes_on_with: Number of the trial of an earlier rung that it goes on with; None for others.
    """

    number: int
    values: Mapping[str, Any]
    epochs: int
    status: Status
    value: float | None = None
    curve: tuple[float, ...] = ()
    best_epoch: int = 0
    seconds: float = 0.0
    reason: str = ""
    goes_on_with: int | None = None


@dataclasses.dataclass(frozen=True)
class Search:
    """One search.

    Attributes:
        candidate: Whose settings were searched.
        method: How.
        metric: What was sought the best of.
        higher_is_better: Whether the best is the highest.
        space: Key to a list of values, or to the fields of a range.
        trials: All of them, in the order in which they were begun; refused values last. The first
            has the config's own values.
        best: Number of the best trial.
    """

    candidate: str
    method: str
    metric: str
    higher_is_better: bool
    space: Mapping[str, Any]
    trials: Sequence[Trial]
    best: int

    @property
    def run(self) -> list[Trial]:
        """The trials that were trained, those that failed among them."""
        return [trial for trial in self.trials if trial.status != "refused"]

    @property
    def own(self) -> Trial | None:
        """The trial with the config's own values, of rungs the last; None if it failed."""
        done = [t for t in self.trials if t.status == "done" and self.has_own_values(t)]
        return max(done, key=lambda trial: trial.epochs, default=None)

    def has_own_values(self, trial: Trial) -> bool:
        """Tells whether a trial has the config's own values, as the first and its rungs do."""
        return trial.values == self.trials[0].values

    @property
    def seconds(self) -> float:
        """Wall time of all trials."""
        return sum(trial.seconds for trial in self.trials)

    def ranked(self) -> list[Trial]:
        """Lists the trials that were done, the best first; of equals the earlier."""
        sign = -1.0 if self.higher_is_better else 1.0
        done = [trial for trial in self.trials if trial.status == "done"]
        return sorted(done, key=lambda t: sign * (math.inf if t.value is None else t.value))

    def to_json(self) -> str:
        """Renders it as JSON."""
        return json.dumps(dataclasses.asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> "Search":
        """Reads it back."""
        fields: dict[str, Any] = json.loads(text)
        trials = [Trial(**{**each, "curve": tuple(each["curve"])}) for each in fields["trials"]]
        return cls(**{**fields, "trials": trials})
