"""Metrics of two runs: values, intervals, and which is better."""

import pathlib

import pytest

from pipeline.lineage.diff import absent, metrics, mover
from tests.pipeline.lineage import stores
from tests.pipeline.lineage.diff import pairs


def _compare(store: stores.Store, a: pairs.Side, b: pairs.Side, **of_b: object) -> metrics.Metrics:
    pairs.write(store, a, b, **of_b)
    found = metrics.of(*pairs.runs(store))
    assert found is not None
    return found


def _better(store: stores.Store, accuracy: tuple[float, float, float]) -> metrics.Metrics:
    return _compare(store, pairs.Side(), pairs.Side(accuracy=accuracy))


def test_intervals_of_the_judged_candidate_are_compared(store: stores.Store) -> None:
    found = _better(store, (0.7, 0.66, 0.82))
    row = found.rows[0]
    assert (row.slice, row.metric, row.higher_is_better) == ("all rows", "accuracy", True)
    assert (row.old, row.new) == (
        mover.Measured(0.5, 0.45, 0.53),
        mover.Measured(0.7, 0.66, 0.82),
    )
    # Down: 0.04 and 0.03 are 0.05; up: 0.12 and 0.05 are 0.13.
    told = (row.difference.value, row.difference.low, row.difference.high)
    assert told == (pytest.approx(0.2), pytest.approx(0.15), pytest.approx(0.33))
    assert (row.verdict, row.old_rows, row.new_rows) == ("better", 40, 40)
    assert (found.metric, found.confidence, found.no_intervals) == ("accuracy", 0.95, "")
    assert (found.old_judged, found.new_judged) == ("transformer", "transformer")


def test_slices_without_an_interval_have_the_verdicts_value(store: stores.Store) -> None:
    [_, rome, oslo] = _better(store, (0.7, 0.66, 0.82)).rows
    assert (rome.slice, rome.old, rome.verdict) == ("shop=Rome", mover.Measured(0.25), None)
    assert (rome.old_rows, rome.new_rows) == (4, 4)
    assert (oslo.slice, oslo.new, oslo.new_rows) == ("shop=Oslo", mover.Measured(0.75), 6)


@pytest.mark.parametrize(
    ("accuracy", "verdict"),
    [((0.3, 0.25, 0.35), "worse"), ((0.51, 0.45, 0.55), "unclear")],
)
def test_an_interval_says_which_is_better(store, accuracy, verdict: str) -> None:
    assert _better(store, accuracy).rows[0].verdict == verdict


def test_of_a_loss_lower_is_better() -> None:
    apart = mover.Measured(-0.2, -0.3, -0.1)
    assert metrics.judge(apart, higher_is_better=False) == "better"
    assert metrics.judge(apart, higher_is_better=True) == "worse"
    assert metrics.judge(apart, higher_is_better=None) is None


def test_test_rows_are_the_same_where_the_cache_has_answered(store: stores.Store) -> None:
    first = store.run("a run before")
    found = _compare(store, pairs.Side(), pairs.Side(accuracy=(0.7, 0.6, 0.8)))
    assert not found.same_rows
    again = {"Ingest": first["Ingest"]}
    for id_, value in (("third", 0.6), ("fourth", 0.9)):
        store.run(id_, cached=again, value=value)
    third, fourth = (pairs.history(store).run(id_) for id_ in ("third", "fourth"))
    told = metrics.of(third, fourth)
    assert told is not None
    assert told.same_rows


def test_without_a_report_there_are_values_and_a_reason(store: stores.Store) -> None:
    found = _compare(store, pairs.Side(), pairs.Side(accuracy=(0.7, 0.6, 0.8), confidence=None))
    assert found.rows[0].new == mover.Measured(0.7)
    assert found.rows[0].difference.low is None
    assert found.confidence is None
    assert found.no_intervals == "the files of the report of second are gone"


def test_intervals_of_other_levels_are_not_put_together(store: stores.Store) -> None:
    found = _compare(store, pairs.Side(), pairs.Side(accuracy=(0.7, 0.6, 0.8), confidence=0.9))
    assert found.rows[0].new == mover.Measured(0.7, 0.6, 0.8)
    assert found.rows[0].difference == mover.Measured(pytest.approx(0.2))
    assert found.no_intervals == "the intervals of one are at 0.95, the other's at 0.9"


def test_torn_files_are_told_and_hide_nothing(store: stores.Store) -> None:
    pairs.write(store, pairs.Side(), pairs.Side(accuracy=(0.7, 0.6, 0.8)))
    report = pairs.runs(store)[1].output("Report", "report")
    path = pathlib.Path(report.uri if report else "") / "metrics.json"
    path.write_text('{"judged": ', encoding="utf-8")
    found = metrics.of(*pairs.runs(store))
    assert found is not None
    assert found.rows[0].new == mover.Measured(0.7)
    assert found.no_intervals.startswith(
        "metrics.json among the files of the report of second is torn, or of another version (JSON"
    )


def test_a_run_without_a_model_is_not_compared(store: stores.Store) -> None:
    pairs.write(store, pairs.Side(), pairs.Side(), until="Trainer", error="x")
    with pytest.raises(absent.AbsentError, match="second has no evaluation: it failed in Trainer"):
        metrics.of(*pairs.runs(store))
