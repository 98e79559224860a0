"""Tests of `pipeline.console_training`."""

import dataclasses

import pytest

from pipeline import console_text, console_training
from trainer import progress

_STARTED = progress.Started(
    epochs=10,
    steps_per_epoch=200,
    parameters=1_234_567,
    replicas=1,
    precision="float32",
    resumed_step=0,
)
_UNICODE = console_text.symbols("utf-8")


def _epoch_end(epoch: int, best: bool = True, **metrics: float) -> progress.EpochEnd:
    named = metrics or {"loss": 0.9, "eval_loss": 0.8, "eval_accuracy": 0.7}
    return progress.EpochEnd(epoch, seconds=12.34, metrics=named, best=best)


def _at(*steps: tuple[int, int, float]) -> console_training.Training:
    """Makes a training that told of (epoch, step, time) in turn."""
    training = console_training.Training.begin(_STARTED)
    for epoch, step, now in steps:
        training = training.at_step(progress.Step(epoch, step, loss=0.5), now)
    return training


def test_no_time_is_estimated_before_two_steps_are_told() -> None:
    assert _at().seconds_left(now=1) is None
    assert _at((1, 10, 5)).seconds_left(now=6) is None


def test_time_left_is_that_of_all_epochs_without_the_first_steps() -> None:
    # 100 steps took 20 s after the first telling; 2,000 - 150 are left; 4 s went by since.
    training = _at((1, 50, 100), (1, 150, 120))
    assert training.seconds_left(now=124) == pytest.approx(1850 * 0.2 - 4)


def test_time_left_counts_what_an_epoch_spends_on_evaluation() -> None:
    training, _ = _at((1, 100, 100)).at_epoch_end(_epoch_end(1), now=150, width=None)
    assert training.seconds_left(now=150) == pytest.approx(1800 * 0.5)


def test_a_resumed_training_goes_on_in_its_epoch_at_its_own_pace() -> None:
    started = dataclasses.replace(_STARTED, resumed_step=1250)
    training = console_training.Training.begin(started)
    assert (training.epoch, training.step) == (7, 50)
    training = training.at_step(progress.Step(7, 60, 0.5), now=10)
    training = training.at_step(progress.Step(7, 70, 0.5), now=11)
    assert training.seconds_left(now=11) == pytest.approx(730 * 0.1)


def test_opening_names_what_there_is_to_know() -> None:
    started = dataclasses.replace(
        _STARTED, replicas=2, precision="mixed_bfloat16", resumed_step=1200
    )
    assert console_training.opening("Trainer", started) == (
        "Trainer: 1,234,567 weights in mixed_bfloat16, at most 10 epochs of 200 steps, "
        "2 replicas, resumed at step 1,200"
    )


@pytest.mark.parametrize(
    ("workers", "told"), [(1, "1 worker, since TF_CONFIG names no others"), (2, "2 workers")]
)
def test_opening_tells_how_many_train_together(workers: int, told: str) -> None:
    started = dataclasses.replace(_STARTED, workers=workers)
    assert console_training.opening("Trainer", started).endswith(f"200 steps, {told}")


def test_opening_leaves_out_what_is_usual() -> None:
    assert console_training.opening("Trainer", dataclasses.replace(_STARTED, epochs=1)) == (
        "Trainer: 1,234,567 weights in float32, at most 1 epoch of 200 steps"
    )


def test_epochs_make_a_table_with_one_head() -> None:
    training = console_training.Training.begin(_STARTED)
    training, first = training.at_epoch_end(_epoch_end(1), now=1, width=80)
    training, second = training.at_epoch_end(_epoch_end(10, best=False), now=2, width=80)
    assert [line.plain for line in [*first, *second]] == [
        "  epoch    loss  eval loss  eval accuracy     time",
        "   1/10  0.9000     0.8000         0.7000   12.3 s  best",
        "  10/10  0.9000     0.8000         0.7000   12.3 s",
    ]


def test_columns_that_do_not_fit_are_left_out_of_all_rows() -> None:
    training = console_training.Training.begin(_STARTED)
    training, first = training.at_epoch_end(_epoch_end(1), now=1, width=55)
    _, second = training.at_epoch_end(_epoch_end(2), now=2, width=200)
    assert [line.plain for line in [*first, *second]] == [
        "  epoch    loss  eval loss     time",
        "   1/10  0.9000     0.8000   12.3 s  best",
        "   2/10  0.9000     0.8000   12.3 s  best",
    ]


def test_losses_come_first() -> None:
    training = console_training.Training.begin(_STARTED)
    event = _epoch_end(1, eval_f1=0.1, eval_loss=0.2, loss=0.3)
    _, (head, _row) = training.at_epoch_end(event, now=1, width=None)
    assert head.plain.split() == ["epoch", "loss", "eval", "loss", "eval", "f1", "time"]


def test_bar_says_epoch_step_loss_and_time() -> None:
    training = _at((3, 0, 0), (3, 50, 10))
    bar = console_training.bar(training, now=10, symbols=_UNICODE, width=80)
    assert bar.plain == (
        "  epoch 3/10  ━━━━━──────────────────   50/200  loss 0.5000  at most 6 min left"
    )


def test_bar_keeps_its_length_while_numbers_grow() -> None:
    drawn = [
        console_training.bar(_at(*steps), now=20, symbols=_UNICODE, width=80).plain
        for steps in ([(1, 1, 0)], [(1, 1, 0), (1, 90, 20)], [(1, 1, 0), (1, 200, 4)])
    ]
    assert len({bar.index("/200") for bar in drawn}) == 1


@pytest.mark.parametrize("width", [60, 70, 80, 100, 200])
@pytest.mark.parametrize("steps", [9, 590, 123_456])
def test_bar_fits(width: int, steps: int) -> None:
    started = dataclasses.replace(_STARTED, steps_per_epoch=steps, epochs=20)
    training = console_training.Training.begin(started)
    training = training.at_step(progress.Step(10, 1, 10.25), now=0)
    training = training.at_step(progress.Step(10, steps - 1, 10.25), now=2000)
    bar = console_training.bar(training, now=2000, symbols=_UNICODE, width=width)
    assert bar.cell_len <= width


def test_bar_of_a_full_epoch_is_full() -> None:
    training, _ = _at((1, 10, 0)).at_epoch_end(_epoch_end(1), now=1, width=None)
    bar = console_training.bar(training, now=1, symbols=_UNICODE, width=80).plain
    assert "─" not in bar
    assert "200/200" in bar


def test_closing_says_why_and_what_was_kept() -> None:
    event = progress.Finished(reason="all 10 epochs run", best_epoch=7, seconds=62.0)
    assert console_training.closing(event) == "  all 10 epochs run; kept epoch 7"
