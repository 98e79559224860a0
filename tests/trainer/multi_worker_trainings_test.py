"""Trainings on two processes of this machine that meet by TF_CONFIG, beside one on a single one."""

import dataclasses
import pathlib
import signal
import subprocess

import numpy as np
import pytest

from tests.trainer import trainings as trainings_lib
from trainer import cluster, launch, progress, training_record

# Sums in another order: float32 rounding, which grows a little from step to step.
_SAME = 1e-5
# Replicas drop other units than one would. The bound clips some steps and not others, so that one
# of the wrong size would show.
_SETTINGS = {"epochs": 2, "dropout": 0.0, "clip_norm": 0.3}
_TWO = {**_SETTINGS, "strategy": "multi_worker", "cpu_workers": 2}


def _trained(asked):
    events = []
    launch.run(asked, events.append)
    return trainings_lib.Training(events, asked.serving_model_dir)


@pytest.fixture(scope="module")
def alone(transformed, tmp_path_factory):
    """The training of one process, on the device that TensorFlow takes."""
    directory = tmp_path_factory.mktemp("alone")
    asked = trainings_lib.ask(transformed, directory, strategy="none", **_SETTINGS)
    return _trained(dataclasses.replace(asked, exports=False))


@pytest.fixture
def started(monkeypatch):
    """The processes that `launch` has started, in their order."""
    processes = []

    class Recorded(subprocess.Popen):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            processes.append(self)

    monkeypatch.setattr(launch.subprocess, "Popen", Recorded)
    return processes


@pytest.fixture(scope="module")
def together(transformed, tmp_path_factory):
    """The training of two workers, and what was left in their place for temporary files."""
    temporary = tmp_path_factory.mktemp("temporary")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        training = trainings_lib.train(transformed, tmp_path_factory.mktemp("two"), **_TWO)
    return training, list(temporary.iterdir())


def test_two_workers_follow_the_loss_curve_of_one(alone, together):
    two, _ = together
    assert (alone.started.workers, alone.started.replicas) == (None, 1)
    assert (two.started.workers, two.started.replicas) == (2, 2)
    assert two.losses().shape == (2, 2)
    np.testing.assert_allclose(two.losses(), alone.losses(), rtol=_SAME)


def test_the_chief_alone_tells_and_writes(together):
    two, left = together
    assert [type(event) for event in two.events if not isinstance(event, progress.Step)] == [
        *(progress.Started, progress.EpochEnd, progress.EpochEnd, progress.Finished)
    ]
    directory = pathlib.Path(two.serving_model_dir)
    assert len(list((directory.parent / "logs").glob("*tfevents*"))) == 1
    assert len(training_record.read(str(directory)).epochs) == 2
    assert (directory / "saved_model.pb").exists()
    assert left == []


def test_a_worker_killed_in_an_epoch_is_gone_on_from_by_all(transformed, alone, tmp_path, started):
    asked = trainings_lib.ask(transformed, tmp_path, backup_seconds=0.0, **_TWO)
    asked = dataclasses.replace(asked, exports=False)  # takes long, and another test looks at it

    def kill_in_the_second_epoch(event):
        if isinstance(event, progress.Step) and event.epoch == 2 and event.step >= 5:
            started[1].send_signal(signal.SIGKILL)

    with pytest.raises(RuntimeError, match=r"killed by SIGKILL .*goes on from its backup"):
        launch.run(asked, kill_in_the_second_epoch)
    chief, other = started
    # It did not wait for what will not come.
    assert (chief.returncode, other.returncode) == (cluster.LOST_STATUS, -signal.SIGKILL)

    resumed = _trained(asked)
    steps = resumed.started.steps_per_epoch
    assert steps + 4 <= resumed.started.resumed_step < 2 * steps
    np.testing.assert_allclose(resumed.losses(), alone.losses()[1:], rtol=_SAME)
    assert not any(pathlib.Path(asked.backup_dir).iterdir())
