"""What a cross-validation has come to, on disk."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from tfx.utils import io_utils

from components.cross_validation import intervals
from trainer import rivals

FILE = "folds.json"


@dataclasses.dataclass(frozen=True)
class Fold:
    """A candidate on one fold.

    Attributes:
        candidate: Its name.
        number: Of the fold, from 1.
        metrics: Metric to its value on the fold's rows; None where they leave it undefined.
        rows: Held out.
        learned_from: Rows of the other folds.
        seconds: Wall time of training and asking.
    """

    candidate: str
    number: int
    metrics: Mapping[str, float | None]
    rows: int
    learned_from: int
    seconds: float


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The candidates on all folds.

    Attributes:
        metric: The one that decides.
        higher_is_better: Whether the best is the highest.
        alpha: Intervals miss with about this chance.
        units: Of the train split: texts or groups that stay together.
        folds: All of them, candidate by candidate.
        minimum: The smallest value that the metric can take; None where there is none.
        maximum: The largest.
    """

    metric: str
    higher_is_better: bool
    alpha: float
    units: int
    folds: Sequence[Fold]
    minimum: float | None = None
    maximum: float | None = None

    @property
    def count(self) -> int:
        """Of folds."""
        return max(fold.number for fold in self.folds)

    @property
    def candidates(self) -> list[str]:
        """Names, the transformer's first."""
        return list(dict.fromkeys(fold.candidate for fold in self.folds))

    def values(self, candidate: str) -> list[float | None]:
        """Lists what decides, fold by fold."""
        return [fold.metrics[self.metric] for fold in self.folds if fold.candidate == candidate]

    def mean(self, candidate: str) -> intervals.Interval | None:
        """Computes the mean over the folds; None where one of them leaves it undefined.

        The interval is cut where the metric ends: t knows nothing of that.
        """
        found = self._interval(self.values(candidate))
        if found is None:
            return None
        low = found.low if self.minimum is None else max(found.low, self.minimum)
        high = found.high if self.maximum is None else min(found.high, self.maximum)
        return intervals.Interval(found.mean, low, high)

    def better_than(self, rival: str) -> intervals.Interval | None:
        """Computes by how much the transformer is better than a rival, fold by fold.

        Returns:
            Above 0 where it is better, whichever way is better; None where it is undefined.
        """
        ours, theirs = self.values(rivals.TRANSFORMER), self.values(rival)
        sign = 1.0 if self.higher_is_better else -1.0
        apart = [
            None if our is None or their is None else sign * (our - their)
            for our, their in zip(ours, theirs, strict=True)
        ]
        return self._interval(apart)

    def _interval(self, values: Sequence[float | None]) -> intervals.Interval | None:
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return None
        of_one = [fold for fold in self.folds if fold.candidate == self.candidates[0]]
        held_out = sum(fold.rows for fold in of_one) / len(of_one)
        learned_from = sum(fold.learned_from for fold in of_one) / len(of_one)
        return intervals.corrected(known, held_out, learned_from, self.alpha)


def write(directory: str, outcome: Outcome) -> None:
    """Writes it into an artifact's directory."""
    text = json.dumps(dataclasses.asdict(outcome), indent=2)
    io_utils.write_string_file(f"{directory}/{FILE}", text)


def read(directory: str) -> Outcome:
    """Reads it back."""
    fields: dict[str, Any] = json.loads(io_utils.read_string_file(f"{directory}/{FILE}"))
    return Outcome(**{**fields, "folds": [Fold(**fold) for fold in fields["folds"]]})
