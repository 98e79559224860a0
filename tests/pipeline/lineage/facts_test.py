"""What came of a run, in a line."""

import pytest

from pipeline import config as config_lib
from pipeline import errors, lineage
from pipeline.lineage import facts
from tests.pipeline.lineage import stores

_RIVALS = config_lib.from_columns("reviews.csv", overrides=["rivals=[linear]"])


def test_a_run_that_pushed(store: stores.Store) -> None:
    store.run("first", _RIVALS, value=0.75, pushed="17", seconds=3.0)
    [run] = lineage.read(store.workspace).runs
    found = facts.of(run)
    assert (found.run, found.state, found.started) == ("first", lineage.State.DONE, run.started)
    assert found.config == config_lib.digest(_RIVALS)[:12]
    assert (found.verdict, found.trial, found.pushed) == ("blessed", "warranted", "17")
    assert (found.metric, found.value) == ("accuracy", 0.75)
    assert found.seconds == pytest.approx(3.0 * len(run.executions))


def test_a_model_that_was_not_blessed(store: stores.Store) -> None:
    store.run("first", blessed=False, value=0.5)
    found = facts.of(lineage.read(store.workspace).runs[0])
    assert (found.verdict, found.trial, found.pushed, found.value) == (
        *("not blessed", None, None),
        0.5,
    )


def test_a_blessed_model_that_failed_its_probe(store: stores.Store) -> None:
    for node, blessed in (("Evaluator", 1), ("Probe", 0)):
        blessing = store.artifact("ModelBlessing", properties={"blessed": blessed})
        store.put("first", node, outputs={"blessing": [blessing]})
    assert facts.of(lineage.read(store.workspace).runs[0]).verdict == "probe failed"


def test_numbers_of_a_compiled_run_are_read_alike(store: stores.Store) -> None:
    """A container tells all numbers as floats."""
    blessing = store.artifact("ModelBlessing", properties={"blessed": 1.0})
    store.put("first", "Evaluator", outputs={"blessing": [blessing]})
    told = {"pushed": 1.0, "pushed_version": "17"}
    pushed = store.artifact("PushedModel", properties=told)
    store.put("first", "Pusher", outputs={"pushed_model": [pushed]})
    found = facts.of(lineage.read(store.workspace).runs[0])
    assert (found.verdict, found.pushed) == ("blessed", "17")


def test_a_run_that_came_to_nothing_has_no_facts(store: stores.Store) -> None:
    store.run("first", until="Ingest", error="no such file")
    found = facts.of(lineage.read(store.workspace).runs[0])
    assert (found.verdict, found.value, found.pushed) == (None, None, None)
    assert found.metric == "accuracy"


def test_versions_are_found_by_number(store: stores.Store) -> None:
    first = store.run("first", pushed="17")
    store.run("second", cached=first)
    store.run("third", pushed="18")
    history = lineage.read(store.workspace)
    assert [version for version, _ in facts.pushes(history)] == ["17", "18"]
    assert facts.pushed_as(history, "latest")[0] == "18"
    assert facts.run_or_version(history, "17").id == "first"
    assert facts.run_or_version(history, "thi").id == "third"
    with pytest.raises(errors.ConfigError, match="Received: 16; the newest are 17, 18"):
        facts.pushed_as(history, "16")
