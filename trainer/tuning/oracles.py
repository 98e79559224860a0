"""What proposes the values of trials: KerasTuner's oracles, and what they lack here.

Of each the first trial has the config's own values, so that a search tells what it was good for;
values that do not go with each other are refused before they cost a training; and a search that
goes on after a kill proposes what it would have proposed.
"""

import random
from collections.abc import Callable
from typing import Any

import keras_tuner
import numpy as np
from keras_tuner import oracles

from trainer.tuning import config, settling
from trainer.tuning import space as space_lib

Refuse = Callable[[space_lib.Values], str | None]
# Draws in a row that are refused or known before a search ends: a small space is used up by then.
_MOST_DRAWS = 2_000


class _Proposals:
    """What all oracles here have in common; stands before one of KerasTuner's.

    Attributes:
        refused: Values that do not go with each other, each with its `reason`.
        trials: Trial by its id, KerasTuner's own.
        start_order: Their ids, in the order in which they were begun, KerasTuner's own.
        max_trials: How many there may be, KerasTuner's own.
    """

    trials: dict[str, Any]
    start_order: list[str]
    max_trials: int

    def __init__(self, own: space_lib.Values, refuse: Refuse, **settings: Any) -> None:
        super().__init__(**settings)
        self._own = own
        self._refuse = refuse
        self.refused: list[dict[str, Any]] = []
        self._max_collisions = _MOST_DRAWS
        self.verbose = 0

    def _random_values(self) -> dict[str, Any] | None:
        """Gives the config's own values first, then draws what may be tried and was not."""
        if not self.start_order:
            return dict(self._own)
        for _ in range(_MOST_DRAWS):
            values: dict[str, Any] | None = super()._random_values()  # type: ignore[misc]
            if values is None or self._may_be_tried(values):
                return values
        return None

    def _may_be_tried(self, values: dict[str, Any]) -> bool:
        """Tells whether values go with each other, and keeps in mind those that do not."""
        decoded = settling.decode(values)
        reason = self._refuse(decoded)
        if reason is None:
            return True
        told = {"values": decoded, "reason": reason}
        if told not in self.refused:
            self.refused.append(told)
        return False

    def get_state(self) -> dict[str, Any]:
        """Returns what is saved after each trial."""
        return {**super().get_state(), "refused": self.refused}  # type: ignore[misc]

    def set_state(self, state: dict[str, Any]) -> None:
        """Takes up what was saved."""
        super().set_state(state)  # type: ignore[misc]
        self.refused = state["refused"]
        # A kill may come after a trial is written and before the state that knows of it.
        self.trials = {trial_id: self.trials[trial_id] for trial_id in self.start_order}


class Random(_Proposals, oracles.RandomSearchOracle):
    """Draws each trial for itself."""


class Hyperband(_Proposals, oracles.HyperbandOracle):
    """Draws many trials of few epochs, and goes on with the best."""

    def __init__(self, max_trials: int, **settings: Any) -> None:
        # Round after round until there are as many trials as every candidate has.
        super().__init__(hyperband_iterations=None, **settings)
        self.max_trials = max_trials


class Bayesian(_Proposals, oracles.BayesianOptimizationOracle):
    """Draws some trials, and then has a Gaussian process say which promise most."""

    def __init__(self, domains: space_lib.Space, **settings: Any) -> None:
        super().__init__(**settings)
        self._domains = domains

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Proposes the values of a trial; never those of one that was."""
        # Of a process that goes on after another, KerasTuner would begin at the first draw again.
        self._random_state = np.random.RandomState((self.seed + len(self.trials)) % 2**32)
        proposed: dict[str, Any] = super().populate_space(trial_id)
        values = proposed["values"]
        if values is None or not self.start_order:
            return proposed
        if self._duplicate(values) or not self._may_be_tried(values):
            drawn: dict[str, Any] = self._random_populate_space()
            return drawn
        return proposed

    def _vectorize_trials(self) -> tuple[np.ndarray, np.ndarray]:
        """Leaves out the config's own values where they lie outside of the space."""
        everything = self.trials
        self.trials = {i: t for i, t in everything.items() if self._lies_within(t)}
        try:
            vectors: tuple[np.ndarray, np.ndarray] = super()._vectorize_trials()
        finally:
            self.trials = everything
        return vectors

    def _lies_within(self, trial: Any) -> bool:
        values = settling.decode(trial.hyperparameters.values)
        return all(self._domains[key].holds(value) for key, value in values.items())


