"""Whole trainings, each in a process of its own, as in a real run."""

import concurrent.futures
import dataclasses
import os
import pathlib
import signal
import subprocess

import numpy as np
import pytest

from schemas import errors, tasks
from trainer import config, launch, progress, request, rivals

_MODEL = {"num_layers": 1, "hidden_dim": 16, "num_heads": 2, "intermediate_dim": 32}
_RIVALS = {
    "linear": {"learning_rate": 0.1, "buckets": 512},
    "averaged_embeddings": {"learning_rate": 0.05, "embedding_dim": 16},
    "cnn": {"learning_rate": 0.02, "embedding_dim": 16, "widths": [2, 3], "filters": 8},
    "lstm": {"learning_rate": 0.02, "embedding_dim": 16, "hidden_dim": 8},
}
_TRAIN = {"epochs": 3, "batch_size": 16, "learning_rate": 1e-2, "patience": 3, "seed": 5}
_MAX_LENGTH = 32
# Equal runs: sums of the same numbers, whose last bit depends on how memory happens to be aligned.
_SAME = 1e-6


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


def _request(transformed, directory, dropout=0.1, rival=None, **train):
    own = rivals.shape(rival, _RIVALS[rival]) if rival else None
    return request.Request(
        task=tasks.Settings("classification"),
        architecture=rival or "transformer",
        model=own or config.ModelConfig(**_MODEL, dropout=dropout),
        train=config.TrainConfig(**{**_TRAIN, **train}),
        max_length=_MAX_LENGTH,
        transform_output=transformed.directory,
        train_files=(transformed.train_files,),
        eval_files=(transformed.eval_files,),
        serving_model_dir=str(directory / "model"),
        logs_dir=str(directory / "logs"),
        backup_dir=str(directory / "backup"),
    )


def _train(transformed, directory, **settings):
    events = []
    asked = _request(transformed, directory, **settings)
    launch.run(asked, events.append)
    return Training(events, asked.serving_model_dir)


@pytest.fixture(scope="module")
def trainings(transformed, tmp_path_factory):
    """The trainings that several tests look at."""
    settings = {
        "plain": {},
        "again": {},
        "other_seed": {"seed": 6, "epochs": 1},
        "one_replica": {"dropout": 0.0, "label_smoothing": 0.1, "clip_norm": 0.3},
        "two_replicas": {
            "dropout": 0.0,
            "label_smoothing": 0.1,
            "clip_norm": 0.3,
            "cpu_replicas": 2,
        },
        "accumulated": {"dropout": 0.0, "accumulate_batches": 3, "clip_norm": 0.3},
        "bfloat16": {"dropout": 0.0, "precision": "mixed_bfloat16"},
        "float16": {"dropout": 0.0, "precision": "mixed_float16", "cpu_replicas": 2},
    }
    return _all_trained(transformed, tmp_path_factory.mktemp("trainings"), settings)


@pytest.fixture(scope="module")
def rival_trainings(transformed, tmp_path_factory):
    """A training of each rival, and of one on two replicas."""
    settings = {name: {"rival": name} for name in _RIVALS}
    settings["linear_on_two"] = {"rival": "linear", "cpu_replicas": 2}
    return _all_trained(transformed, tmp_path_factory.mktemp("rivals"), settings)


