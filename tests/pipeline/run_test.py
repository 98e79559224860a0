"""A run around stand-ins for TFX: statuses, what is shown, what is logged, the lock."""

import fcntl
import logging
import pathlib
import sys
from collections.abc import Callable

import pytest

from components.evaluator import verdict
from pipeline import config as config_lib
from pipeline import errors, execution, pipeline, results, run, workspace
from pipeline.lineage.site import writing
from schemas import errors as data_errors
from trainer import listeners, progress

_PLACE = "demo"


class _Runs:
    """Stands in for what needs TFX; `does` is what happens inside the Trainer."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.workspace = workspace.Workspace.at(directory, _PLACE)
        self.config = config_lib.from_columns("demo.csv", "review", "stars")
        self.does: Callable[[], None] = lambda: None
        self.blessed = True

    def run(self) -> int:
        """Runs it."""
        return run.run(self.config, self.workspace)

    def execute(self, _: object, starts: execution.Starts, ends: execution.Ends) -> None:
        """Runs two nodes."""
        starts("Ingest")
        ends(execution.NodeRun("Ingest", 2.0, execution.HIT, 1))
        starts("Trainer")
        try:
            self.does()
        except Exception as error:
            ends(execution.NodeRun("Trainer", 3.0, execution.FAILED, None))
            raise execution.NodeError("Trainer") from error
        ends(execution.NodeRun("Trainer", 3.0, execution.MISS, 2))

    def read(self, *_: object) -> results.Results:
        """Reads what the nodes have made."""
        values = [verdict.Value(verdict.ALL_ROWS, "example_count", 9.0, None)]
        judged = verdict.judge(self.blessed, values, [], has_baseline=False)
        return results.Results({"test": 9}, judged, "/w/17" if self.blessed else None)

    @property
    def log(self) -> str:
        """What the one log file holds."""
        [path] = self.workspace.logs.glob("*.log")
        return path.read_text()


@pytest.fixture
def runs(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> _Runs:
    stand_in = _Runs(tmp_path)
    monkeypatch.setattr(execution, "run", stand_in.execute)
    monkeypatch.setattr(pipeline, "create_pipeline", lambda *_: None)
    monkeypatch.setattr(results, "read", stand_in.read)
    monkeypatch.setattr(results, "forget_lost_pushes", lambda _: None)
    monkeypatch.setattr(results, "show_cached", lambda *_: None)
    return stand_in


def test_a_run_that_pushes(runs: _Runs, capsys: pytest.CaptureFixture[str]) -> None:
    assert runs.run() == errors.ExitStatus.PUSHED == 0
    shown = capsys.readouterr().out
    assert shown.startswith(
        "✓ Ingest                     2.0 s  HIT\n✓ Trainer                    3.0 s  MISS\n"
    )
    assert "\ndemo  " in shown
    assert "\nPushed  /w/17\n" in shown
    assert f"\nLog     {runs.workspace.logs}/" in shown


def test_a_run_that_is_not_blessed(runs: _Runs, capsys: pytest.CaptureFixture[str]) -> None:
    runs.blessed = False
    assert runs.run() == errors.ExitStatus.NOT_BLESSED == 3
    assert "\nPushed  nothing\n" in capsys.readouterr().out


def test_the_config_that_was_run_lies_in_the_workspace(runs: _Runs) -> None:
    runs.run()
    assert config_lib.load(runs.workspace.root / "config.yaml") == runs.config


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (
            data_errors.DataError("demo.csv: row 3:\n`stars` must not be empty."),
            errors.ExitStatus.REFUSED,
            "error: demo.csv: row 3: `stars` must not be empty.",
        ),
        (KeyError("text"), errors.ExitStatus.CRASHED, "error: KeyError: 'text'"),
    ],
)
def test_a_failure_is_one_line_and_its_traceback_is_in_the_log(
    runs: _Runs,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    status: errors.ExitStatus,
    line: str,
) -> None:
    def fail() -> None:
        raise error

    runs.does = fail
    assert runs.run() == status
    [ingest, trainer, told, log] = capsys.readouterr().out.splitlines()
    assert (ingest.split()[1], trainer.split()[1]) == ("Ingest", "Trainer")
    assert trainer.endswith("FAILED")
    assert told == line
    assert log == f"log: {next(runs.workspace.logs.iterdir())}"
    assert "Traceback (most recent call last)" in runs.log
    assert type(error).__name__ in runs.log


def test_an_interrupt(runs: _Runs, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    runs.does = interrupt
    assert runs.run() == errors.ExitStatus.INTERRUPTED == 130
    shown = capsys.readouterr().out.splitlines()
    assert shown[-1] == "interrupted; the same command goes on where this one stopped"


def test_noise_goes_to_the_log_alone(runs: _Runs, capfd: pytest.CaptureFixture[str]) -> None:
    def shout() -> None:
        sys.stderr.write("printed\n")
        logging.getLogger("beam").info("logged")

    runs.does = shout
    runs.run()
    shown = capfd.readouterr()
    assert "printed" not in shown.out + shown.err
    assert "logged" not in shown.out + shown.err
    assert "printed\n" in runs.log
    assert "beam: logged\n" in runs.log


def test_what_a_training_tells_is_shown(runs: _Runs, capsys: pytest.CaptureFixture[str]) -> None:
    def train() -> None:
        listeners.tell(progress.Started(2, 10, 1234, 1, "float32", 5))
        listeners.tell(progress.Finished("all 2 epochs run", 1, 3.0))

    runs.does = train
    runs.run()
    shown = capsys.readouterr().out
    assert "Trainer: 1,234 weights in float32, at most 2 epochs of 10 steps, resumed at" in shown
    assert "all 2 epochs run; kept epoch 1" in shown


def test_nobody_listens_once_the_run_is_over(
    runs: _Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    runs.run()
    capsys.readouterr()
    listeners.tell(progress.Finished("all 2 epochs run", 1, 3.0))
    assert capsys.readouterr().out == ""


def test_two_runs_in_one_workspace(runs: _Runs, capsys: pytest.CaptureFixture[str]) -> None:
    statuses = []

    def run_again() -> None:
        with pytest.raises(errors.ConfigError, match="must not be in use by another run") as second:
            run.run(runs.config, runs.workspace)
        statuses.append(str(second.value))

    runs.does = run_again
    assert runs.run() == 0
    assert statuses == [
        "`--workspace` must not be in use by another run, nor by `meritline lineage gc`. "
        f"Received: {runs.workspace.root}"
    ]
    assert len(list(runs.workspace.logs.iterdir())) == 1
    runs.does = lambda: None
    assert runs.run() == 0  # the first one has let go of it


def test_a_lock_that_a_killed_run_left_behind_holds_nobody_up(runs: _Runs) -> None:
    runs.workspace.root.mkdir(parents=True)
    with (runs.workspace.root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
    assert runs.run() == 0


def test_a_workspace_that_cannot_be_written_is_a_config_error(runs: _Runs) -> None:
    (runs.workspace.root / ".lock").mkdir(parents=True)
    with pytest.raises(errors.ConfigError, match=r"`--workspace` must be a directory that can be"):
        run.run(runs.config, runs.workspace)


def test_what_a_refusal_says_besides_stands_below_it(
    runs: _Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise data_errors.DataError("the data was refused", ["leakage: 3 %", "  a.csv:3: \x1b[2J"])

    runs.does = fail
    assert runs.run() == errors.ExitStatus.REFUSED
    assert capsys.readouterr().out.splitlines()[2:5] == [
        "error: the data was refused",
        "  leakage: 3 %",
        "    a.csv:3: \\x1b[2J",
    ]


@pytest.mark.parametrize(
    "error", [None, data_errors.DataError("refused"), KeyError("text"), KeyboardInterrupt()]
)
def test_every_run_is_added_to_the_lineage_whatever_came_of_it(
    runs: _Runs, monkeypatch: pytest.MonkeyPatch, error: BaseException | None
) -> None:
    def end() -> None:
        if error is not None:
            raise error

    kept = []
    monkeypatch.setattr(writing, "keep", kept.append)
    runs.does = end
    runs.run()
    assert kept == [runs.workspace]


def test_a_lineage_that_cannot_be_written_changes_no_outcome(
    runs: _Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runs.run() == errors.ExitStatus.PUSHED  # its stand-ins have recorded nothing
    assert "The site of the lineage was not written." in runs.log
    assert "Traceback" not in capsys.readouterr().out
