"""All that the report shows, read already: what sections take."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from components.cross_validation import outcome as folds_lib
from components.evaluator import verdict as verdict_lib
from components.probe import outcome as probe_outcome
from components.statistics import text_statistics
from components.trial import ceiling, comparison, outcome
from schemas import metrics, tasks
from trainer import training_record
from trainer.tuning import record


@dataclasses.dataclass(frozen=True)
class Answers:
    """What candidates answered to the rows of the test split.

    Attributes:
        truths: `(rows, widest)`; NaN, or empty text, fills up.
        given: Candidate to its answers, `(rows, widest)`; of several seeds the first's.
        scores: Candidate to metric to what each row has by itself, `(rows,)`.
        texts: The texts of each row.
        origins: Where each row came from.
        labels: Names of the labels, in the order of their ids; empty for a task without.
    """

    truths: np.ndarray
    given: Mapping[str, np.ndarray]
    scores: Mapping[str, Mapping[str, np.ndarray]]
    texts: Sequence[tuple[str, ...]]
    origins: Sequence[str]
    labels: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Attention:
    """How the tokens of a text attend to each other.

    Attributes:
        tokens: `(seq_len,)`, the marks among them.
        weights: `(num_layers, num_heads, seq_len, seq_len)`; each row sums to 1.
    """

    tokens: tuple[str, ...]
    weights: np.ndarray


@dataclasses.dataclass(frozen=True)
class Positions:
    """What tells the model where a token stands.

    Attributes:
        kind: `sinusoidal`, `learned` or `rotary`.
        values: `(seq_len, units)`: what is added to each unit, or of rotary ones the cosine of the
            angle that each pair of units is turned by.
    """

    kind: str
    values: np.ndarray


@dataclasses.dataclass(frozen=True)
class Artifact:
    """An artifact that the report was made of, as ML Metadata knows it."""

    key: str
    type: str
    id: int
    uri: str
    properties: Mapping[str, str | int | float] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Lineage:
    """Where all this came from.

    Attributes:
        execution: Id of the execution that made the report; None where it is not told.
        artifacts: What it was made of.
        versions: Package to its version.
        machine: Facts of the machine that made the report, by name.
        config: The resolved config, YAML.
    """

    execution: int | None
    artifacts: tuple[Artifact, ...]
    versions: Mapping[str, str]
    machine: Mapping[str, str]
    config: str


@dataclasses.dataclass(frozen=True)
class Contents:
    """All that the report shows.

    Attributes:
        name: The pipeline's.
        task: What the task is told of the data.
        metric: The metric that decides.
        metrics: What one knows of every metric.
        alpha: Intervals hold with a chance of 1 - alpha.
        judged: Name of the candidate that was judged and, if blessed, is served.
        architecture: Of the model that was judged.
        judgement: The Evaluator's.
        values: Every candidate's metrics on every slice, with intervals.
        slices: Slice to its units and its rows.
        answers: To the rows of the test split.
        trainings: Candidate to how its training went; of several seeds the first's.
        text: Statistics of the texts.
        lineage: Where all this came from.
        trial: What the trial has come to; None without rivals.
        probe: What the probe has come to; None where it is off.
        attention: Number of a row to how its tokens attend to each other.
        positions: What tells the judged model positions; None where nothing does.
        searches: Candidate to the search for better settings of it.
        folds: What candidates were worth on folds of the train split; None where there were none.
    """

    name: str
    task: tasks.Settings
    metric: str
    metrics: Mapping[str, metrics.Metric]
    alpha: float
    judged: str
    architecture: str
    judgement: verdict_lib.Verdict
    values: Sequence[comparison.Value]
    slices: Mapping[str, tuple[int, int]]
    answers: Answers
    trainings: Mapping[str, training_record.TrainingRecord]
    text: text_statistics.TextStatistics
    lineage: Lineage
    trial: outcome.Outcome | None = None
    probe: probe_outcome.Outcome | None = None
    attention: Mapping[int, Attention] = dataclasses.field(default_factory=dict)
    positions: Positions | None = None
    searches: Mapping[str, record.Search] = dataclasses.field(default_factory=dict)
    folds: folds_lib.Outcome | None = None

    @property
    def candidates(self) -> tuple[str, ...]:
        """Names of all candidates, the one on trial first."""
        return tuple(self.answers.given)

    @property
    def ceiling(self) -> ceiling.Ceiling | None:
        """What people agree on, where the trial was told."""
        return self.trial.ceiling if self.trial else None

    def value(self, candidate: str, metric: str, slice_name: str) -> comparison.Value | None:
        """Finds a candidate's metric on a slice; of a single unit it has no interval.

        All draws of one unit are alike, which tells nothing of another one.
        """
        wanted = (candidate, metric, slice_name)
        found = (v for v in self.values if (v.candidate, v.metric, v.slice) == wanted)
        value = next(found, None)
        units, _ = self.slices[slice_name]
        return (
            value if value is None or units > 1 else dataclasses.replace(value, low=None, high=None)
        )
