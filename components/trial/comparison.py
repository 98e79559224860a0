"""Every candidate beside every other on the same rows: values, differences, intervals, tests."""

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from components.trial import bootstrap, paired_tests
from schemas import metrics as metrics_lib
from trainer.tasks import counted_rows

ALL_ROWS = "all rows"
# Draws of a slice, and swaps for metrics that are no means of rows: they tell a p-value of 0.05
# within 0.005, and take most of the time.
_FEWER_DRAWS = 2_000
MCNEMAR, SIGNS, SWAPS = "McNemar", "sign flips", "swapped answers"


@dataclasses.dataclass(frozen=True)
class Value:
    """A metric of a candidate on a slice, with its interval.

    Attributes:
        candidate: Its name.
        slice: `all rows`, or column=value.
        metric: Name of the metric.
        value: A mean over the seeds; None where the slice leaves it undefined.
        low: Lower end of its interval; None where there is none.
        high: Upper end.
    """

    candidate: str
    slice: str
    metric: str
    value: float | None
    low: float | None
    high: float | None


@dataclasses.dataclass(frozen=True)
class Difference:
    """By how much one candidate is better than another; below 0 where it is worse.

    Attributes:
        first: Name of the one.
        second: Name of the other.
        slice: As in `Value`.
        metric: Name of the metric.
        value: In the metric's unit, above 0 where the first is better, whichever way is better.
        low: Lower end of its interval; None where there is none.
        high: Upper end.
        corrected_low: Lower end of an interval that is wider, so that those of all rivals hold
            together: alpha is divided by their number.
        corrected_high: Upper end of it.
        p: Of the paired test; None where there is none.
        corrected_p: The same after Holm's correction for the number of rivals.
        test: Its name; empty where none was made.
    """

    first: str
    second: str
    slice: str
    metric: str
    value: float | None
    low: float | None = None
    high: float | None = None
    corrected_low: float | None = None
    corrected_high: float | None = None
    p: float | None = None
    corrected_p: float | None = None
    test: str = ""


@dataclasses.dataclass(frozen=True)
class Compared:
    """All that was compared.

    Attributes:
        values: Every candidate's metrics on every slice.
        differences: Of the transformer from each rival, in every metric on every slice.
        between: Of each candidate from each other one in the metric that decides, on all rows;
            without tests.
        slices: Slice to its units and its rows.
    """

    values: tuple[Value, ...]
    differences: tuple[Difference, ...]
    between: tuple[Difference, ...]
    slices: Mapping[str, tuple[int, int]]

    def values_of(self, metric: str) -> dict[str, float | None]:
        """Finds a metric on all rows, by candidate."""
        wanted = (metric, ALL_ROWS)
        return {v.candidate: v.value for v in self.values if (v.metric, v.slice) == wanted}

    def differences_in(self, metric: str) -> dict[str, Difference]:
        """Finds by how much the transformer is better in a metric on all rows, by rival."""
        wanted = (metric, ALL_ROWS)
        return {d.second: d for d in self.differences if (d.metric, d.slice) == wanted}


@dataclasses.dataclass(frozen=True)
class Question:
    """What is asked of the candidates.

    Attributes:
        transformer: Name of the candidate that has to earn its place; the others are its rivals.
        metrics: Every metric, by name.
        metric: The one that decides.
        alpha: Chance of an interval that misses, and of a difference found where there is none.
        resamples: Draws of the bootstrap, and signs tried by a test.
        seed: Of all draws.
    """

    transformer: str
    metrics: Mapping[str, metrics_lib.Metric]
    metric: str
    alpha: float
    resamples: int
    seed: int = 1


def compare(
    models: Mapping[str, Sequence[counted_rows.Rows]],
    units: np.ndarray,
    slices: Mapping[str, np.ndarray],
    question: Question,
    progress: Callable[[str], None] = lambda slice_name: None,
) -> Compared:
    """Compares the transformer with every rival.

    Args:
        models: Candidate to its answers to all rows, one `Rows` for each seed.
        units: The unit that each row belongs to, `(rows,)`.
        slices: Slice to the rows that it has, a mask `(rows,)`; all rows are compared anyway.
        question: What is asked.
        progress: Told each slice before it is compared.
    """
    values: list[Value] = []
    differences: list[Difference] = []
    between: list[Difference] = []
    sizes: dict[str, tuple[int, int]] = {}
    everything = np.full(len(units), True)
    for name, chosen in {ALL_ROWS: everything, **slices}.items():
        progress(name)
        of_slice = {m: [rows.taken(chosen) for rows in seeds] for m, seeds in models.items()}
        _, of_units = np.unique(units[chosen], return_inverse=True)
        sizes[name] = int(of_units.max(initial=-1)) + 1, int(chosen.sum())
        if not len(of_units):
            continue
        whole = name == ALL_ROWS
        resamples = question.resamples if whole else min(question.resamples, _FEWER_DRAWS)
        draws = bootstrap.draw(of_slice, of_units, resamples, question.seed)
        values += _values(draws, name, question)
        differences += _differences(of_slice, of_units, draws, name, question)
        if whole:
            between = list(_between(draws, question))
    return Compared(tuple(values), tuple(differences), tuple(between), sizes)


