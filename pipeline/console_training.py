"""A training as the terminal shows it: how it starts, a row for each epoch, a bar, how it ends."""

import dataclasses

import rich.text

from pipeline import console_text
from trainer import progress

_INDENT = "  "
_GAP = "  "
_TIME_WIDTH = 7
_BEST = "best"
_BAR_WIDTHS = range(8, 41)


@dataclasses.dataclass(frozen=True)
class Training:
    """What is known of a training so far; each event makes a new one.

    Attributes:
        started: How it began.
        epoch: Current epoch, from 1.
        step: Steps done in it.
        loss: Mean training loss of the epoch so far; None before the first step is told.
        first_told: When the first step was told, on the console's clock, and the steps done then.
        told: When the latest event came.
        metrics: The columns of the table of epochs; empty before the first epoch has ended.
    """

    started: progress.Started
    epoch: int
    step: int
    loss: float | None = None
    first_told: tuple[float, int] | None = None
    told: float = 0.0
    metrics: tuple[str, ...] = ()

    @classmethod
    def begin(cls, event: progress.Started) -> "Training":
        """Stands where the training starts, or goes on after an interrupted one."""
        epochs_done, step = divmod(event.resumed_step, max(1, event.steps_per_epoch))
        return cls(event, epoch=min(epochs_done + 1, event.epochs), step=step)

    def at_step(self, event: progress.Step, now: float) -> "Training":
        """Moves on to a step."""
        moved = dataclasses.replace(
            self, epoch=event.epoch, step=event.step, loss=event.loss, told=now
        )
        if self.first_told is None:
            return dataclasses.replace(moved, first_told=(now, moved.steps_done))
        return moved

    def at_epoch_end(
        self, event: progress.EpochEnd, now: float, width: int | None
    ) -> tuple["Training", list[rich.text.Text]]:
        """Moves on to the end of an epoch.

        Returns:
            The training, and the lines to show: a row of the table, under its head if it is the
            first.
        """
        metrics = self.metrics or _that_fit(event, self.started.epochs, width)
        moved = dataclasses.replace(
            self,
            epoch=event.epoch,
            step=self.started.steps_per_epoch,
            loss=event.metrics.get("loss", self.loss),
            told=now,
            metrics=metrics,
        )
        head = [] if self.metrics else [_head(metrics, self.started.epochs)]
        return moved, [*head, _row(event, metrics, self.started.epochs)]

    @property
    def steps_done(self) -> int:
        """Steps done in all epochs, an interrupted training's included."""
        return (self.epoch - 1) * self.started.steps_per_epoch + self.step

    def seconds_left(self, now: float) -> float | None:
        """Estimates the time to the last step of the last epoch; early stopping may cut it short.

        The first step told is left out, since the first steps also compile the model.
        """
        if self.first_told is None:
            return None
        since, steps_then = self.first_told
        steps = self.steps_done - steps_then
        if steps <= 0:
            return None
        left = self.started.epochs * self.started.steps_per_epoch - self.steps_done
        return max(0.0, left * (self.told - since) / steps - (now - self.told))


def opening(owner: str, event: progress.Started) -> str:
    """Says what is about to be trained, in one line."""
    facts = [
        f"{event.parameters:,} weights in {event.precision}",
        f"at most {console_text.count(event.epochs, 'epoch')} of "
        f"{console_text.count(event.steps_per_epoch, 'step')}",
    ]
    if event.workers == 1:
        facts.append("1 worker, since TF_CONFIG names no others")
    elif event.workers is not None:
        facts.append(console_text.count(event.workers, "worker"))
    if event.replicas > 1:
        facts.append(f"{event.replicas} replicas")
    if event.resumed_step:
        facts.append(f"resumed at step {event.resumed_step:,}")
    return f"{owner}: {', '.join(facts)}"


def closing(event: progress.Finished) -> str:
    """Says why the training ended and what was kept."""
    return f"{_INDENT}{event.reason}; kept epoch {event.best_epoch}"


def bar(
    training: Training, now: float, symbols: console_text.Symbols, width: int
) -> rich.text.Text:
    """Draws the epoch as a bar, with its numbers; shorter words where the terminal is narrow."""
    epochs, steps = training.started.epochs, training.started.steps_per_epoch
    before = f"{_INDENT}epoch {training.epoch}/{epochs}"
    after = [f"{training.step:>{len(f'{steps:,}')},}/{steps:,}"]
    if training.loss is not None:
        after.append(f"loss {console_text.number(training.loss)}")
    left = training.seconds_left(now)
    time_left = "" if left is None else console_text.at_most(left)
    room = width - len(_GAP.join([before, "", *after]))
    # The room for the time is the same for all times, so that the bar keeps its length.
    for words, usual in (
        (f"at most {time_left} left", 19),
        (f"{symbols.at_most} {time_left} left", 13),
    ):
        reserved = len(_GAP) + max(usual, len(words))
        if room - reserved >= _BAR_WIDTHS.start:
            room -= reserved
            after += [words] if time_left else []
            break
    length = max(0, min(room, _BAR_WIDTHS.stop - 1))
    filled = length * training.step // max(1, steps)
    return rich.text.Text.assemble(
        f"{before}{_GAP}",
        (symbols.bar_done * filled, "cyan"),
        (symbols.bar_left * (length - filled), "dim"),
        f"{_GAP}{_GAP.join(after)}",
    )


def _that_fit(event: progress.EpochEnd, epochs: int, width: int | None) -> tuple[str, ...]:
    """Chooses the metrics whose columns fit, the losses first."""
    losses = [name for name in ("loss", "eval_loss") if name in event.metrics]
    names = [*losses, *(name for name in event.metrics if name not in losses)]
    room = None if width is None else width - len(_GAP + _BEST)
    while room is not None and len(names) > 1 and _head(tuple(names), epochs).cell_len > room:
        names.pop()
    return tuple(names)


def _head(metrics: tuple[str, ...], epochs: int) -> rich.text.Text:
    cells = [f"{_title(name):>{_column(name)}}" for name in metrics]
    time = f"{'time':>{_TIME_WIDTH}}"
    line = _GAP.join(["epoch".rjust(_epoch_column(epochs)), *cells, time])
    return rich.text.Text(_INDENT + line, style="dim")


def _row(event: progress.EpochEnd, metrics: tuple[str, ...], epochs: int) -> rich.text.Text:
    cells = [f"{console_text.number(event.metrics.get(name)):>{_column(name)}}" for name in metrics]
    time = f"{console_text.duration(event.seconds):>{_TIME_WIDTH}}"
    place = f"{event.epoch}/{epochs}".rjust(_epoch_column(epochs))
    row = rich.text.Text(_INDENT + _GAP.join([place, *cells, time]))
    return row.append(f"{_GAP}{_BEST}", style="green") if event.best else row


def _title(metric: str) -> str:
    return metric.replace("_", " ")


def _column(metric: str) -> int:
    return max(len(_title(metric)), 6)


def _epoch_column(epochs: int) -> int:
    return max(len("epoch"), len(f"{epochs}/{epochs}"))
