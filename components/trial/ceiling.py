"""How far people agree with each other, and every candidate beside them on the same rows.

Of each row every rating in turn is held against the mean of the others: so well one person tells
what the others say. A candidate is held against the very same means. Raters need not be the same
people from row to row.

What a candidate has learned from is the mean of all ratings, which is steadier than any one rating;
so it may well agree with the others better than one of them does.
"""

import dataclasses
import re
from collections.abc import Mapping, Sequence

import numpy as np

from components.trial import bootstrap, scored_rows
from trainer.tasks import regression_rows

PEOPLE = "people"
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# Ratings whose mean does not tell the labels are of something else.
_LEAST_AGREEMENT = 0.9


@dataclasses.dataclass(frozen=True)
class Agreement:
    """How well somebody tells what people say of a row.

    Attributes:
        who: `people`, or a candidate.
        metric: Name of what is measured.
        value: Its value.
        low: Lower end of its interval; None where there is none.
        high: Upper end.
        above_people: By how much it is more than that of people; None for people.
        above_people_low: Lower end of the interval of that difference on the same rows.
        above_people_high: Upper end.
    """

    who: str
    metric: str
    value: float
    low: float | None
    high: float | None
    above_people: float | None = None
    above_people_low: float | None = None
    above_people_high: float | None = None


@dataclasses.dataclass(frozen=True)
class Ceiling:
    """People and candidates, held against people.

    Attributes:
        rows: Rows with two ratings at least.
        ratings: All ratings of them.
        agreements: People first.
        why_not: Why there is none; empty where there is.
    """

    rows: int
    ratings: int
    agreements: tuple[Agreement, ...]
    why_not: str = ""


def parse(text: str) -> np.ndarray:
    """Reads the ratings of a row, `(any,)`, out of a text such as `[2, -1, 0.5]`."""
    return np.array([float(number) for number in _NUMBER.findall(text)])


def of_numbers(
    ratings: Sequence[np.ndarray],
    answers: Mapping[str, np.ndarray],
    resamples: int,
    alpha: float,
    seed: int = 1,
) -> Ceiling:
    """Compares numbers with those of people.

    Args:
        ratings: Of each row, `(any,)`.
        answers: Candidate to its answers `(rows,)`.
        resamples: Draws of the rows.
        alpha: Chance that an interval misses.
        seed: Of the draws.
    """
    used = [i for i, of_row in enumerate(ratings) if len(of_row) > 1]
    if not used:
        return _none("no row has two ratings")
    others = np.concatenate([_others(ratings[i]) for i in used])
    repeats = np.array([len(ratings[i]) for i in used])
    told = {PEOPLE: np.concatenate([ratings[i] for i in used])}
    told |= {name: np.repeat(values[used], repeats) for name, values in answers.items()}
    rows = {
        name: regression_rows.RegressionRows(["rating"], others, values)
        for name, values in told.items()
    }
    units = np.repeat(np.arange(len(used)), repeats)
    draws = bootstrap.draw({n: [of] for n, of in rows.items()}, units, resamples, seed)
    return _ceiling(draws, ("pearson", "mae"), len(used), len(others), alpha)


def of_labels(
    ratings: Sequence[np.ndarray],
    labels: np.ndarray,
    answers: Mapping[str, np.ndarray],
    resamples: int,
    alpha: float,
    seed: int = 1,
) -> Ceiling:
    """Compares answers of one of two labels with what people say, by the sign of their ratings.

    Which label ratings below 0 stand for is what the rows' own labels say. A mean of exactly 0 is
    counted with those above; a person who rates exactly 0 has taken no side, and counts as half
    right.

    Args:
        ratings: Of each row, `(any,)`.
        labels: 0 or 1, the true label of each row `(rows,)`.
        answers: Candidate to the labels that it answered `(rows,)`.
        resamples: Draws of the rows.
        alpha: Chance that an interval misses.
        seed: Of the draws.
    """
    used = [i for i, of_row in enumerate(ratings) if len(of_row) > 1]
    if not used:
        return _none("no row has two ratings")
    by_mean = np.array([float(ratings[i].mean() >= 0) for i in used])
    alike = float(np.mean(by_mean == labels[used]))
    if max(alike, 1 - alike) < _LEAST_AGREEMENT:
        return _none(f"the sign of the mean rating is the label of {alike:.0%} of the rows only")
    # Where the label 1 stands for ratings below 0, all labels change sides.
    flip = int(alike < 0.5)
    sides = [(_others(ratings[i]) >= 0).astype(int) for i in used]
    told = {PEOPLE: [(np.sign(ratings[i]) + 1) / 2 for i in used]}
    told |= {
        name: [np.full(len(ratings[i]), float(values[i] != flip)) for i in used]
        for name, values in answers.items()
    }
    rows = {
        name: scored_rows.ScoredRows(
            "accuracy",
            np.array([np.mean(1 - np.abs(o - t)) for o, t in zip(sides, of_rows, strict=True)]),
        )
        for name, of_rows in told.items()
    }
    units = np.arange(len(used))
    draws = bootstrap.draw({n: [of] for n, of in rows.items()}, units, resamples, seed)
    return _ceiling(draws, ("accuracy",), len(used), sum(map(len, sides)), alpha)


def _none(why_not: str) -> Ceiling:
    return Ceiling(0, 0, (), why_not)


def _others(ratings: np.ndarray) -> np.ndarray:
    """Computes the mean of all other ratings of the row, for each of them `(any,)`."""
    means: np.ndarray = (ratings.sum() - ratings) / (len(ratings) - 1)
    return means


def _ceiling(
    draws: Mapping[str, Mapping[str, bootstrap.Draws]],
    metrics: Sequence[str],
    rows: int,
    ratings: int,
    alpha: float,
) -> Ceiling:
    agreements = [
        _agreement(who, metric, of_who[metric], draws[PEOPLE][metric], alpha)
        for metric in metrics
        for who, of_who in draws.items()
    ]
    return Ceiling(rows, ratings, tuple(agreements))


def _agreement(
    who: str, metric: str, draws: bootstrap.Draws, of_people: bootstrap.Draws, alpha: float
) -> Agreement:
    low, high = _ends(draws, alpha)
    if who == PEOPLE:
        return Agreement(who, metric, draws.value, low, high)
    above = draws.minus(of_people)
    return Agreement(who, metric, draws.value, low, high, above.value, *_ends(above, alpha))


def _ends(draws: bootstrap.Draws, alpha: float) -> tuple[float | None, float | None]:
    found = bootstrap.interval(draws, alpha)
    return (found.low, found.high) if found else (None, None)
