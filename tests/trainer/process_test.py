"""Whole trainings, each in a process of its own, as in a real run but for what it imports."""

import dataclasses
import pathlib

import numpy as np
import pytest

from schemas import errors
from tests.trainer import trainings as trainings_lib
from trainer import launch, progress, training_record
from trainer.tuning import trials

pytestmark = pytest.mark.usefixtures("forked")
# Equal runs: sums of the same numbers, whose last bit depends on how memory happens to be aligned.
_SAME = 1e-6
# Clips some steps and not others.
_CLIPPED = {"dropout": 0.0, "clip_norm": 0.3, "exports": False}
_UNEVEN = {**_CLIPPED, "label_smoothing": 0.1}
_ACCUMULATED = {**_CLIPPED, "accumulate_batches": 3}


@pytest.fixture(scope="module")
def trainings(transformed, tmp_path_factory):
    """The trainings that several tests look at."""
    settings = {
        "plain": {},
        "other_seed": {"seed": 6, "epochs": 1, "exports": False},
        "one_replica": _UNEVEN,
        "two_replicas": {**_UNEVEN, "cpu_replicas": 2},
        "accumulated": _ACCUMULATED,
        "bfloat16": {"dropout": 0.0, "precision": "mixed_bfloat16"},
        "float16": {"dropout": 0.0, "precision": "mixed_float16", "cpu_replicas": 2},
    }
    asked = {name: (transformed, each) for name, each in settings.items()}
    return trainings_lib.train_all(tmp_path_factory.mktemp("trainings"), asked)


def test_the_model_learns(trainings):
    last = trainings["plain"].epochs[-1].metrics
    assert last["eval_accuracy"] > 0.9
    assert last["eval_loss"] < 0.3


@pytest.fixture(scope="module")
def killed_and_resumed(transformed, tmp_path_factory):
    """The training `plain` again, killed within its second epoch, and what went on with it."""
    with pytest.MonkeyPatch.context() as patches:
        directory = tmp_path_factory.mktemp("killed")
        yield trainings_lib.killed_and_resumed(transformed, directory, patches)


def test_two_runs_with_one_seed_are_the_same_run(trainings, killed_and_resumed):
    whole, again = trainings["plain"].losses(), killed_and_resumed[0].losses()
    np.testing.assert_allclose(whole[:1], again, rtol=_SAME)
    assert whole[0, 0] != trainings["other_seed"].losses()[0, 0]


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


def _record(training):
    path = pathlib.Path(training.serving_model_dir, training_record.FILE)
    return training_record.TrainingRecord.from_json(path.read_text())


def test_what_a_training_cost_lies_beside_the_model(trainings):
    training = trainings["plain"]
    record = _record(training)
    finished = training.events[-1]
    assert record.parameters == training.started.parameters
    assert (record.reason, record.best_epoch) == (finished.reason, finished.best_epoch)
    assert [dict(epoch) for epoch in record.epochs] == [
        dataclasses.asdict(epoch) for epoch in training.epochs
    ]
    in_epochs = sum(epoch.seconds for epoch in training.epochs)
    assert in_epochs < record.seconds <= finished.seconds
    # TensorFlow alone takes more than 100 MB, and these models hardly anything.
    assert 100e6 < record.peak_memory_bytes < 8e9


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


