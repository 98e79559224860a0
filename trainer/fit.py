"""The training loop: epochs, early stopping on the eval loss, backups, events.

A loop of our own rather than `Model.fit`, because three things must hold that `fit` does not give:
a training killed within an epoch goes on at the very step, replicas weigh the examples of an uneven
batch as one replica would, and gradients are clipped after they are summed.
"""

import dataclasses
import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from trainer import backup as backup_lib
from trainer import config, progress, step, tensorboard
from trainer import input as input_lib
from trainer.tasks import task as task_lib

# Steps are told to whoever watches at most this often.
_REPORT_SECONDS = 0.2


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a training ended.

    Attributes:
        reason: In words, why it ended.
        best_epoch: The epoch whose weights the model now has.
        epochs: How each epoch went, as `trainer/training_record.py` tells them.
        paused: Whether it was only stopped, and would go on if it were asked for more.
    """

    reason: str
    best_epoch: int
    epochs: Sequence[dict[str, Any]] = ()
    paused: bool = False


class Fit:
    """A training under way; `run` carries it to its end."""

    def __init__(
        self,
        model: keras.Model,
        optimizer: keras.optimizers.Optimizer,
        steps: step.Steps,
        train_split: input_lib.Batches,
        eval_split: input_lib.Batches,
        train: config.TrainConfig,
        backup_dir: str,
        logs_dir: str,
        report: Callable[[progress.Event], None],
        summary: Callable[[dict[str, float]], dict[str, float]] = lambda means: {},
        started: float | None = None,
        pause_after: int | None = None,
        restored_from: str | None = None,
    ):
        """Makes the training, or takes it up where its backup stands.

        Args:
            model: What is trained.
            optimizer: Built for its variables.
            steps: What trains on batches and judges them.
            train_split: What it learns from.
            eval_split: What decides when it stops.
            train: How long, and how often a backup is written.
            backup_dir: Where the backup lies.
            logs_dir: Where TensorBoard's logs go.
            report: Told every event.
            summary: Computes more metrics of the means over the eval split.
            started: When this process began, as `time.monotonic` tells it; None for now.
            pause_after: The epoch after which it stops, with a backup to go on from.
            restored_from: Where a backup to go on from lies, if not in `backup_dir`.
        """
        self._weights = [v.value for v in model.weights]
        self._best = [tf.Variable(tf.zeros_like(w), trainable=False) for w in self._weights]
        # `variables` holds the seeds of dropout beside the weights.
        changing = [v.value for v in (*model.variables, *optimizer.variables)]
        self._backup = backup_lib.Backup(backup_dir, changing, self._best)
        self._optimizer = optimizer
        self._steps = steps
        self._train_split = train_split
        self._eval_split = eval_split
        self._train = train
        self._logs = tensorboard.Logs(logs_dir)
        self._report = report
        self._summary = summary
        self._pause_after = pause_after
        self._state = self._backup.restore(restored_from) or backup_lib.State()
        self._saved_at = time.monotonic()
        self._earlier_seconds = self._state.seconds
        self._started = self._saved_at if started is None else started

    @property
    def seconds(self) -> float:
        """Wall time of this training, that of interrupted processes included."""
        return self._earlier_seconds + time.monotonic() - self._started

    @property
    def steps_done(self) -> int:
        """Steps of this training that were done before now, by an interrupted process."""
        return (self._state.epoch - 1) * self._train_split.num_batches + self._state.step

    def run(self) -> Outcome:
        """Trains to the end and leaves the model with the weights of its best epoch."""
        while not (reason := self._over() or self._pauses()):
            self._run_epoch()
        for weight, best in zip(self._weights, self._best, strict=True):
            weight.assign(best)
        ended = tuple(self._state.ended)
        return Outcome(reason, self._state.best_epoch, ended, paused=not self._over())

    def discard_backup(self) -> None:
        """Removes the backup, once the model is safe elsewhere."""
        self._backup.discard()

    def _over(self) -> str:
        """Says why the training is over, or nothing while it is not."""
        done, best = self._state.epoch - 1, self._state.best_epoch
        if done - best >= self._train.patience:
            return f"no better eval loss for {done - best} epochs"
        if done >= self._train.epochs:
            return f"all {done} epochs run"
        return ""

    def _pauses(self) -> str:
        """Says that the training is to stop though it is not over, or nothing."""
        done = self._state.epoch - 1
        asked = self._pause_after is not None and done >= self._pause_after
        return f"stopped after {done} of {self._train.epochs} epochs" if asked else ""

    def _run_epoch(self) -> None:
        started = time.monotonic()
        self._train_batches()
        metrics = {"loss": _mean(self._state), **self._judge()}
        epoch, eval_loss = self._state.epoch, metrics["eval_loss"]
        self._check("eval", eval_loss, f"epoch {epoch}")
        best = eval_loss < self._state.best_loss
        if best:
            for variable, weight in zip(self._best, self._weights, strict=True):
                variable.assign(weight)
        end = progress.EpochEnd(epoch, time.monotonic() - started, metrics, best)
        self._state = backup_lib.State(
            epoch=epoch + 1,
            best_loss=eval_loss if best else self._state.best_loss,
            best_epoch=epoch if best else self._state.best_epoch,
            ended=[*self._state.ended, dataclasses.asdict(end)],
        )
        self._save()
        rate = float(self._optimizer.learning_rate)
        self._logs.write(epoch, {**metrics, "learning_rate": rate})
        self._report(end)

    def _train_batches(self) -> None:
        """Trains on what is left of the epoch."""
        state, reported = self._state, time.monotonic()
        # Summed on the device: fetching the loss of every step would make it wait for each.
        sums = task_lib.Weighted(tf.constant(state.loss_sum), tf.constant(state.weight_sum))
        for batch in self._train_split.shuffled(self._train.seed, state.epoch, skip=state.step):
            of_batch = self._steps.train(batch)["loss"]
            sums = tf.nest.map_structure(tf.add, sums, of_batch)
            state = dataclasses.replace(state, step=state.step + 1)
            between_groups = self._ends_group(state.step)
            if between_groups:
                self._steps.update()
            now = time.monotonic()
            # Within a group there are gradients that no backup holds.
            save_due = between_groups and now - self._saved_at >= self._train.backup_seconds
            if save_due or now - reported >= _REPORT_SECONDS:
                reported = now
                state = self._with_loss(state, sums)
                self._report(progress.Step(state.epoch, state.step, _mean(state)))
            if save_due:
                self._state = state
                self._save()
        self._state = self._with_loss(state, sums)

    def _ends_group(self, batches: int) -> bool:
        """Says whether the optimizer steps after so many batches; it does at an epoch's end."""
        in_epoch = self._train_split.num_batches
        return batches % self._train.accumulate_batches == 0 or batches == in_epoch

    def _with_loss(self, state: backup_lib.State, sums: task_lib.Weighted) -> backup_lib.State:
        """Fetches the summed loss into the state.

        Raises:
            ArithmeticError: If the loss is infinite or not a number.
        """
        loss, weight = float(sums.total), float(sums.weight)
        self._check("training", loss, f"epoch {state.epoch}, step {state.step}")
        return dataclasses.replace(state, loss_sum=loss, weight_sum=weight)

    def _check(self, which: str, loss: float, place: str) -> None:
        if not math.isfinite(loss):
            raise ArithmeticError(
                f"The {which} loss must be finite. Received: {loss} in {place}. "
                "A lower `train.learning_rate` or `train.precision: float32` helps."
            )

    def _judge(self) -> dict[str, float]:
        """Computes the means of loss and metrics over the eval split."""
        sums: dict[str, tuple[float, float]] = {}
        for batch in self._eval_split.in_order():
            for name, (total, weight) in self._steps.judge(batch).items():
                before = sums.get(name, (0.0, 0.0))
                sums[name] = before[0] + float(total), before[1] + float(weight)
        means = {name: _quotient(total, weight) for name, (total, weight) in sums.items()}
        return {f"eval_{name}": value for name, value in (means | self._summary(means)).items()}

    def _save(self) -> None:
        self._state = dataclasses.replace(self._state, seconds=self.seconds)
        self._backup.save(self._state)
        self._saved_at = time.monotonic()


def _mean(state: backup_lib.State) -> float:
    """Computes the mean loss of the epoch so far."""
    return _quotient(state.loss_sum, state.weight_sum)


def _quotient(total: float, weight: float) -> float:
    return total / weight if weight else math.nan
