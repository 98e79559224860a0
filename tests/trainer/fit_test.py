"""The training loop's decisions, with steps whose losses the test chooses."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer import config, fit, progress, step
from trainer.tasks import task


class _Split:
    """A split of so many batches of two examples."""

    def __init__(self, num_batches=2):
        self.num_batches = num_batches

    def shuffled(self, seed, epoch, skip=0):
        return [({}, {}) for _ in range(self.num_batches)][skip:]

    def in_order(self):
        return self.shuffled(0, 0)


def _weighted(mean, weight):
    """Makes the sums that a step gives of a batch."""
    return task.Weighted(tf.constant(mean * weight), tf.constant(weight))


def _run(tmp_path, eval_losses, train_loss=1.0, num_batches=2, on_event=None, **train):
    """Runs a fit whose weight counts the steps and whose eval losses are given by epoch."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    weight = model.weights[0]
    weight.assign([[0.0]])
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build(model.trainable_variables)
    judged = iter([loss for loss in eval_losses for _ in range(num_batches)])
    calls = []

    def train_step(batch):
        calls.append("train")
        weight.assign_add([[1.0]])
        return {"loss": _weighted(train_loss, 2.0)}

    def judge_step(batch):
        return {"loss": _weighted(next(judged), 2.0), "accuracy": _weighted(0.5, 4.0)}

    events = []
    fitting = fit.Fit(
        model=model,
        optimizer=optimizer,
        steps=step.Steps(train=train_step, update=lambda: calls.append("update"), judge=judge_step),
        train_split=_Split(num_batches),
        eval_split=_Split(num_batches),
        train=config.TrainConfig(**{"epochs": 10, "patience": 2, **train}),
        backup_dir=str(tmp_path / "backup"),
        logs_dir=str(tmp_path / "logs"),
        report=on_event or events.append,
    )
    outcome = fitting.run()
    ends = [e for e in events if isinstance(e, progress.EpochEnd)]
    return types.SimpleNamespace(
        outcome=outcome,
        epochs=ends,
        weight=float(np.asarray(weight)[0, 0]),
        fitting=fitting,
        calls=calls,
    )


def test_the_best_epochs_weights_are_kept(tmp_path):
    done = _run(tmp_path, [0.9, 0.5, 0.7, 0.6])
    assert done.outcome.reason == "no better eval loss for 2 epochs"
    assert done.outcome.best_epoch == 2
    assert done.weight == 4.0  # two epochs of two steps
    assert [e.best for e in done.epochs] == [True, True, False, False]


def test_all_epochs_run_while_the_loss_falls(tmp_path):
    done = _run(tmp_path, [0.9, 0.8, 0.7], epochs=3)
    assert done.outcome.reason == "all 3 epochs run"
    assert done.outcome.best_epoch == 3
    assert [epoch["epoch"] for epoch in done.outcome.epochs] == [1, 2, 3]


def test_metrics_are_means_by_weight(tmp_path):
    [epoch] = _run(tmp_path, [0.5], epochs=1, train_loss=0.25).epochs
    assert epoch.metrics == {"loss": 0.25, "eval_loss": 0.5, "eval_accuracy": 0.5}


def test_an_equal_loss_is_no_better(tmp_path):
    assert _run(tmp_path, [0.5, 0.5, 0.5]).outcome.best_epoch == 1


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_stops_with_advice(tmp_path, loss):
    message = r"training loss must be finite\. Received: (nan|inf) in epoch 1.*learning_rate"
    with pytest.raises(ArithmeticError, match=message):
        _run(tmp_path, [0.5], train_loss=loss)


def test_an_eval_loss_that_is_no_number_stops_with_advice(tmp_path):
    with pytest.raises(ArithmeticError, match=r"eval loss must be finite.*nan in epoch 2"):
        _run(tmp_path, [0.5, float("nan")])


def test_a_finished_epoch_is_gone_on_from(tmp_path):
    _run(tmp_path, [0.9], epochs=1)
    again = _run(tmp_path, [0.8, 0.7], epochs=3)
    assert [e.epoch for e in again.epochs] == [2, 3]
    assert again.weight == 6.0  # the two steps of the first epoch came from the backup


def test_discarding_leaves_nothing_to_go_on_from(tmp_path):
    _run(tmp_path, [0.9], epochs=1).fitting.discard_backup()
    assert not (tmp_path / "backup").exists()


@pytest.mark.parametrize(
    ("accumulate_batches", "of_epoch"),
    [
        (1, "train update train update train update train update train update"),
        (2, "train train update train train update train update"),
        (5, "train train train train train update"),
        (9, "train train train train train update"),
    ],
)
def test_the_optimizer_steps_after_each_group_and_at_the_end_of_an_epoch(
    tmp_path, accumulate_batches, of_epoch
):
    done = _run(
        tmp_path, [0.9, 0.8], num_batches=5, epochs=2, accumulate_batches=accumulate_batches
    )
    assert done.calls == 2 * of_epoch.split()


def test_a_training_stopped_within_a_group_goes_on_from_before_it(tmp_path):
    class StoppedError(Exception):
        pass

    def stop_before_the_second_backup(event):
        # Told at every backup, which is due after each group here.
        if isinstance(event, progress.Step) and event.step >= 4:
            raise StoppedError

    settings = {"num_batches": 5, "accumulate_batches": 2, "epochs": 1, "backup_seconds": 0.0}
    with pytest.raises(StoppedError):
        _run(tmp_path, [0.9], on_event=stop_before_the_second_backup, **settings)
    again = _run(tmp_path, [0.9], **settings)

    # The first group is in the backup; the second, whose report came before its backup, is not.
    assert again.calls == ["train", "train", "update", "train", "update"]
    assert again.weight == 5.0
    assert again.epochs[0].metrics["loss"] == 1.0
