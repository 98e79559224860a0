"""A cross-validation as the terminal shows it: a line for each candidate on each fold."""

import rich.text

from pipeline import console_text
from trainer import progress

_INDENT = "  "
_GAP = "  "
_NAME_WIDTH = 12
_TIME_WIDTH = 12


def head(event: progress.FoldStarted) -> rich.text.Text:
    """Names the columns, where a validation begins."""
    metric = event.metric.replace("_", " ")
    cells = (f"{'fold':>5}", f"{'candidate':<{_NAME_WIDTH}}", f"{metric:>{_value_width(event)}}")
    return rich.text.Text(_INDENT + _GAP.join([*cells, f"{'time':>{_TIME_WIDTH}}"]), style="dim")


def line(event: progress.FoldEnded, fold: progress.FoldStarted) -> rich.text.Text:
    """Tells what a candidate was worth on a fold.

    Args:
        event: How it ended.
        fold: How it began.
    """
    cells = [
        f"{f'{fold.number}/{fold.folds}':>5}",
        f"{fold.candidate:<{_NAME_WIDTH}}",
        f"{console_text.number(event.value):>{_value_width(fold)}}",
        f"{console_text.duration(event.seconds):>{_TIME_WIDTH}}",
    ]
    left = event.seconds_left
    tail = [f"about {console_text.at_most(left)} left"] if left else []
    return rich.text.Text(_INDENT + _GAP.join([*cells, *tail]))


def _value_width(event: progress.FoldStarted) -> int:
    return max(len(event.metric), len("undefined"))
