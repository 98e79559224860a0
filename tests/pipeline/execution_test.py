"""Running small pipelines of TFX node by node."""

import contextlib
import json
import pathlib
import sys
from collections.abc import Callable
from typing import Any

import pytest
from ml_metadata import proto
from tfx.dsl.component.experimental import annotations, decorators
from tfx.dsl.components.base import base_node
from tfx.dsl.components.common import resolver
from tfx.dsl.input_resolution.strategies import latest_blessed_model_strategy
from tfx.orchestration import metadata
from tfx.orchestration import pipeline as tfx_pipeline
from tfx.orchestration.portable import launcher
from tfx.types import channel, standard_artifacts

from pipeline import execution, lineage, outcomes, workspace

Examples = standard_artifacts.Examples
_Events = list[str | execution.NodeRun]


@decorators.component
def Makes(  # noqa: N802 - TFX names nodes by it
    examples: annotations.OutputArtifact[Examples], times: annotations.Parameter[int]
) -> None:
    """Puts out examples."""
    pathlib.Path(examples.uri, "rows").write_text("row\n" * times)


@decorators.component
def Takes(examples: annotations.InputArtifact[Examples]) -> None:  # noqa: N802
    """Takes examples."""
    pathlib.Path(examples.uri, "rows").read_text()


@decorators.component
def Fails(examples: annotations.InputArtifact[Examples]) -> None:  # noqa: N802
    """Takes examples and cannot go on."""
    raise ArithmeticError(f"no rows in {examples.type_name}")


@decorators.component
def Interrupts(examples: annotations.InputArtifact[Examples]) -> None:  # noqa: N802
    """Is where somebody presses Ctrl-C."""
    raise KeyboardInterrupt(examples.type_name)


@pytest.fixture(autouse=True)
def no_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    """TFX's executors read `sys.argv`."""
    monkeypatch.setattr(sys, "argv", sys.argv[:1])


def _pipeline(directory: pathlib.Path, *nodes: base_node.BaseNode) -> tfx_pipeline.Pipeline:
    return tfx_pipeline.Pipeline(
        pipeline_name="small",
        pipeline_root=str(directory / "artifacts"),
        components=list(nodes),
        enable_cache=True,
        metadata_connection_config=metadata.sqlite_metadata_connection_config(
            str(directory / "metadata.db")
        ),
    )


def _makes_and(
    directory: pathlib.Path, node: Callable[..., base_node.BaseNode], times: int = 1
) -> tfx_pipeline.Pipeline:
    makes = Makes(times=times)
    return _pipeline(directory, makes, node(examples=makes.outputs["examples"]))


def _run(pipeline: tfx_pipeline.Pipeline, events: _Events) -> None:
    execution.run(pipeline, events.append, events.append)


def _states(events: _Events) -> dict[str, str]:
    return {e.node_id: e.state for e in events if isinstance(e, execution.NodeRun)}


def test_each_node_is_told_before_and_after_it_runs(tmp_path: pathlib.Path) -> None:
    events: _Events = []
    _run(_makes_and(tmp_path, Takes), events)
    assert [e if isinstance(e, str) else e.node_id for e in events] == [
        "Makes",
        "Makes",
        "Takes",
        "Takes",
    ]
    assert [isinstance(e, execution.NodeRun) for e in events] == [False, True, False, True]
    assert all(0.0 < e.seconds < 60.0 for e in events if isinstance(e, execution.NodeRun))


def test_what_has_not_changed_is_answered_by_the_cache(tmp_path: pathlib.Path) -> None:
    first, second, third = [], [], []
    _run(_makes_and(tmp_path, Takes), first)
    _run(_makes_and(tmp_path, Takes), second)
    _run(_makes_and(tmp_path, Takes, times=2), third)
    assert _states(first) == {"Makes": "MISS", "Takes": "MISS"}
    assert _states(second) == {"Makes": "HIT", "Takes": "HIT"}
    assert _states(third) == {"Makes": "MISS", "Takes": "MISS"}


def test_what_was_taken_away_is_made_anew_and_the_cache_answers_with_the_rest(
    tmp_path: pathlib.Path,
) -> None:
    _run(_makes_and(tmp_path, Takes), [])
    _run(_makes_and(tmp_path, Takes, times=2), [])
    place = workspace.Workspace(tmp_path)
    [old] = lineage.garbage.of(place, lineage.read(place), keep=1).goes
    lineage.garbage.delete(old)
    newest: _Events = []
    older: _Events = []
    _run(_makes_and(tmp_path, Takes, times=2), newest)
    _run(_makes_and(tmp_path, Takes), older)
    assert _states(newest) == {"Makes": "HIT", "Takes": "HIT"}
    assert _states(older) == {"Makes": "MISS", "Takes": "MISS"}


