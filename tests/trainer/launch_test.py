"""A training process that fails in one way or another; a small script stands in for it."""

import pathlib
import subprocess
import sys
import time

import pytest

from schemas import errors
from trainer import launch, progress


class _Request:
    def to_json(self):
        return "{}"


@pytest.fixture
def stand_in(monkeypatch, tmp_path):
    """Makes `launch` run a script of the test's; `tell(line)` writes an event."""

    def use(body):
        script = tmp_path / "stand_in.py"
        script.write_text(
            "import os, sys, signal\n"
            "def tell(line): os.write(int(sys.argv[2]), line.encode() + b'\\n')\n" + body
        )
        popen = launch.subprocess.Popen

        def run(command, **kwargs):
            return popen([sys.executable, str(script), *command[3:]], **kwargs)

        monkeypatch.setattr(launch.subprocess, "Popen", run)

    return use


def _tell(event):
    return f"tell({progress.encode(event)!r})\n"


def test_events_come_in_order(stand_in):
    sent = [progress.Step(1, step, 0.5) for step in range(3)]
    stand_in("".join(map(_tell, sent)))
    heard = []
    launch.run(_Request(), heard.append)
    assert heard == sent


def test_a_data_error_stays_one(stand_in):
    stand_in(_tell(progress.Failed("DataError", "no rows")) + "sys.exit(1)")
    with pytest.raises(errors.DataError, match=r"^no rows$"):
        launch.run(_Request(), lambda event: None)


def test_another_error_is_named(stand_in):
    stand_in(_tell(progress.Failed("ArithmeticError", "loss is nan")) + "sys.exit(1)")
    with pytest.raises(RuntimeError, match=r"^ArithmeticError: loss is nan$"):
        launch.run(_Request(), lambda event: None)


def test_a_kill_is_told_as_such(stand_in):
    stand_in("os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(RuntimeError, match=r"killed by SIGKILL \(out of memory\?\)"):
        launch.run(_Request(), lambda event: None)


def test_a_silent_end_is_told_by_its_status(stand_in):
    stand_in("os._exit(7)")
    with pytest.raises(RuntimeError, match="ended with status 7"):
        launch.run(_Request(), lambda event: None)


def test_the_process_does_not_outlive_an_interrupted_listener(stand_in, monkeypatch):
    stand_in(_tell(progress.Step(1, 1, 0.5)) + "import time; time.sleep(60)")
    processes = []
    popen = launch.subprocess.Popen

    def record(*args, **kwargs):
        processes.append(popen(*args, **kwargs))
        return processes[-1]

    monkeypatch.setattr(launch.subprocess, "Popen", record)

    def interrupt(event):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        launch.run(_Request(), interrupt)
    assert processes[0].poll() is not None


def test_a_training_ends_with_the_run_that_started_it(tmp_path):
    # The parent is killed outright, with no chance to end its child.
    parent = (
        "import subprocess, sys, time\n"
        "child = 'import os, threading, time; from trainer import process; '\\\n"
        "    'threading.Thread(target=process._end_with, args=[os.getppid()]).start(); '\\\n"
        "    'print(os.getpid(), flush=True); time.sleep(120)'\n"
        "subprocess.run([sys.executable, '-c', child])\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True
    ) as process:
        child = int(process.stdout.readline())
        process.kill()
    deadline = time.monotonic() + 20
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not _runs(child)


def _runs(pid):
    """Tells whether a process runs; one that has ended but was not waited for does not."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
