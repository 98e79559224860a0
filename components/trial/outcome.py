"""All that a trial has found, as an artifact: `trial.json`, and `rows.npz` beside it."""

import dataclasses
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from tfx.dsl.io import fileio
from tfx.utils import io_utils

from components.trial import ceiling as ceiling_lib
from components.trial import comparison, latency, verdict
from trainer import training_record

FILE = "trial.json"
ROWS_FILE = "rows.npz"
# Probes of every candidate beside those by length.
ALONE, BATCH = "batch 1", "batch 32"


@dataclasses.dataclass(frozen=True)
class Candidate:
    """What a candidate is and costs.

    Attributes:
        name: `transformer`, or the rival's name.
        trainers: Ids of the nodes that trained it, one for each seed; speed and sizes are those of
            the first.
        trainings: What each training cost and how it went.
        export_bytes: Size of the exported model.
        measured: How it answers.
        cost_of_a_million: The price of a million predictions at batch 32.
        cost_of_a_million_alone: The same at batch 1.
    """

    name: str
    trainers: tuple[str, ...]
    trainings: tuple[training_record.TrainingRecord, ...]
    export_bytes: int
    measured: latency.Measured
    cost_of_a_million: float
    cost_of_a_million_alone: float


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a trial has come to.

    Attributes:
        verdict: Whether the transformer has earned its place.
        winner: Name of the candidate that goes on.
        winner_trainer: Id of the node that trained it.
        winner_reason: Why it does.
        policy: `trial.policy`.
        metric: The metric that decides.
        higher_is_better: Metric to whether it is better when it is higher.
        tolerance: The smallest difference in it that matters.
        alpha: Intervals hold with a chance of 1 - alpha.
        resamples: Draws of the rows.
        price_per_core_hour: What an hour of one core costs.
        candidates: The transformer first.
        compared: Values, differences, intervals and tests.
        ceiling: What people agree on; None where no ratings are told.
        lengths: Lengths in tokens that were measured, the probes `length <n>` of each candidate.
    """

    verdict: verdict.Verdict
    winner: str
    winner_trainer: str
    winner_reason: str
    policy: str
    metric: str
    higher_is_better: Mapping[str, bool]
    tolerance: float
    alpha: float
    resamples: int
    price_per_core_hour: float
    candidates: tuple[Candidate, ...]
    compared: comparison.Compared
    ceiling: ceiling_lib.Ceiling | None
    lengths: tuple[int, ...]

    def to_json(self) -> str:
        """Renders the outcome as JSON for programs and people."""
        return json.dumps(dataclasses.asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> "Outcome":
        """Reads an outcome back."""
        fields: dict[str, Any] = json.loads(text)
        fields["verdict"] = verdict.Verdict(
            **{**fields["verdict"], "reasons": tuple(fields["verdict"]["reasons"])}
        )
        fields["candidates"] = tuple(_candidate(each) for each in fields["candidates"])
        fields["compared"] = _compared(fields["compared"])
        fields["ceiling"] = _ceiling(fields["ceiling"])
        fields["lengths"] = tuple(fields["lengths"])
        return cls(**fields)

    def candidate(self, name: str) -> Candidate:
        """Finds a candidate."""
        return next(each for each in self.candidates if each.name == name)


def write(directory: str, outcome: Outcome, rows: Mapping[str, np.ndarray]) -> None:
    """Writes an outcome, and the arrays of rows beside it."""
    fileio.makedirs(directory)
    io_utils.write_string_file(f"{directory}/{FILE}", outcome.to_json())
    packed = io.BytesIO()  # a file in the cloud can't be sought in, as NumPy does
    np.savez_compressed(packed, **rows)
    with fileio.open(f"{directory}/{ROWS_FILE}", "wb") as file:
        file.write(packed.getvalue())


def read(directory: str) -> Outcome:
    """Reads the outcome back."""
    return Outcome.from_json(io_utils.read_string_file(f"{directory}/{FILE}"))


def _candidate(fields: Mapping[str, Any]) -> Candidate:
    measured = {
        **fields["measured"],
        "timings": {
            name: latency.Timing(**timing) for name, timing in fields["measured"]["timings"].items()
        },
    }
    trainings = (training_record.TrainingRecord(**each) for each in fields["trainings"])
    return Candidate(
        **{
            **fields,
            "trainers": tuple(fields["trainers"]),
            "trainings": tuple(trainings),
            "measured": latency.Measured(**measured),
        }
    )


def _compared(fields: Mapping[str, Any]) -> comparison.Compared:
    return comparison.Compared(
        values=tuple(comparison.Value(**each) for each in fields["values"]),
        differences=_differences(fields["differences"]),
        between=_differences(fields["between"]),
        slices={name: (units, rows) for name, (units, rows) in fields["slices"].items()},
    )


def _differences(found: Sequence[Mapping[str, Any]]) -> tuple[comparison.Difference, ...]:
    return tuple(comparison.Difference(**each) for each in found)


def _ceiling(fields: Mapping[str, Any] | None) -> ceiling_lib.Ceiling | None:
    if fields is None:
        return None
    agreements = tuple(ceiling_lib.Agreement(**each) for each in fields["agreements"])
    return ceiling_lib.Ceiling(**{**fields, "agreements": agreements})