class Grid(_Proposals, keras_tuner.Oracle):
    """Tries every combination; of more than there are trials, as many drawn at random.

    KerasTuner's own forgets what it has left to do when it is taken up again.
    """

    def __init__(self, domains: space_lib.Space, **settings: Any) -> None:
        super().__init__(**settings)
        self._domains = domains
        points = list(space_lib.grid(domains))
        if len(points) > self.max_trials:
            random.Random(self.seed).shuffle(points)  # noqa: S311 - not for secrets
        allowed = sum(self._refuse(point) is None for point in points)
        self._points = [encode(domains, point) for point in points]
        # So that nobody waits for trials that will not be.
        self.max_trials = min(self.max_trials, allowed + (self._own not in self._points))

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Proposes the next combination."""
        del trial_id
        points = self._points if self.start_order else [dict(self._own)]
        for values in points:
            if not self._duplicate(values) and self._may_be_tried(values):
                return {"status": "RUNNING", "values": dict(values)}
        return {"status": "STOPPED", "values": None}


def build(
    tune: config.TuneConfig,
    domains: space_lib.Space,
    own: space_lib.Values,
    refuse: Refuse,
    objective: keras_tuner.Objective,
    epochs: int,
    seed: int,
) -> keras_tuner.Oracle:
    """Makes the oracle of a search.

    Args:
        tune: The method, and how many trials it has.
        domains: What each key may be.
        own: The config's own values, with which it begins.
        refuse: Says why values do not go with each other.
        objective: What is sought the best of.
        epochs: Of a trial at most.
        seed: Of what is drawn.
    """
    settings: dict[str, Any] = {
        "own": encode(domains, own),
        "refuse": refuse,
        "objective": objective,
        "max_trials": tune.trials,
        "seed": seed,
        "hyperparameters": _hyperparameters(domains),
        "allow_new_entries": False,
        # However many fail, the others may still tell something.
        "max_consecutive_failed_trials": tune.trials + 1,
    }
    if tune.method == "grid":
        return Grid(domains, **settings)
    if tune.method == "bayesian":
        drawn = tune.initial_trials or max(2, -(-tune.trials // 3))
        return Bayesian(domains, num_initial_points=drawn, **settings)
    if tune.method == "hyperband":
        return Hyperband(max_epochs=epochs, factor=tune.factor, **settings)
    return Random(**settings)


def encode(domains: space_lib.Space, values: space_lib.Values) -> dict[str, Any]:
    """Spells values as KerasTuner takes them."""
    return {key: settling.encode(domains[key], value) for key, value in values.items()}


def _hyperparameters(domains: space_lib.Space) -> keras_tuner.HyperParameters:
    """Tells KerasTuner of the space."""
    made = keras_tuner.HyperParameters()
    for key, domain in domains.items():
        if isinstance(domain, space_lib.Choice):
            made.Choice(key, [settling.encode(domain, value) for value in domain.values])
            continue
        kind = made.Int if domain.whole else made.Float
        sampling = "log" if domain.log else "linear"
        kind(key, domain.low, _highest(domain), step=domain.step, sampling=sampling)
    return made


def _highest(domain: space_lib.Range) -> float:
    """Gives what KerasTuner takes for the end of a range, so that it counts all of the steps.

    It divides by the step and cuts, and 0.5 // 0.1 is 4.
    """
    points = domain.points()
    if points is None or domain.step is None or domain.whole or domain.log:
        return domain.high
    return points[-1] + domain.step / 2