def _all_trained(transformed, root, settings):
    """Trains by each of the settings, two at a time."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        runs = {
            name: pool.submit(_train, transformed, root / name, **values)
            for name, values in settings.items()
        }
        return {name: run.result() for name, run in runs.items()}


def test_the_model_learns(trainings):
    last = trainings["plain"].epochs[-1].metrics
    assert last["eval_accuracy"] > 0.9
    assert last["eval_loss"] < 0.3


def test_two_runs_with_one_seed_are_the_same_run(trainings):
    np.testing.assert_allclose(trainings["plain"].losses(), trainings["again"].losses(), rtol=_SAME)
    assert trainings["plain"].losses()[0, 0] != trainings["other_seed"].losses()[0, 0]


def test_two_replicas_follow_the_loss_curve_of_one(trainings):
    one, two = trainings["one_replica"], trainings["two_replicas"]
    assert (one.started.replicas, two.started.replicas) == (1, 2)
    # Sums in another order: float32 rounding, which grows a little from step to step. The bound on
    # the norm clips some steps and not others, so that a bound of the wrong size would show.
    np.testing.assert_allclose(one.losses(), two.losses(), rtol=1e-4)


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_half_precision_learns_and_is_exported_in_float32(trainings, precision):
    training = trainings[precision]
    assert training.started.precision == f"mixed_{precision}"
    assert training.epochs[-1].metrics["eval_accuracy"] > 0.9

    import tensorflow as tf

    model = tf.saved_model.load(training.serving_model_dir)
    assert {v.dtype for v in model._variables if v.dtype.is_floating} == {tf.float32}


@pytest.mark.parametrize("name", _RIVALS)
def test_a_rival_learns_and_its_export_answers_as_every_model_does(
    rival_trainings, transformed, name
):
    training = rival_trainings[name]
    # Half would be by chance; of the longest texts the telling word is cut off.
    assert training.epochs[-1].metrics["eval_accuracy"] > 0.75
    answers = _answers(training, transformed)
    assert set(answers) == {"label", "probability", "labels", "probabilities"}
    hits = answers["label"] == np.array(transformed.labels, "S")
    assert hits.mean() > 0.75


def test_what_a_rival_learns_before_it_is_trained_is_alike_on_two_replicas(
    rival_trainings, transformed
):
    one, two = rival_trainings["linear"], rival_trainings["linear_on_two"]
    np.testing.assert_allclose(one.losses(), two.losses(), rtol=1e-4)
    np.testing.assert_allclose(
        *(_answers(training, transformed)["probabilities"] for training in (one, two)), atol=1e-4
    )


def test_what_a_rival_learned_before_it_was_trained_is_as_it_was_after_a_kill(
    transformed, rival_trainings, tmp_path, monkeypatch
):
    whole = rival_trainings["linear"]
    resumed = _killed_and_resumed(transformed, tmp_path, monkeypatch, rival="linear")
    assert resumed.started.resumed_step > whole.started.steps_per_epoch
    np.testing.assert_allclose(resumed.losses(), whole.losses()[1:], rtol=_SAME)
    answers, expected = _answers(resumed, transformed), _answers(whole, transformed)
    np.testing.assert_allclose(answers["probabilities"], expected["probabilities"], rtol=_SAME)


def test_a_model_that_is_only_counted_is_judged_and_exported(transformed_as, tmp_path):
    settings, transformed = transformed_as("running")
    shape = rivals.NGram(max_n_grams=20_000)
    asked = dataclasses.replace(
        _request(transformed, tmp_path),
        task=settings,
        architecture="n_gram",
        model=shape,
        train=shape.train(config.TrainConfig(**_TRAIN)),
    )
    events = []
    launch.run(asked, events.append)
    training = Training(events, asked.serving_model_dir)
    assert (training.started.parameters, training.started.steps_per_epoch) == (0, 1)
    [epoch] = training.epochs
    assert 1.0 < epoch.metrics["eval_perplexity"] < 5.0  # of 20 letters or so, in known words

    answers = _answers(training, transformed)
    assert (answers["perplexity"] < 30.0).all()


def test_all_that_was_trained_is_told(trainings):
    events = trainings["plain"].events
    started, finished = events[0], events[-1]
    assert started == progress.Started(
        epochs=3,
        steps_per_epoch=started.steps_per_epoch,
        parameters=started.parameters,
        replicas=1,
        precision="float32",
        resumed_step=0,
    )
    assert [e.epoch for e in trainings["plain"].epochs] == [1, 2, 3]
    assert isinstance(finished, progress.Finished)
    best = min(trainings["plain"].epochs, key=lambda e: e.metrics["eval_loss"])
    assert finished.best_epoch == best.epoch


def _logged(training):
    """Reads what TensorBoard would show: (name, epoch) to the value."""
    import tensorflow as tf

    [path] = pathlib.Path(training.serving_model_dir).parent.glob("logs/*tfevents*")
    return {
        (value.tag, event.step): float(tf.make_ndarray(value.tensor))
        for event in tf.compat.v1.train.summary_iterator(str(path))
        for value in event.summary.value
    }


def test_tensorboard_logs_hold_each_epoch(trainings):
    training = trainings["plain"]
    logged = _logged(training)
    for epoch in training.epochs:
        assert logged["eval_loss", epoch.epoch] == pytest.approx(epoch.metrics["eval_loss"])


def _killed_and_resumed(transformed, directory, monkeypatch, **settings):
    """Kills a training within its second epoch and has another go on with it."""
    processes = []

    class Recorded(subprocess.Popen):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            processes.append(self)

    monkeypatch.setattr(launch.subprocess, "Popen", Recorded)

    def kill_in_the_second_epoch(event):
        if isinstance(event, progress.Step) and event.epoch == 2 and event.step >= 5:
            os.kill(processes[-1].pid, signal.SIGKILL)

    asked = _request(transformed, directory, backup_seconds=0.0, **settings)
    with pytest.raises(RuntimeError, match="killed by SIGKILL"):
        launch.run(asked, kill_in_the_second_epoch)
    assert not pathlib.Path(asked.serving_model_dir).exists()

    events = []
    launch.run(asked, events.append)
    assert not any(pathlib.Path(asked.backup_dir).iterdir())  # nothing is left to go on from
    return Training(events, asked.serving_model_dir)


def test_a_killed_training_goes_on_at_the_step_where_it_stopped(
    transformed, trainings, tmp_path, monkeypatch
):
    whole = trainings["plain"]

    resumed = _killed_and_resumed(transformed, tmp_path, monkeypatch)

    steps = whole.started.steps_per_epoch
    # Within the second epoch; the step that was told last may not have been backed up yet.
    assert steps + 4 <= resumed.started.resumed_step < 2 * steps
    np.testing.assert_allclose(resumed.losses(), whole.losses()[1:], rtol=_SAME)
    answers, expected = _answers(resumed, transformed), _answers(whole, transformed)
    np.testing.assert_allclose(answers["probabilities"], expected["probabilities"], rtol=_SAME)
    np.testing.assert_array_equal(answers["label"], expected["label"])


def test_accumulating_goes_on_between_groups_and_on_two_replicas_as_on_one(
    transformed, trainings, tmp_path, monkeypatch
):
    whole = trainings["accumulated"]

    resumed = _killed_and_resumed(
        transformed,
        tmp_path,
        monkeypatch,
        dropout=0.0,
        accumulate_batches=3,
        clip_norm=0.3,
        cpu_replicas=2,
    )

    steps = whole.started.steps_per_epoch
    in_epoch = resumed.started.resumed_step - steps
    assert 3 <= in_epoch < steps
    assert in_epoch % 3 == 0
    assert steps % 3  # so that the last group of an epoch is a smaller one
    np.testing.assert_allclose(resumed.losses(), whole.losses()[1:], rtol=1e-4)


def test_the_rate_falls_to_nothing_by_the_optimizers_last_step(trainings):
    for name in ("plain", "accumulated"):
        logged = _logged(trainings[name])
        assert logged["learning_rate", 1] > 1e-3
        assert logged["learning_rate", 3] == pytest.approx(0.0, abs=1e-7)


def _answers(training, transformed):
    import tensorflow as tf
    import tensorflow_text  # noqa: F401 - registers the model's ops

    signatures = tf.saved_model.load(training.serving_model_dir).signatures
    answers = signatures["serving_default"](text=tf.constant(transformed.texts))
    return {name: value.numpy() for name, value in answers.items()}


def test_an_empty_split_is_told_as_what_it_is(transformed, tmp_path):
    asked = dataclasses.replace(
        _request(transformed, tmp_path), eval_files=(str(tmp_path / "no-such-file*"),)
    )
    with pytest.raises(errors.DataError, match=r"The eval split must have examples\. Received: 0"):
        launch.run(asked, lambda event: None)
