"""Events survive the way through a pipe."""

import pytest

from trainer import progress

_EVENTS = [
    progress.Started(3, 22, 3922, 1, "float32", 0),
    progress.Step(1, 5, 0.7),
    progress.EpochEnd(1, 2.5, {"loss": 0.7, "eval_accuracy": 0.5}, True),
    progress.Finished("all 3 epochs run", 2, 9.0),
    progress.Failed("ValueError", "`x` must be y.\nReceived: „ü“"),
]


@pytest.mark.parametrize("event", _EVENTS, ids=lambda event: type(event).__name__)
def test_round_trip_on_one_line(event):
    line = progress.encode(event)
    assert "\n" not in line
    assert progress.decode(line) == event