def _values(
    draws: Mapping[str, Mapping[str, bootstrap.Draws]], slice_name: str, question: Question
) -> Iterator[Value]:
    for candidate, of_metrics in draws.items():
        for metric in question.metrics:
            found = bootstrap.interval(of_metrics[metric], question.alpha)
            ends = (found.low, found.high) if found else (None, None)
            yield Value(candidate, slice_name, metric, finite(of_metrics[metric].value), *ends)


def _differences(
    models: Mapping[str, Sequence[counted_rows.Rows]],
    units: np.ndarray,
    draws: Mapping[str, Mapping[str, bootstrap.Draws]],
    slice_name: str,
    question: Question,
) -> Iterator[Difference]:
    """Yields the differences from every rival, with their tests, metric by metric."""
    rivals = [name for name in models if name != question.transformer]
    ours = models[question.transformer]
    tests = {rival: _tests(ours, models[rival], units, question) for rival in rivals}
    for metric in question.metrics:
        p_values = [tests[rival][metric][0] for rival in rivals]
        for rival, p, corrected in zip(rivals, p_values, paired_tests.holm(p_values), strict=True):
            yield dataclasses.replace(
                _difference(draws, question.transformer, rival, slice_name, metric, question),
                p=finite(p),
                corrected_p=finite(corrected),
                test=tests[rival][metric][1] if math.isfinite(p) else "",
            )


def _between(
    draws: Mapping[str, Mapping[str, bootstrap.Draws]], question: Question
) -> Iterator[Difference]:
    for first, second in itertools.permutations(draws, 2):
        yield _difference(draws, first, second, ALL_ROWS, question.metric, question)


def _difference(
    draws: Mapping[str, Mapping[str, bootstrap.Draws]],
    first: str,
    second: str,
    slice_name: str,
    metric: str,
    question: Question,
) -> Difference:
    better, worse = first, second
    if not question.metrics[metric].higher_is_better:
        better, worse = second, first
    apart = draws[better][metric].minus(draws[worse][metric])
    found = bootstrap.interval(apart, question.alpha)
    corrected = bootstrap.interval(apart, question.alpha / max(len(draws) - 1, 1))
    return Difference(
        first=first,
        second=second,
        slice=slice_name,
        metric=metric,
        value=finite(apart.value),
        low=found.low if found else None,
        high=found.high if found else None,
        corrected_low=corrected.low if corrected else None,
        corrected_high=corrected.high if corrected else None,
    )


def _tests(
    first: Sequence[counted_rows.Rows],
    second: Sequence[counted_rows.Rows],
    units: np.ndarray,
    question: Question,
) -> dict[str, tuple[float, str]]:
    """Tests every metric; gives the p-value and the name of the test."""
    scores = [_mean([rows.each() for rows in seeds]) for seeds in (first, second)]
    means = [name for name, metric in question.metrics.items() if metric.mean_of_rows]
    found = {name: _test_of_means(scores, name, units, question) for name in means}
    if len(found) < len(question.metrics):
        resamples = min(question.resamples, _FEWER_DRAWS)
        swapped = paired_tests.swaps(first, second, units, resamples, question.seed)
        found = {name: (swapped[name], SWAPS) for name in question.metrics} | found
    return found


def _test_of_means(
    scores: Sequence[Mapping[str, np.ndarray]], metric: str, units: np.ndarray, question: Question
) -> tuple[float, str]:
    ours, theirs = (of_metrics[metric] for of_metrics in scores)
    alone = int(units.max()) + 1 == len(units)
    if alone and all(np.isin(each, (0.0, 1.0)).all() for each in (ours, theirs)):
        return paired_tests.mcnemar(ours, theirs), MCNEMAR
    of_units = np.bincount(units, weights=ours - theirs)
    return paired_tests.sign_flips(of_units, question.resamples, question.seed), SIGNS


def _mean(of_seeds: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Takes the mean of each row's score over the seeds."""
    return {
        metric: np.mean([found[metric] for found in of_seeds], axis=0) for metric in of_seeds[0]
    }


def finite(value: float) -> float | None:
    """Turns NaN and infinity, which JSON lacks, into None."""
    return float(value) if math.isfinite(value) else None
