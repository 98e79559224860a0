"""A search that is killed, that fails, and that tells what goes on."""

import dataclasses
import pathlib

import pytest
from keras_tuner import errors as keras_tuner_errors

from schemas import errors
from tests.trainer.tuning import searching
from trainer import progress

_TUNE = {"method": "random", "trials": 6}
_SPACES = {"grid": {"rate": [1e-4, 1e-3, 1e-2], "width": [3, 5]}}


class _Killed(BaseException):
    """What ends a process, and is no error of a trial."""


def _killed_in(number):
    """Makes a training that is killed in its trial of that number, and the list of those done."""
    begun = []

    def train(values, epochs):
        begun.append((dict(values), epochs))
        if len(begun) == number:
            raise _Killed
        return searching.bowl(values, epochs)

    return train, begun


@pytest.mark.parametrize("method", ["grid", "random", "bayesian", "hyperband"])
def test_a_killed_search_goes_on_as_if_it_had_not_been(tmp_path, method):
    settings = {"method": method, "trials": 6, "space": _SPACES.get(method), "factor": 9}
    whole = searching.searched(tmp_path / "whole", **settings)
    train, begun = _killed_in(4)
    with pytest.raises(_Killed):
        searching.searched(tmp_path / "killed", train=train, **settings)
    again, done = _killed_in(99)
    resumed = searching.searched(tmp_path / "killed", train=again, **settings)
    assert resumed == whole
    # The three that had ended were not trained again; the one under way was.
    assert len(done) == 3
    assert done[0] == begun[3]


def test_a_search_killed_in_its_first_trial_begins_with_it_again(tmp_path):
    train, _ = _killed_in(1)
    with pytest.raises(_Killed):
        searching.searched(tmp_path, train=train, **_TUNE)
    resumed = searching.searched(tmp_path, **_TUNE)
    assert resumed.trials[0].values == searching.OWN
    assert len(resumed.trials) == 6


@pytest.mark.parametrize("torn", ["oracle.json", "tuner0.json", "trial_1/trial.json"])
def test_a_torn_state_trains_nothing_twice(tmp_path, torn):
    train, _ = _killed_in(4)
    with pytest.raises(_Killed):
        searching.searched(tmp_path, train=train, **_TUNE)
    path = tmp_path / "oracle" / torn
    path.write_text(path.read_text()[:20])
    again, done = _killed_in(99)
    resumed = searching.searched(tmp_path, train=again, **_TUNE)
    assert resumed == searching.searched(tmp_path / "whole", **_TUNE)
    assert len(done) == 3


def test_a_trial_that_was_written_but_not_known_of_is_not_lost(tmp_path):
    """As if it had been killed between two files."""
    train, _ = _killed_in(4)
    with pytest.raises(_Killed):
        searching.searched(tmp_path, train=train, **_TUNE)
    directory = tmp_path / "oracle" / "trial_4"
    directory.mkdir()
    text = (tmp_path / "oracle" / "trial_3" / "trial.json").read_text()
    (directory / "trial.json").write_text(text.replace('"trial_id": "3"', '"trial_id": "4"'))
    assert len(searching.searched(tmp_path, **_TUNE).trials) == 6


def _fails_above(rate):
    def train(values, epochs):
        if values["rate"] > rate:
            raise RuntimeError("ArithmeticError: The training loss must be finite. Received: nan")
        return searching.bowl(values, epochs)

    return train


def test_a_trial_that_fails_is_told_with_its_reason_and_the_others_go_on(tmp_path):
    found = searching.searched(tmp_path, train=_fails_above(5e-3), method="random", trials=9)
    failed = [trial for trial in found.trials if trial.status == "failed"]
    assert failed
    assert len(failed) + len(found.ranked()) == 9
    for trial in failed:
        assert trial.reason.startswith("ArithmeticError: The training loss must be finite.")
        assert (trial.value, trial.curve, trial.best_epoch) == (None, (), 0)
        assert trial.values["rate"] > 5e-3


def test_where_every_trial_fails_none_is_best(tmp_path):
    found = searching.searched(tmp_path, train=_fails_above(0.0), method="random", trials=5)
    assert (found.best, found.ranked(), len(found.run)) == (0, [], 5)


def test_a_metric_that_is_undefined_is_a_failed_trial(tmp_path):
    def train(values, epochs):
        value = float("nan") if values["width"] < 3 else 0.5
        return dataclasses.replace(searching.bowl(values, epochs), curve=(value,), best_epoch=1)

    found = searching.searched(tmp_path, train=train, method="random", trials=8)
    failed = [trial for trial in found.trials if trial.status == "failed"]
    assert {trial.values["width"] < 3 for trial in failed} == {True}
    assert failed[0].reason == (
        "`tune.metric` must be defined on the eval split. Received: accuracy=nan"
    )


