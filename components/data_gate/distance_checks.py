"""Checks of how columns are distributed: between splits, and since the latest blessed model."""

from collections.abc import Sequence

from components.data_gate import config as config_lib
from components.data_gate import distances, outcome, wording
from schemas import features

# What each text says differs from row to row; `unigram_drift` looks at the words.
_NOT_COMPARED = (features.TEXT, features.TEXT_PAIR)


def skew(name: str, data: outcome.Data, check: config_lib.FractionCheck) -> outcome.Outcome:
    """Judges how far the columns of eval and test are from those of train."""
    train = data.statistics.get(features.TRAIN_SPLIT)
    if train is None:
        return outcome.NotChecked(f"there is no {features.TRAIN_SPLIT} split")
    far = [
        (f"between {features.TRAIN_SPLIT} and {split}", distance)
        for split, statistics in data.statistics.items()
        if split != features.TRAIN_SPLIT
        for distance in distances.between(train, statistics, _NOT_COMPARED)
    ]
    return _judge(name, far, check)


def drift(name: str, data: outcome.Data, check: config_lib.FractionCheck) -> outcome.Outcome:
    """Judges how far train's columns are from those that the latest blessed model learned from."""
    train = data.statistics.get(features.TRAIN_SPLIT)
    if isinstance(data.baseline, str):
        return outcome.NotChecked(data.baseline)
    if train is None:
        return outcome.NotChecked(f"there is no {features.TRAIN_SPLIT} split")
    found = distances.between(data.baseline.statistics, train, _NOT_COMPARED)
    return _judge(name, [("since the latest blessed model", each) for each in found], check)


def _judge(
    name: str, found: Sequence[tuple[str, distances.Distance]], check: config_lib.FractionCheck
) -> outcome.Outcome:
    """Makes one violation of all distances above the limit, the largest first."""
    far = [
        (where, distance)
        for where, distance in found
        if distance.value > check.limit + distance.allowance
    ]
    if not far:
        return ()
    far.sort(key=lambda entry: entry[1].value, reverse=True)
    message = "; ".join(_spell(where, distance) for where, distance in far)
    allowance = min(distance.allowance for _, distance in far)
    return (
        outcome.Violation(
            message=f"{message}; {wording.distance_at_most(check.limit, allowance)}",
            remedy=wording.set_limit(name, far[0][1].value),
        ),
    )


def _spell(where: str, distance: distances.Distance) -> str:
    return (
        f"{wording.shown(distance.feature)} moved {where} ({distance.detail}): "
        f"{distance.kind} {distance.value:.3f}"
    )
