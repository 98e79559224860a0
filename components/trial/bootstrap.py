"""How far a metric, or the difference of two models in it, would move with another test split.

Units are drawn with replacement, and every model is judged on the same draws: what makes a text
hard for all models cancels in their difference. A unit is a row, or several that belong together.

With one training a model, an interval speaks of these trained models alone. How another seed would
have come out is no part of it. With several seeds they are drawn as well, each model's apart
from the others', so that the interval covers both; of few seeds it covers too little, since the
variance of S draws of S seeds is (S - 1) / S of theirs.

References:
    Efron and Tibshirani 1993, "An Introduction to the Bootstrap", ch. 14, for the intervals;
    Davison and Hinkley 1997, "Bootstrap Methods and their Application", sec. 3.8, for draws on two
    levels
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy import special

from trainer.tasks import counted_rows

# Numbers of weights held at once.
_MAX_NUMBERS = 1 << 22
# Draws that may leave a metric undefined before its interval is.
_MAX_UNDEFINED = 0.05
# Parts that are left out in turn to learn how skewed a metric is. Groups of rows tell it as well as
# single rows do, within what so many of them can tell.
_JACKKNIFE_GROUPS = 200


@dataclasses.dataclass(frozen=True)
class Interval:
    """Where a value lies, at the level that was asked for."""

    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class Draws:
    """A metric of one model, or the difference of two, on the rows themselves and on draws of them.

    Attributes:
        value: On all rows, a mean over the seeds.
        drawn: On draws of the rows, and of the seeds where there are several, `(resamples,)`.
        left_out: With a part of the rows left out, `(groups,)`; empty where there are several
            seeds, for which no such rule is known.
    """

    value: float
    drawn: np.ndarray
    left_out: np.ndarray

    def minus(self, other: "Draws") -> "Draws":
        """Subtracts what another model has on the same draws."""
        return Draws(
            self.value - other.value, self.drawn - other.drawn, self.left_out - other.left_out
        )


Models = Mapping[str, Sequence[counted_rows.Rows]]


def draw(
    models: Models, units: np.ndarray, resamples: int, seed: int
) -> dict[str, dict[str, Draws]]:
    """Draws units with replacement, and judges every model on the same draws.

    Args:
        models: Model to its answers to all rows, one `Rows` for each seed that it was trained with.
        units: The unit that each row belongs to, numbered from 0 without gaps, `(rows,)`.
        resamples: Draws.
        seed: The same one draws the same.

    Returns:
        Model to metric to its draws.
    """
    generator = np.random.default_rng(seed)
    count = int(units.max(initial=-1)) + 1
    whole = _judged(models, iter([np.ones((1, count))]), units)
    drawn = _judged(models, _weights(generator, count, resamples), units)
    left_out = _judged(models, _all_but_one(generator, count), units)
    found: dict[str, dict[str, Draws]] = {}
    for model, seeds in models.items():
        chosen = generator.integers(0, len(seeds), (resamples, len(seeds)))
        found[model] = {
            metric: Draws(
                value=float(values.mean()),
                drawn=np.take_along_axis(drawn[model][metric], chosen, axis=1).mean(axis=1),
                left_out=left_out[model][metric][:, 0] if len(seeds) == 1 else np.zeros(0),
            )
            for metric, values in whole[model].items()
        }
    return found


def interval(draws: Draws, alpha: float) -> Interval | None:
    """Finds where the value lies, but for a chance of `alpha`.

    The bias-corrected and accelerated percentiles, which are right to second order and stay the
    same under any monotone change of scale; plain percentiles where they are not defined: with
    several seeds, or where no draw falls on one side of the value.

    Args:
        draws: Of a metric, or of a difference.
        alpha: Chance of a value beyond, both sides together.

    Returns:
        The interval; None where the rows, or more than a few draws of them, leave the value
        undefined.

    References:
        Efron and Tibshirani 1993, eq. 14.9, 14.10, 14.14 and 14.15
    """
    drawn = draws.drawn[np.isfinite(draws.drawn)]
    if not np.isfinite(draws.value) or len(drawn) < (1 - _MAX_UNDEFINED) * len(draws.drawn):
        return None
    levels = np.array([alpha / 2, 1 - alpha / 2])
    # A draw that gives the very value lies on both sides, by halves.
    below = float(np.mean(drawn < draws.value) + np.mean(drawn <= draws.value)) / 2
    if len(draws.left_out) and 0 < below < 1:
        bias = special.ndtri(below)
        moved = bias + special.ndtri(levels)
        scale = 1 - _acceleration(draws.left_out) * moved
        if (scale > 0).all():
            levels = special.ndtr(bias + moved / scale)
    low, high = np.quantile(drawn, levels)
    return Interval(float(low), float(high))


def _acceleration(left_out: np.ndarray) -> float:
    """Estimates how fast the spread of the value changes with the value."""
    apart = left_out.mean() - left_out
    spread = float((apart**2).sum()) ** 1.5
    if not np.isfinite(spread) or not spread > 0:
        return 0.0
    return float((apart**3).sum()) / (6 * spread)


def _judged(
    models: Models, weights: Iterator[np.ndarray], units: np.ndarray
) -> dict[str, dict[str, np.ndarray]]:
    """Computes model to metric to `(choices, seeds)`, holding a part of the weights at once."""
    parts: dict[str, dict[str, list[np.ndarray]]] = {model: {} for model in models}
    for of_units in weights:
        of_rows = of_units[:, units]  # (choices, rows)
        for model, seeds in models.items():
            of_seeds = [rows.metrics(of_rows) for rows in seeds]
            for metric in of_seeds[0]:
                values = np.stack([found[metric] for found in of_seeds], axis=1)
                parts[model].setdefault(metric, []).append(values)
    return {
        model: {metric: np.concatenate(values) for metric, values in metrics.items()}
        for model, metrics in parts.items()
    }


def _weights(generator: np.random.Generator, units: int, resamples: int) -> Iterator[np.ndarray]:
    """Yields how often each unit is drawn, `(some, units)`, for `resamples` draws in all."""
    at_once = max(1, _MAX_NUMBERS // max(units, 1))
    for start in range(0, resamples, at_once):
        draws = min(at_once, resamples - start)
        numbers = generator.integers(0, units, (draws, units))
        places = numbers + units * np.arange(draws)[:, None]
        counts = np.bincount(places.ravel(), minlength=draws * units)
        yield counts.reshape(draws, units).astype(np.float64)


def _all_but_one(generator: np.random.Generator, units: int) -> Iterator[np.ndarray]:
    """Yields weights `(some, units)` that leave one unit out, or one of many groups of units."""
    groups = min(units, _JACKKNIFE_GROUPS)
    group = generator.permutation(units) % max(groups, 1)
    at_once = max(1, _MAX_NUMBERS // max(units, 1))
    for start in range(0, groups, at_once):
        out = np.arange(start, min(start + at_once, groups))
        yield (group[None, :] != out[:, None]).astype(np.float64)