def test_what_no_training_can_do_ends_the_search(tmp_path):
    def train(values, epochs):
        raise errors.DataError("The eval split must have examples. Received: 0")

    with pytest.raises(keras_tuner_errors.FatalError) as raised:
        searching.searched(tmp_path, train=train, **_TUNE)
    assert isinstance(raised.value.__cause__, errors.DataError)


def test_each_trial_is_told_with_the_best_so_far_and_the_time_left(tmp_path):
    told = []
    searching.searched(tmp_path, tell=told.append, method="random", trials=3)
    starts = [event for event in told if isinstance(event, progress.TrialStarted)]
    ends = [event for event in told if isinstance(event, progress.TrialEnded)]
    assert [event.number for event in told] == [1, 1, 2, 2, 3, 3]
    assert starts[0] == progress.TrialStarted(
        "transformer", 1, 3, searching.OWN, searching.EPOCHS, searching.METRIC
    )
    best = float("-inf")
    for start, end in zip(starts, ends, strict=True):
        value = searching.bowl(start.values, start.epochs).value
        assert end.value == value
        assert end.best is (value > best)
        best = max(best, value)
        assert end.best_value == best
    # The toy says that each takes 9 seconds.
    assert [event.seconds_left for event in ends] == [18.0, 9.0, 0.0]


@pytest.mark.parametrize(("width", "most"), [(5, 4), (9, 5)])
def test_of_a_grid_no_more_trials_are_announced_than_it_has(tmp_path, width, most):
    """Two rates and three widths, one of which is refused; and the config's own, if it is new."""
    told = []
    searching.searched(
        tmp_path,
        tell=told.append,
        method="grid",
        trials=10,
        space={"rate": [1e-3, 1e-2], "width": [3, 4, 5]},
        own={"rate": 1e-3, "width": width},
        refuse=lambda values: "`width` must be odd." if values["width"] == 4 else None,
    )
    starts = [event for event in told if isinstance(event, progress.TrialStarted)]
    ends = [event for event in told if isinstance(event, progress.TrialEnded)]
    assert [(start.number, start.trials) for start in starts] == [
        (number, most) for number in range(1, most + 1)
    ]
    # The toy says that each takes 9 seconds.
    assert [end.seconds_left for end in ends] == [9.0 * left for left in reversed(range(most))]


def test_the_own_values_are_told_as_far_as_they_went(tmp_path):
    """Of Hyperband the config's own, if they are the best, go on from rung to rung."""
    own = {"rate": 1e-2, "width": 3}
    found = searching.searched(tmp_path, own=own, method="hyperband", trials=13)
    assert (found.trials[0].epochs, found.own.epochs, found.own.values) == (1, 9, own)
    failed = dataclasses.replace(found.trials[0], status="failed", value=None)
    assert dataclasses.replace(found, trials=[failed]).own is None


def test_nothing_is_left_of_a_search_that_was_discarded(tmp_path):
    made = searching.search(tmp_path / "search", method="random", trials=2)
    made.search()
    made.discard()
    assert not pathlib.Path(tmp_path / "search").exists()


def test_lower_is_better_where_the_metric_says_so(tmp_path):
    found = searching.searched(tmp_path, method="random", trials=3)
    values = sorted(trial.value for trial in found.trials)
    lower = dataclasses.replace(found, higher_is_better=False)
    assert [trial.value for trial in lower.ranked()] == values
    assert [trial.value for trial in found.ranked()] == values[::-1]


def test_a_search_comes_back_from_json(tmp_path):
    found = searching.searched(tmp_path, method="random", trials=2)
    assert type(found).from_json(found.to_json()) == found


def test_what_an_earlier_rung_took_is_the_earlier_trials(tmp_path):
    epochs_of = {}

    def train(values, epochs):
        """Goes on with the same values, as trainings do; one process was killed on the way."""
        before = epochs_of.get(str(values), 0)
        epochs_of[str(values)] = epochs
        killed = 100.0 if epochs == 9 else 0.0
        return dataclasses.replace(
            searching.bowl(values, epochs),
            seconds=float(epochs - before),
            earlier_seconds=before + killed,
            total_seconds=epochs + killed,
        )

    found = searching.searched(tmp_path, train=train, method="hyperband", trials=13)
    assert [trial.seconds for trial in found.trials] == [1.0] * 9 + [2.0] * 3 + [6.0 + 100.0]


def test_a_training_that_had_come_to_its_end_is_not_asked_for_more(tmp_path):
    asked = []

    def train(values, epochs):
        """Stops early where it is best, before the second rung has ended."""
        asked.append(epochs)
        found = searching.bowl(values, min(epochs, 2))
        return dataclasses.replace(found, total_seconds=found.seconds, is_over=epochs > 2)

    found = searching.searched(tmp_path, train=train, method="hyperband", trials=13)
    assert asked == [1] * 9 + [3] * 3
    last = found.trials[-1]
    assert (last.epochs, len(last.curve), last.seconds) == (9, 2, 0.0)