def test_a_killed_training_goes_on_at_the_step_where_it_stopped(
    transformed, trainings, killed_and_resumed
):
    whole, resumed = trainings["plain"], killed_and_resumed[1]
    steps = whole.started.steps_per_epoch
    # Within the second epoch; the step that was told last may not have been backed up yet.
    assert steps + 4 <= resumed.started.resumed_step < 2 * steps
    np.testing.assert_allclose(resumed.losses(), whole.losses()[1:], rtol=_SAME)
    answers, expected = (training.answers(transformed.texts) for training in (resumed, whole))
    np.testing.assert_allclose(answers["probabilities"], expected["probabilities"], rtol=_SAME)
    np.testing.assert_array_equal(answers["label"], expected["label"])
    # What it cost and how it went is told of the whole, not of what was left.
    record = _record(resumed)
    assert record.resumed_step == resumed.started.resumed_step
    assert [epoch["epoch"] for epoch in record.epochs] == [1, 2, 3]
    assert record.seconds > resumed.events[-1].seconds + record.epochs[0]["seconds"]


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("masked", {}),  # the tokens that are masked are another draw in each epoch
        ("running", {"epoch_batches": 11}),  # epochs that end within a pass over the texts
    ],
)
def test_a_killed_language_model_meets_what_it_would_have_met(
    transformed_as, tmp_path, monkeypatch, kind, settings
):
    task, transformed = transformed_as(kind)
    settings = {**settings, "task": task, "exports": False}
    whole = trainings_lib.train(transformed, tmp_path / "whole", **settings)

    _, resumed = trainings_lib.killed_and_resumed(
        transformed, tmp_path / "killed", monkeypatch, **settings
    )

    steps = whole.started.steps_per_epoch
    assert steps + 4 <= resumed.started.resumed_step < 2 * steps
    np.testing.assert_allclose(resumed.losses(), whole.losses()[1:], rtol=_SAME)


def test_accumulating_goes_on_between_groups_and_on_two_replicas_as_on_one(
    transformed, trainings, tmp_path, monkeypatch
):
    whole = trainings["accumulated"]

    _, resumed = trainings_lib.killed_and_resumed(
        transformed, tmp_path, monkeypatch, **_ACCUMULATED, cpu_replicas=2
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


def test_an_empty_split_is_told_as_what_it_is(transformed, tmp_path):
    asked = dataclasses.replace(
        trainings_lib.ask(transformed, tmp_path), eval_files=(str(tmp_path / "no-such-file*"),)
    )
    with pytest.raises(errors.DataError, match=r"The eval split must have examples\. Received: 0"):
        launch.run(asked, lambda event: None)


@pytest.fixture(scope="module")
def rungs(transformed, tmp_path_factory):
    """The training `plain` as a trial of two rungs, the first of which ends after an epoch."""
    directory = tmp_path_factory.mktemp("rungs")
    asked = trainings_lib.ask(transformed, directory, learning_rate=0.5, exports=False)
    told = []
    train = trials.Trainings(
        asked,
        asked.model.model_dump(),
        asked.train.model_dump(),
        "accuracy",
        str(directory / "search"),
        told.append,
    )
    values = {"train.learning_rate": 1e-2}
    return directory, told, train(values, 1), train(values, 3)


def test_a_trial_tells_the_metric_of_each_epoch_and_that_of_the_kept_one(trainings, rungs):
    whole, last = trainings["plain"], rungs[-1]
    curve = [epoch.metrics["eval_accuracy"] for epoch in whole.epochs]
    np.testing.assert_allclose(last.curve, curve, rtol=_SAME)
    assert last.best_epoch == whole.events[-1].best_epoch
    assert last.value == last.curve[last.best_epoch - 1]


def test_a_rung_goes_on_with_the_one_before_at_the_very_step(trainings, rungs):
    _, told, first, last = rungs
    assert first.curve == last.curve[:1]
    assert first.reason == "stopped after 1 of 3 epochs"
    starts = [event for event in told if isinstance(event, progress.Started)]
    steps = trainings["plain"].started.steps_per_epoch
    assert [event.resumed_step for event in starts] == [0, steps]
    assert 0.0 < last.earlier_seconds <= first.total_seconds


def test_a_trial_exports_nothing_and_leaves_nothing_once_it_is_over(rungs):
    directory = rungs[0]
    assert not list(directory.rglob("saved_model.pb"))
    assert not list(directory.rglob("checkpoint"))
    assert not (directory / "search" / "trial").exists()
