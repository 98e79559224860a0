"""A search on the terminal: a line a trial, and nothing of the trainings but their bar."""

import io

from pipeline import console, console_tuning
from trainer import progress


def _trial(number, values, candidate="transformer"):
    return progress.TrialStarted(candidate, number, 3, values, 2, "accuracy")


_EVENTS = [
    _trial(1, {"train.learning_rate": 1e-3, "model.num_layers": 2}),
    progress.Started(2, 9, 1000, 1, "float32", 0),
    progress.Step(1, 3, 0.5),
    progress.EpochEnd(1, 2.0, {"loss": 0.5, "eval_loss": 0.4, "eval_accuracy": 0.7}, True),
    progress.Finished("all 2 epochs run", 2, 12.0),
    progress.TrialEnded(1, 0.75, True, 0.75, 12.0, 24.0, ""),
    _trial(2, {"train.learning_rate": 0.00312345, "model.num_layers": 4}),
    progress.TrialEnded(2, None, False, 0.75, 61.0, 12.0, "ArithmeticError: The loss is\x1b[2J"),
    _trial(3, {"train.learning_rate": 2e-3, "model.num_layers": 1}),
    progress.TrialEnded(3, 0.8125, True, 0.8125, 180.0, 0.0, ""),
]


def _shown(events, **settings):
    stream = io.StringIO()
    shown = console.Console(stream, **settings)
    shown.component_started("Tuner")
    for event in events:
        shown.training_event(event)
    return stream.getvalue()


def test_each_trial_leaves_a_line_with_its_values_and_the_time_left():
    assert _shown(_EVENTS).splitlines() == [
        "  trial  accuracy  best so far          time  values",
        "    1/3    0.7500       0.7500        12.0 s  train.learning_rate 0.001, "
        "model.num_layers 2  about 25 s left",
        "    2/3    failed       0.7500        61.0 s  train.learning_rate 0.00312, "
        "model.num_layers 4  about 15 s left",
        r"    ArithmeticError: The loss is\x1b[2J",
        "    3/3    0.8125       0.8125    3 min 00 s  train.learning_rate 0.002, "
        "model.num_layers 1",
    ]


def test_the_next_candidate_has_a_head_of_its_own():
    other = [_trial(1, {"order": 2}, "ngram"), progress.TrialEnded(1, 0.5, True, 0.5, 1.0, 2.0, "")]
    lines = _shown([*_EVENTS, *other]).splitlines()
    assert [line for line in lines if line.startswith("  trial")] == [lines[0]] * 2
    assert lines[-1].endswith("order 2  about 5 s left")


def test_after_a_search_a_training_is_shown_as_ever():
    lines = _shown([*_EVENTS, *_EVENTS[1:5]]).splitlines()
    assert "  all 2 epochs run; kept epoch 2" in lines
    assert any(line.startswith("  Tuner: 1,000 weights in float32") for line in lines)


def test_on_a_narrow_terminal_lines_are_wrapped_between_words():
    width = 60
    lines = console_tuning.lines(_EVENTS[5], _EVENTS[0], width)
    assert all(line.cell_len <= width for line in lines)
    assert len(lines) > 1
