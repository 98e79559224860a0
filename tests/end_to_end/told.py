"""What the lineage must tell of a workspace's runs: see runs_test.py, whose runs they are."""

import hashlib
import pathlib

import pytest

from components.pusher import lineage_file
from pipeline import lineage
from tests.end_to_end import user as user_lib


def became(history: lineage.History, pushed: str) -> None:
    """What became of each run; the third was answered by the cache with the second's version."""
    found = [lineage.facts.of(run) for run in history.runs]
    assert [(each.state.value, each.verdict) for each in found] == [
        ("interrupted", None),
        *(("done", "blessed"), ("done", "blessed"), ("done", "blessed")),
        *(("done", "not blessed"), ("done", "probe failed"), ("failed", None)),
    ]
    versions = [each.pushed and each.pushed == pushed for each in found]
    assert versions == [None, False, True, True, None, None, None]
    assert found[3].cached_share == pytest.approx(12 / 13)
    assert {each.config for each in found[:4]} == {found[0].config}
    assert len({each.config for each in found}) == 4
    values = [each.value for each in found[1:6]]
    assert values == [pytest.approx(values[0])] * 5
    assert all(each.metric == "accuracy" for each in found)


def why(history: lineage.History, diverged: str) -> None:
    """Why each was pushed or not."""
    _, first, second, third, not_blessed, refused, failed = (
        lineage.why.of(history, run) for run in history.runs
    )
    assert (first.baseline, first.bounds[0].passed) == (None, True)
    assert second.baseline is not None
    assert (second.baseline.run, second.baseline.version) == (first.facts.run, first.facts.pushed)
    assert third.pushed.endswith(f"which run {second.facts.run} pushed: nothing has changed since")
    assert any("above its ceiling of 0.0" in reason for reason in not_blessed.reasons)
    assert not_blessed.pushed == "nothing: not blessed"
    assert any("`probe.max_p95_ms`" in finding for finding in refused.probe)
    assert refused.pushed == "nothing: probe failed"
    assert failed.stopped == "Trainer"
    assert f"error: {failed.error}" in diverged.splitlines()


def table(history: lineage.History, pushed: str, path: pathlib.Path) -> None:
    """A version leads back to the table."""
    found = lineage.trace.of(history, pushed)
    assert found.state == "as pushed"
    [source] = found.sources
    assert source.origin.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (source.origin.rows, source.origin.aside) == (user_lib.ROWS + 2, 2)
    assert sum(found.rows.values()) == user_lib.ROWS
    assert found.hyperparameters["train.epochs"] == 12
    assert len(found.training["epochs"]) == 12
    assert {step.node for step in found.steps} >= {"Ingest", "Schema", "Transform", "Trainer"}
    # The same model again, under bounds that it does not keep to.
    assert "a model was compared with it: not blessed" in {use.what for use in found.uses}


def version(history: lineage.History, directory: pathlib.Path) -> None:
    """A version carries its lineage."""
    path = directory / "assets.extra" / "lineage.json"
    told = lineage_file.Lineage.from_json(path.read_text(encoding="utf-8"))
    pusher = history.producer(lineage.facts.pushed_as(history, "latest")[1])
    assert pusher is not None
    assert (told.pipeline, told.run, told.execution) == ("reviews", pusher.run, pusher.id)
    known = {(each.id, each.uri) for each in history.artifacts.values()}
    assert {(each.id, each.uri) for each in (*told.pushed, *told.made_of)} <= known
    assert {each.type for each in told.made_of} >= {"Examples", "Model", "ModelEvaluation"}
    assert told.files["saved_model.pb"].bytes == (path.parents[1] / "saved_model.pb").stat().st_size
