"""A cross-validation on the terminal: a line for each candidate on each fold."""

import io

from pipeline import console
from trainer import progress

_EVENTS = [
    progress.FoldStarted("transformer", 1, 2, "accuracy"),
    progress.Started(2, 9, 1000, 1, "float32", 0),
    progress.EpochEnd(1, 2.0, {"loss": 0.5, "eval_loss": 0.4}, True),
    progress.Finished("all 2 epochs run", 2, 12.0),
    progress.FoldEnded(0.75, 61.0, 180.0),
    progress.FoldStarted("linear", 1, 2, "accuracy"),
    progress.FoldEnded(None, 7.0, 68.0),
]


def test_folds_have_a_line_each_and_their_trainings_none():
    stream = io.StringIO()
    shown = console.Console(stream)
    shown.component_started("CrossValidation")
    for event in [*_EVENTS, *_EVENTS[1:4]]:
        shown.training_event(event)
    assert stream.getvalue().splitlines()[:3] == [
        "   fold  candidate      accuracy          time",
        "    1/2  transformer      0.7500        61.0 s  about 3 min left",
        "    1/2  linear        undefined         7.0 s  about 2 min left",
    ]
    # A training after it is shown as ever.
    assert stream.getvalue().splitlines()[-1] == "  all 2 epochs run; kept epoch 2"
