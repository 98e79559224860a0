"""A training process that fails in one way or another; a small script stands in for it."""

import pathlib
import subprocess
import sys
import time

import pytest

from schemas import errors
from trainer import cluster, config, launch, progress


class _Request:
    train = config.TrainConfig()

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


class _RequestOfTwo(_Request):
    train = config.TrainConfig(strategy="multi_worker", cpu_workers=2)


_WORKER = "import json\nworker = json.loads(os.environ['TF_CONFIG'])['task']['index']\n"
_LOST = _tell(progress.Failed("WorkerLostError", "Another worker is gone (reset)."))


@pytest.mark.parametrize(
    ("worker", "end", "reason"),
    [
        (0, "os.kill(os.getpid(), signal.SIGKILL)", r"killed by SIGKILL"),
        (1, "os.kill(os.getpid(), signal.SIGKILL)", r"killed by SIGKILL"),
        (1, "os._exit(7)", "ended with status 7"),
        (1, "sys.exit(75)", r"^WorkerLostError: Another worker is gone \(reset\)"),
    ],
)
def test_what_ended_a_worker_is_told_and_not_that_the_others_lost_it(
    stand_in, monkeypatch, worker, end, reason
):
    monkeypatch.delenv(cluster.VARIABLE, raising=False)
    of_other = "".join(
        f"    {line}\n" for line in f"{_LOST}sys.exit({cluster.LOST_STATUS})".split("\n")
    )
    stand_in(f"{_WORKER}if worker == {worker}:\n    {end}\nelse:\n{of_other}")
    with pytest.raises(RuntimeError, match=reason):
        launch.run(_RequestOfTwo(), lambda event: None)


def test_a_worker_that_others_are_named_to_starts_no_more(stand_in, monkeypatch):
    given = cluster.Cluster(("host-0:1", "host-1:1"), 1).to_text()
    monkeypatch.setenv(cluster.VARIABLE, given)
    stand_in(
        f"{_WORKER}tell(json.dumps({{'event': 'Step', 'epoch': worker, 'step': 0, 'loss': 0}}))"
    )
    heard = []
    launch.run(_RequestOfTwo(), heard.append)
    assert heard == [progress.Step(1, 0, 0)]


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