def test_an_execution_is_found_again_in_the_metadata(tmp_path: pathlib.Path) -> None:
    events: _Events = []
    pipeline = _makes_and(tmp_path, Takes)
    _run(pipeline, events)
    [_, makes, _, _] = events
    with metadata.Metadata(pipeline.metadata_connection_config) as handle:
        [found] = handle.store.get_executions_by_id([makes.execution_id])
        [artifact] = handle.store.get_artifacts()
    assert found.name
    assert pathlib.Path(artifact.uri, "rows").read_text() == "row\n"


def test_a_resolver_is_a_node_too(tmp_path: pathlib.Path) -> None:
    latest = resolver.Resolver(
        strategy_class=latest_blessed_model_strategy.LatestBlessedModelStrategy,
        model=channel.Channel(type=standard_artifacts.Model),
        model_blessing=channel.Channel(type=standard_artifacts.ModelBlessing),
    ).with_id("latest_blessed")
    events: _Events = []
    _run(_pipeline(tmp_path, latest), events)
    assert _states(events) == {"latest_blessed": "MISS"}


def test_a_node_that_fails_stops_the_run_and_is_named(tmp_path: pathlib.Path) -> None:
    makes = Makes(times=1)
    fails = Fails(examples=makes.outputs["examples"])
    after = Takes(examples=makes.outputs["examples"])
    after.add_upstream_node(fails)
    events: _Events = []
    with pytest.raises(execution.NodeError, match=r"^Fails failed$") as failed:
        _run(_pipeline(tmp_path, makes, fails, after), events)
    assert failed.value.node_id == "Fails"
    assert isinstance(failed.value.__cause__, ArithmeticError)
    assert _states(events) == {"Makes": "MISS", "Fails": "failed"}
    [*_, last] = events
    assert last.execution_id is None


def test_what_has_failed_runs_again(tmp_path: pathlib.Path) -> None:
    for _ in range(2):
        events: _Events = []
        with pytest.raises(execution.NodeError):
            _run(_makes_and(tmp_path, Fails), events)
    assert _states(events) == {"Makes": "HIT", "Fails": "failed"}


def test_an_interrupt_is_no_failure_of_the_node(tmp_path: pathlib.Path) -> None:
    events: _Events = []
    with pytest.raises(KeyboardInterrupt):
        _run(_makes_and(tmp_path, Interrupts), events)
    assert _states(events) == {"Makes": "MISS"}


@pytest.mark.parametrize("node", [Takes, Fails])
def test_tfxs_own_launcher_is_put_back(
    tmp_path: pathlib.Path, node: Callable[..., base_node.BaseNode]
) -> None:
    own = launcher.Launcher
    with contextlib.suppress(execution.NodeError):
        _run(_makes_and(tmp_path, node), [])
    assert launcher.Launcher is own


def _noted(pipeline: tfx_pipeline.Pipeline, node: str) -> tuple[int, dict[str, Any]]:
    """Reads the state of a node's execution, and what was noted of it."""
    with metadata.Metadata(pipeline.metadata_connection_config) as handle:
        context = handle.store.get_context_by_type_and_name("node", f"small.{node}")
        [found] = handle.store.get_executions_by_context(context.id)
    result = found.custom_properties["__execution_result__"].string_value
    return found.last_known_state, json.loads(result)


def test_why_a_node_failed_stands_in_the_metadata(tmp_path: pathlib.Path) -> None:
    pipeline = _makes_and(tmp_path, Fails)
    with pytest.raises(execution.NodeError):
        _run(pipeline, [])
    state, result = _noted(pipeline, "Fails")
    assert state == proto.Execution.FAILED
    assert result == {"code": 1, "resultMessage": "ArithmeticError: no rows in Examples"}


def test_that_a_node_was_interrupted_stands_in_the_metadata(tmp_path: pathlib.Path) -> None:
    pipeline = _makes_and(tmp_path, Interrupts)
    with pytest.raises(KeyboardInterrupt):
        _run(pipeline, [])
    state, result = _noted(pipeline, "Interrupts")
    assert state == proto.Execution.CANCELED
    assert result["resultMessage"] == "interrupted"


def test_a_run_fails_as_it_would_where_no_note_can_be_taken(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(error: BaseException) -> None:
        raise OSError(f"no place for {error}")

    monkeypatch.setattr(outcomes, "_result", breaks)
    with pytest.raises(execution.NodeError, match="Fails failed"):
        _run(_makes_and(tmp_path, Fails), [])
