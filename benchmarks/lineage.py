"""How long questions to a store of many runs take.

    python -m benchmarks.lineage [--runs 500]

Fills a store as runs of the sentiment demo with three rivals would, all nodes and their settings,
but without files. Each question is a process of its own, as a user has it. Beside it: the same
records by one call an execution, as one comes to write it first against ML Metadata.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import ml_metadata
from ml_metadata import proto

from pipeline import config as config_lib
from pipeline import stores as stores_lib
from pipeline import workspace as workspace_lib
from tests.pipeline.lineage import stores

_NAME = "sentiment"
_QUESTIONS = (("runs",), ("trace", "latest"), ("why", "latest"), ("show", "latest"))
_TIMES = 5


def main() -> None:
    """Fills a store, asks it, and prints seconds."""
    parser = argparse.ArgumentParser(description="Time questions to a store of many runs.")
    parser.add_argument("--runs", type=int, default=500)
    count = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as directory:
        workspace = workspace_lib.Workspace.at(directory, _NAME)
        print(f"filling a store with {count} runs ...", file=sys.stderr)
        fill(workspace, count)
        size = workspace.metadata_db.stat().st_size / 1e6
        executions = count_of_executions(workspace)
        print(f"{count} runs, {executions:,} executions, {size:.1f} MB")
        print(f"{'one call an execution':24} {_median(lambda: walk(workspace)):6.2f} s")
        for question in _QUESTIONS:
            seconds = _median(lambda asked=question: ask(workspace, *asked))
            print(f"{'lineage ' + ' '.join(question):24} {seconds:6.2f} s")


def fill(workspace: workspace_lib.Workspace, count: int) -> None:
    """Writes runs of which every second was pushed, and every tenth failed."""
    preset = config_lib.PRESETS / f"{_NAME}.yaml"
    config = config_lib.load(preset, ["rivals=[linear, cnn, lstm]"])
    store = stores.Store(workspace)
    for number in range(count):
        fails = number % 10 == 9
        store.run(
            f"2026-01-01T00:{number:06d}",
            config,
            until="Trainer" if fails else None,
            error="ResourceExhaustedError: no memory" if fails else None,
            value=0.7 + number / 10_000,
            pushed=str(1_780_000_000 + number) if number % 2 == 0 else None,
        )


def count_of_executions(workspace: workspace_lib.Workspace) -> int:
    """Counts the executions of a store."""
    return len(_opened(workspace).get_executions())


def ask(workspace: workspace_lib.Workspace, *question: str) -> None:
    """Asks one question in a process of its own."""
    command = [sys.executable, "-m", "pipeline.cli", "lineage", *question]
    subprocess.run(
        [*command, "--workspace", str(workspace.root)], check=True, stdout=subprocess.DEVNULL
    )


def walk(workspace: workspace_lib.Workspace) -> None:
    """Reads each run's executions, their nodes and what they put out, one by one."""
    code = (
        "import sys, pathlib\n"
        "from benchmarks import lineage\n"
        "from pipeline import workspace\n"
        "lineage.walk_here(workspace.Workspace(pathlib.Path(sys.argv[1])))"
    )
    subprocess.run([sys.executable, "-c", code, str(workspace.root)], check=True)


def walk_here(workspace: workspace_lib.Workspace) -> None:
    """Does what `walk` says, in this process."""
    opened = _opened(workspace)
    for run in opened.get_contexts_by_type("pipeline_run"):
        for execution in opened.get_executions_by_context(run.id):
            opened.get_contexts_by_execution(execution.id)
            events = opened.get_events_by_execution_ids([execution.id])
            opened.get_artifacts_by_id([event.artifact_id for event in events])


def _opened(workspace: workspace_lib.Workspace) -> ml_metadata.MetadataStore:
    config = stores_lib.connection(workspace)
    config.sqlite.connection_mode = proto.SqliteMetadataSourceConfig.READONLY
    return ml_metadata.MetadataStore(config)


def _median(asked: Callable[[], None]) -> float:
    """Times something a few times."""
    seconds = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        asked()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
