"""What candidates were worth on folds."""

import dataclasses

import pytest

from components.cross_validation import intervals, outcome


def _found(higher_is_better=True, **values):
    folds = [
        outcome.Fold(name, number, {"accuracy": value}, 50, 100, 9.0)
        for name, of_name in values.items()
        for number, value in enumerate(of_name, start=1)
    ]
    return outcome.Outcome("accuracy", higher_is_better, 0.05, 140, folds)


def test_means_and_paired_differences_have_the_corrected_interval():
    found = _found(transformer=[0.8, 0.7, 0.9], linear=[0.7, 0.65, 0.85])
    assert found.candidates == ["transformer", "linear"]
    assert found.count == 3
    assert found.mean("linear") == intervals.corrected([0.7, 0.65, 0.85], 50, 100, 0.05)
    expected = intervals.corrected([0.1, 0.05, 0.05], 50, 100, 0.05)
    better = found.better_than("linear")
    assert dataclasses.astuple(better) == pytest.approx(dataclasses.astuple(expected))


def test_an_interval_ends_where_the_metric_does():
    found = _found(transformer=[0.95, 0.97], linear=[0.05, 0.02])
    cut = dataclasses.replace(found, minimum=0.0, maximum=1.0)
    assert (cut.mean("transformer").high, cut.mean("linear").low) == (1.0, 0.0)
    assert cut.mean("transformer").low == found.mean("transformer").low
    assert found.mean("transformer").high > 1.0 > cut.better_than("linear").mean


def test_better_is_above_nothing_whichever_way_is_better():
    found = _found(higher_is_better=False, transformer=[0.2, 0.3], linear=[0.5, 0.4])
    assert found.better_than("linear").mean == pytest.approx(0.2)


def test_a_fold_that_leaves_the_metric_undefined_leaves_the_mean_undefined():
    found = _found(transformer=[0.8, None], linear=[0.7, 0.6])
    assert found.mean("transformer") is None
    assert found.better_than("linear") is None
    assert found.mean("linear").mean == pytest.approx(0.65)


def test_it_comes_back_from_disk(tmp_path):
    found = _found(transformer=[0.8, None], linear=[0.7, 0.6])
    outcome.write(str(tmp_path), found)
    assert outcome.read(str(tmp_path)) == found
