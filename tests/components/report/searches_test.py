"""The searches on the page."""

import dataclasses

import pytest

from components.report import searches
from trainer.tuning import record

_SPACE = {
    "train.learning_rate": {"min": 1e-4, "max": 1e-2, "scale": "log"},
    "model.activation": ["gelu", "relu"],
}


def _done(number, rate, activation, value, **more):
    values = {"train.learning_rate": rate, "model.activation": activation}
    return record.Trial(
        number, values, 2, "done", value, (value - 0.1, value), 2, 30.0, "all 2 epochs run", **more
    )


@pytest.fixture
def search():
    trials = [
        _done(1, 1e-3, "gelu", 0.7),
        _done(2, 1e-2, "relu", 0.8),
        record.Trial(
            3,
            {"train.learning_rate": 5e-3, "model.activation": "gelu"},
            2,
            "failed",
            reason="nan",
            seconds=9.0,
        ),
        _done(4, 1e-4, "relu", 0.75, goes_on_with=1),
        record.Trial(0, {"model.activation": "relu"}, 2, "refused", reason="`a` must divide `b`"),
    ]
    return record.Search("transformer", "random", "accuracy", True, _SPACE, trials, 2)


def test_without_a_search_there_is_no_section():
    assert searches.build({}) is None


def test_the_summary_tells_the_own_values_the_runner_up_and_the_best(search):
    [row] = searches.build({"transformer": search}).summary.rows
    assert row == (
        *("transformer", "4", "1 min 39 s", "0.7000", "0.7500", "0.8000"),
        "train.learning_rate 0.01, model.activation relu",
    )


def test_every_trial_has_a_row_the_best_first_and_those_that_failed_last(search):
    [table] = searches.build({"transformer": search}).tables
    assert [row[0] for row in table.rows] == ["2", "4", "1 (own)", "3"]
    assert [row[1] for row in table.rows] == ["0.8000", "0.7500", "0.7000", "failed"]
    assert table.rows[0][2:4] == ("0.01", "relu")
    assert table.rows[1][-1] == "goes on with trial 1"
    assert table.rows[3][-1] == "nan"


def test_refused_values_are_told_with_their_reason(search):
    [line] = searches.build({"transformer": search}).refused
    assert line == "transformer, model.activation relu: `a` must divide `b`"


def test_plots_are_the_trials_and_the_values_of_each_candidate(search):
    other = dataclasses.replace(search, candidate="linear")
    progress, *coordinates = searches.build({"transformer": search, "linear": other}).plots
    assert [name for name, _ in progress.legend] == ["transformer", "linear"]
    assert "the best: transformer 0.8000 in trial 2, linear 0.8000 in trial 2" in progress.drawing
    assert len(coordinates) == 2
    for text in ("learning_rate", "activation", "accuracy", "gelu", "relu", "0.0001", "0.01"):
        assert f">{text}<" in coordinates[0].drawing


def test_a_search_of_one_trial_has_no_values_to_compare(search):
    alone = dataclasses.replace(search, trials=search.trials[1:2])
    assert len(searches.build({"transformer": alone}).plots) == 1


def test_an_axis_goes_from_the_worst_to_the_best_and_by_logarithms_where_they_are_spread(search):
    done = search.ranked()
    rate, activation, metric = searches._scales(search, done)
    own = search.trials[0]
    assert rate.place(own) == pytest.approx(0.5)  # 1e-3 between 1e-4 and 1e-2
    assert (activation.place(own), activation.place(done[0])) == (0.0, 1.0)
    assert [metric.place(trial) for trial in done] == pytest.approx([1.0, 0.5, 0.0])
    lower = dataclasses.replace(search, higher_is_better=False)
    assert searches._scales(lower, done)[-1].place(done[0]) == 0.0


def test_own_values_outside_of_the_space_have_a_place(search):
    far = dataclasses.replace(
        search.trials[0], values={"train.learning_rate": 0.5, "model.activation": "swiglu"}
    )
    found = dataclasses.replace(search, trials=[far, *search.trials[1:]])
    rate, activation, _ = searches._scales(found, found.ranked())
    assert (rate.place(far), activation.place(far)) == (1.0, 1.0)
    assert [text for _, text in activation.ticks] == ["gelu", "relu", "swiglu"]


def test_values_that_are_lists_or_null_have_a_place(search):
    space = {"widths": [[3, 4], [2]], "clip": [None, 1.0]}
    trials = [
        dataclasses.replace(search.trials[0], values={"widths": [3, 4], "clip": None}),
        dataclasses.replace(search.trials[1], values={"widths": [2], "clip": 1.0}),
    ]
    found = dataclasses.replace(search, space=space, trials=trials)
    assert len(searches.build({"cnn": found}).plots) == 2


def test_an_own_value_of_nothing_has_a_place_though_it_has_no_logarithm(search):
    """As of a weight decay that a config turns off, and a search looks for."""
    off = {"train.learning_rate": 0.0, "model.activation": "gelu"}
    trials = [dataclasses.replace(search.trials[0], values=off), *search.trials[1:]]
    found = dataclasses.replace(search, trials=trials)
    rate, *_ = searches._scales(found, found.ranked())
    assert (rate.place(trials[0]), rate.place(trials[1])) == (0.0, 1.0)
    assert len(searches.build({"transformer": found}).plots) == 2
