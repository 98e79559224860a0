"""Trainings of tiny models, each in a process of its own, for tests to look at."""

import concurrent.futures
import dataclasses
import os
import pathlib
import signal

import numpy as np
import pytest

from schemas import tasks
from trainer import config, launch, progress, request, rivals

_MODEL = {"num_layers": 1, "hidden_dim": 16, "num_heads": 2, "intermediate_dim": 32}
RIVALS = {
    "linear": {"learning_rate": 0.1, "buckets": 512},
    "averaged_embeddings": {"learning_rate": 0.05, "embedding_dim": 16},
    "cnn": {"learning_rate": 0.02, "embedding_dim": 16, "widths": [2, 3], "filters": 8},
    "lstm": {"learning_rate": 0.02, "embedding_dim": 16, "hidden_dim": 8},
    "n_gram": {"max_n_grams": 20_000},
}
_TRAIN = {"epochs": 3, "batch_size": 16, "learning_rate": 1e-2, "patience": 3, "seed": 5}
_MAX_LENGTH = 32
CLASSIFICATION = tasks.Settings("classification")


@dataclasses.dataclass
class Training:
    """A training that has ended: what it told, and what it exported."""

    events: list
    serving_model_dir: str

    @property
    def started(self):
        return self.events[0]

    @property
    def epochs(self):
        return [e for e in self.events if isinstance(e, progress.EpochEnd)]

    def losses(self):
        return np.array([[e.metrics["loss"], e.metrics["eval_loss"]] for e in self.epochs])

    def answers(self, texts):
        """Asks the exported model."""
        import tensorflow as tf
        import tensorflow_text  # noqa: F401 - registers the model's ops

        signatures = tf.saved_model.load(self.serving_model_dir).signatures
        answers = signatures["serving_default"](text=tf.constant(texts))
        return {name: value.numpy() for name, value in answers.items()}


def ask(
    transformed, directory, task=CLASSIFICATION, dropout=0.1, rival=None, exports=True, **train
):
    """Makes the request of a training, its settings but for those of `train` the same for all."""
    own = rivals.shape(rival, RIVALS[rival]) if rival else None
    of_run = config.TrainConfig(**{**_TRAIN, **train})
    return request.Request(
        task=task,
        architecture=rival or tasks.contract(task.name).architecture,
        model=own or config.ModelConfig(**_MODEL, dropout=dropout),
        train=own.train(of_run) if own else of_run,
        max_length=_MAX_LENGTH,
        transform_output=transformed.directory,
        train_files=(transformed.train_files,),
        eval_files=(transformed.eval_files,),
        serving_model_dir=str(directory / "model"),
        logs_dir=str(directory / "logs"),
        backup_dir=str(directory / "backup"),
        exports=exports,
    )


def train(transformed, directory, **settings):
    """Trains to the end."""
    events = []
    asked = ask(transformed, directory, **settings)
    launch.run(asked, events.append)
    return Training(events, asked.serving_model_dir)


def train_all(root, trainings):
    """Trains two at a time; `trainings` has name to transformed splits and settings."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        runs = {
            name: pool.submit(train, transformed, root / name.replace(" ", "_"), **settings)
            for name, (transformed, settings) in trainings.items()
        }
        return {name: run.result() for name, run in runs.items()}


def killed_and_resumed(transformed, directory, monkeypatch, **settings):
    """Kills a training within its second epoch and has another go on with it.

    Returns:
        Both trainings; the killed one has exported nothing.
    """
    processes, told = [], []

    start = launch.subprocess.Popen

    def recorded(*args, **kwargs):
        processes.append(start(*args, **kwargs))
        return processes[-1]

    monkeypatch.setattr(launch.subprocess, "Popen", recorded)

    def kill_in_the_second_epoch(event):
        told.append(event)
        if isinstance(event, progress.Step) and event.epoch == 2 and event.step >= 5:
            os.kill(processes[-1].pid, signal.SIGKILL)

    asked = ask(transformed, directory, backup_seconds=0.0, **settings)
    with pytest.raises(RuntimeError, match="killed by SIGKILL"):
        launch.run(asked, kill_in_the_second_epoch)
    assert not pathlib.Path(asked.serving_model_dir).exists()

    events = []
    launch.run(asked, events.append)
    assert not any(pathlib.Path(asked.backup_dir).iterdir())  # nothing is left to go on from
    return Training(told, ""), Training(events, asked.serving_model_dir)
