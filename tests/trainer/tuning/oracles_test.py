"""Each method on an objective whose best is known: a rate of 1e-2 and a width of 3."""

import math

import pytest

from tests.trainer.tuning import searching
from trainer.tuning import space

_LISTS = {"rate": [1e-4, 1e-3, 1e-2, 1e-1], "width": [1, 3, 5]}


_TRIALS = {"random": 23, "bayesian": 20, "hyperband": 23}
_BEST = 1.0 - 0.5 / searching.EPOCHS


@pytest.fixture(scope="module")
def searches(tmp_path_factory):
    """A search by each method that draws; 23 is what Hyperband's first round has."""
    root = tmp_path_factory.mktemp("searches")
    return {
        method: searching.searched(root / method, method=method, trials=trials)
        for method, trials in _TRIALS.items()
    }


@pytest.mark.parametrize("method", _TRIALS)
def test_a_search_comes_near_the_best(searches, method):
    found = searches[method]
    best = found.ranked()[0]
    assert best.number == found.best
    assert abs(math.log10(best.values["rate"]) + 2.0) < 0.6
    assert abs(best.values["width"] - 3) <= 1


@pytest.mark.parametrize("method", _TRIALS)
def test_the_first_trial_has_the_configs_own_values_and_the_best_is_better(searches, method):
    first = searches[method].trials[0]
    assert (first.number, first.values) == (1, searching.OWN)
    assert searches[method].ranked()[0].value > first.value + 0.5


@pytest.mark.parametrize("method", _TRIALS)
def test_there_are_as_many_trials_as_were_asked_for_and_all_lie_in_the_space(searches, method):
    found = searches[method]
    assert [trial.number for trial in found.trials] == list(range(1, _TRIALS[method] + 1))
    domains = space.read(searching.SPACE)
    for trial in found.trials:
        assert all(domains[key].holds(value) for key, value in trial.values.items())


def test_reckoning_finds_in_fewer_trials_what_drawing_does_not(searches):
    regret = {method: _BEST - found.ranked()[0].value for method, found in searches.items()}
    assert regret["bayesian"] < 0.5 * regret["random"]


def test_a_grid_tries_every_combination_once_the_configs_own_first(tmp_path):
    found = searching.searched(tmp_path, method="grid", space=_LISTS, trials=12)
    tried = [trial.values for trial in found.trials]
    assert tried[0] == searching.OWN
    assert tried[1:4] == [{"rate": 1e-4, "width": width} for width in (1, 3, 5)]
    assert len(tried) == 12
    assert all(tried.count(values) == 1 for values in space.grid(space.read(_LISTS)))
    assert found.ranked()[0].values == {"rate": 1e-2, "width": 3}


def test_a_part_of_a_grid_is_drawn_from_all_over_it(tmp_path):
    found = searching.searched(tmp_path, method="grid", space=_LISTS, trials=6, partial_grid=True)
    assert len(found.trials) == 6
    assert len({trial.values["rate"] for trial in found.trials}) > 2


def test_hyperband_goes_on_with_the_best_of_each_rung(tmp_path):
    found = searching.searched(tmp_path, method="hyperband", trials=13)
    trials = {trial.number: trial for trial in found.trials}
    assert [trial.epochs for trial in found.trials] == [1] * 9 + [3] * 3 + [9]
    ranked = sorted(range(1, 10), key=lambda number: -trials[number].value)
    assert {trials[number].goes_on_with for number in (10, 11, 12)} == set(ranked[:3])
    assert trials[trials[13].goes_on_with].value == max(trials[n].value for n in (10, 11, 12))
    assert trials[13].values == trials[trials[13].goes_on_with].values
    # What an earlier rung took is the earlier trial's.
    assert found.seconds == 9 * 1 + 3 * 3 + 9


def test_a_space_that_is_used_up_ends_the_search(tmp_path):
    lists = {"rate": [1e-3, 1e-2], "width": [3, 5]}
    for method in ("random", "bayesian"):
        found = searching.searched(tmp_path / method, method=method, space=lists, trials=9)
        assert len(found.trials) == 4
        assert len({tuple(trial.values.items()) for trial in found.trials}) == 4


def test_own_values_outside_of_the_space_are_tried_all_the_same(tmp_path):
    for method, trials in (("random", 13), ("bayesian", 7), ("grid", 13)):
        found = searching.searched(
            tmp_path / method,
            method=method,
            space=_LISTS,
            own={"rate": 7.0, "width": None},
            train=lambda values, epochs: searching.bowl(
                {**values, "width": values["width"] or 9}, epochs
            ),
            trials=trials,
        )
        assert found.trials[0].values == {"rate": 7.0, "width": None}
        assert found.best > 1


def _odd_widths_alone(values):
    return "`width` must be odd. Received: width=..." if values["width"] % 2 == 0 else None


@pytest.mark.parametrize("method", ["grid", "random", "bayesian", "hyperband"])
def test_values_that_do_not_go_with_each_other_cost_no_trial_and_are_kept_in_mind(tmp_path, method):
    lists = {"rate": [1e-4, 1e-3, 1e-2, 1e-1], "width": [2, 3, 4, 5]}
    found = searching.searched(
        tmp_path, method=method, space=lists, trials=8, refuse=_odd_widths_alone, factor=9
    )
    refused = [trial for trial in found.trials if trial.status == "refused"]
    assert len(found.run) == 8
    assert all(trial.values["width"] % 2 for trial in found.run)
    assert refused
    assert all(trial.reason.startswith("`width` must be odd") for trial in refused)
    assert len({tuple(trial.values.items()) for trial in refused}) == len(refused)


@pytest.mark.parametrize("method", ["grid", "random", "bayesian"])
def test_every_value_that_a_step_leads_to_is_tried_the_last_as_well(tmp_path, method):
    lists = {"rate": {"min": 0.1, "max": 0.6, "step": 0.1}, "width": [3]}
    own = {"rate": 0.1, "width": 3}
    found = searching.searched(tmp_path, method=method, space=lists, own=own, trials=12)
    tried = sorted(trial.values["rate"] for trial in found.trials)
    assert tried == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
