"""Questions and answers on the command line."""

import json
import pathlib
import subprocess
import sys

import pytest

from pipeline import workspace as workspace_lib
from tests.pipeline.lineage import stores, world

pytestmark = pytest.mark.usefixtures("made")


def test_runs_are_a_table(ask) -> None:
    told = ask("runs", "--workspace", ".")
    assert told.exit_code == 0
    title, head, row = told.stdout.splitlines()
    assert title == "reviews: 1 run"
    assert head.split() == [
        *("run", "when", "config", "state", "verdict", "trial", "metric"),
        *("pushed", "time", "cached"),
    ]
    assert row.split()[0] == "first"
    assert row.split()[-5:] == ["17", "1.0", "s", "0", "%"]


def test_runs_are_json_for_programs(ask) -> None:
    [found] = json.loads(ask("runs", "--workspace", ".", "--json").stdout)
    assert (found["run"], found["verdict"], found["pushed"]) == ("first", "blessed", "17")
    assert found["started"] == "2026-05-28T20:26:40+00:00"


def test_the_newest_runs_are_asked_for(ask, made: world.World) -> None:
    for i in range(3):
        made.store.put(f"more-{i}", "Ingest", started=stores.STARTED + 60 * (i + 1))
    found = json.loads(ask("runs", "--workspace", ".", "--last", "2", "--json").stdout)
    assert [run["run"] for run in found] == ["more-1", "more-2"]


def test_show_lists_nodes_and_artifacts(ask) -> None:
    told = ask("show", "latest", "--workspace", ".").stdout
    assert told.startswith("Run first: done, blessed, pushed 17, 1.0 s\n")
    assert "\n  Trainer    done   1.0 s  never ran before\n" in told
    assert "\n  Schema.schema" in told
    assert "kB      1  " in told


def test_show_tells_what_went_wrong(ask, made: world.World) -> None:
    made.store.put("second", "Ingest", error="no such file\n  a.csv", state=stores._FAILED)
    told = ask("show", "second", "--workspace", ".").stdout
    assert "\nIngest failed\n  no such file\n    a.csv\n" in told


def test_why_takes_a_run_or_a_version(ask) -> None:
    by_run = ask("why", "first", "--workspace", ".").stdout
    assert ask("why", "17", "--workspace", ".").stdout == by_run
    assert "\nJudged\n  all bounds hold\n" in by_run
    assert "\nPushed  version 17: the model was blessed\n" in by_run
    first, second = by_run.splitlines()[-2:]
    assert first.split()[-3:] == ["does", "not", "hold"]  # what failed stands first
    assert second.split()[-1] == "holds"


def test_trace_leads_to_the_files(ask, made: world.World) -> None:
    told = ask("trace", "17", "--workspace", ".").stdout
    assert told.splitlines()[1] == f"  {made.version}: as pushed"
    assert "\n  rows        1 train, 0 eval, 1 test; 1 put aside\n" in told
    [row] = [line for line in told.splitlines() if str(made.table) in line]
    assert row.split()[-1] == "unchanged"


def test_text_of_the_data_cannot_move_the_cursor(ask, made: world.World) -> None:
    made.store.put("second", "Ingest", error="bad \x1b[2J label", state=stores._FAILED)
    told = ask("show", "second", "--workspace", ".").stdout
    assert "\x1b" not in told
    assert "bad \\x1b[2J label" in told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("show", "2020"),
            "`RUN` must be a run, the beginning of its id, latest or latest~1. Received: 2020",
        ),
        (("why", "16"), "`RUN` must be a run"),
        (("trace", "16"), "`VERSION` must be a version that a run has pushed. Received: 16"),
        (("runs", "--name", "other"), "`--name` must be one of reviews. Received: other"),
    ],
)
def test_what_is_not_there_is_one_line(ask, arguments: tuple[str, ...], message: str) -> None:
    told = ask(*arguments, "--workspace", ".")
    assert told.exit_code == 2
    assert told.stdout == ""
    [line] = told.stderr.splitlines()
    assert line.startswith(f"error: {message}")


def test_several_workspaces_want_a_name(ask, tmp_path: pathlib.Path) -> None:
    stores.Store(workspace_lib.Workspace.at(tmp_path, "other")).run("second")
    told = ask("runs", "--workspace", ".")
    assert told.stderr == "error: `--name` must be one of other, reviews. Received: none\n"
    assert "second" in ask("runs", "--workspace", ".", "--name", "other").stdout
    assert "second" in ask("runs", "--workspace", "other").stdout


def test_no_workspace_is_one_line(ask, tmp_path: pathlib.Path) -> None:
    (tmp_path / "empty").mkdir()
    told = ask("runs", "--workspace", "empty")
    assert told.exit_code == 2
    assert told.stderr.startswith("error: `--workspace` must hold a run")


def test_the_command_imports_no_metadata_before_it_is_asked() -> None:
    code = (
        "import sys; from pipeline import cli\n"
        "print([n for n in ('tensorflow', 'tfx', 'ml_metadata') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout == "[]\n"
