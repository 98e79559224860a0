"""A search as the terminal shows it: a line for each trial, with what it tried and came to."""

import rich.text

from pipeline import console_text
from trainer import progress
from trainer.tuning import settling

_INDENT = "  "
_GAP = "  "
_TIME_WIDTH = 12
_HANGING = " " * 11  # past the number of a trial


def head(event: progress.TrialStarted, width: int | None) -> rich.text.Text:
    """Names the columns, where a search begins."""
    metric = event.metric.replace("_", " ")
    cells = (f"{'trial':>{_place_width(event)}}", f"{metric:>{_value_width(event)}}", "best so far")
    line = _GAP.join([*cells, f"{'time':>{_TIME_WIDTH}}", "values"])
    return rich.text.Text(_cut(_INDENT + line, width), style="dim")


def lines(
    event: progress.TrialEnded, trial: progress.TrialStarted, width: int | None
) -> list[rich.text.Text]:
    """Tells what came of a trial.

    Args:
        event: How it ended.
        trial: How it began.
        width: Columns of the terminal; None for lines of any length.
    """
    told = "failed" if event.value is None else console_text.number(event.value)
    so_far = "" if event.best_value is None else console_text.number(event.best_value)
    cells = [
        f"{f'{trial.number}/{trial.trials}':>{_place_width(trial)}}",
        f"{told:>{_value_width(trial)}}",
        f"{so_far:>{len('best so far')}}",
        f"{console_text.duration(event.seconds):>{_TIME_WIDTH}}",
    ]
    left = event.seconds_left
    tail = [f"about {console_text.at_most(left)} left"] if left else []
    line = _INDENT + _GAP.join([*cells, settling.spell_all(trial.values), *tail])
    shown = console_text.wrapped(line, width, hanging=_HANGING)
    style = "red" if event.value is None else "green" if event.best else ""
    return [
        *(rich.text.Text(each, style=style) for each in shown),
        *(
            rich.text.Text(each, style="red")
            for each in console_text.wrapped(event.reason, width, _INDENT * 2, _INDENT * 2)
            if event.reason
        ),
    ]


def _place_width(event: progress.TrialStarted) -> int:
    return max(len("trial"), len(f"{event.trials}/{event.trials}"))


def _value_width(event: progress.TrialStarted) -> int:
    return max(len(event.metric), 6)


def _cut(line: str, width: int | None) -> str:
    return line if width is None else line[:width]
