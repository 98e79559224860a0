"""The training loop's decisions, with steps whose losses the test chooses."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer import config, fit, progress, step


class _Split:
    """A split of two batches of two examples."""

    num_batches = 2
    num_examples = 4

    def shuffled(self, seed, epoch, skip=0):
        return [({}, tf.zeros(2)), ({}, tf.zeros(2))][skip:]

    def in_order(self):
        return self.shuffled(0, 0)


def _run(tmp_path, eval_losses, train_loss=1.0, **train):
    """Runs a fit whose weight counts the steps and whose eval losses are given by epoch."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    weight = model.weights[0]
    weight.assign([[0.0]])
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build(model.trainable_variables)
    judged = iter([loss for loss in eval_losses for _ in range(_Split.num_batches)])

    def train_step(batch):
        weight.assign_add([[1.0]])
        return {"loss": tf.constant(2 * train_loss)}

    def judge_step(batch):
        return {"loss": tf.constant(2 * next(judged)), "accuracy": tf.constant(1.0)}

    events = []
    fitting = fit.Fit(
        model=model,
        optimizer=optimizer,
        steps=step.Steps(train=train_step, judge=judge_step),
        train_split=_Split(),
        eval_split=_Split(),
        train=config.TrainConfig(**{"epochs": 10, "patience": 2, **train}),
        backup_dir=str(tmp_path / "backup"),
        logs_dir=str(tmp_path / "logs"),
        report=events.append,
    )
    outcome = fitting.run()
    ends = [e for e in events if isinstance(e, progress.EpochEnd)]
    return types.SimpleNamespace(
        outcome=outcome, epochs=ends, weight=float(np.asarray(weight)[0, 0]), fitting=fitting
    )


def test_the_best_epochs_weights_are_kept(tmp_path):
    done = _run(tmp_path, [0.9, 0.5, 0.7, 0.6])
    assert done.outcome == fit.Outcome("no better eval loss for 2 epochs", best_epoch=2)
    assert done.weight == 4.0  # two epochs of two steps
    assert [e.best for e in done.epochs] == [True, True, False, False]


def test_all_epochs_run_while_the_loss_falls(tmp_path):
    done = _run(tmp_path, [0.9, 0.8, 0.7], epochs=3)
    assert done.outcome == fit.Outcome("all 3 epochs run", best_epoch=3)


def test_metrics_are_means_over_examples(tmp_path):
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
