"""Near ties: answers that rounding may well tip over, by the task that gave them.

Two ways to ask one row add numbers up in another order, so what an answer rests on differs in its
last digits. Where two labels, parts of a text or tokens are as good as equal, either may win.
"""

from collections.abc import Mapping

import numpy as np

from components.probe import comparison
from schemas import classification, tasks

# What decides in each task: the answers may differ where this agrees.
_DECIDES: Mapping[str, str] = {
    "classification": "probabilities",
    "masked_language_model": "probabilities",
    "question_answering": "score",
    "translation": "score",
}
# Outputs whose last entry counts how often the likeliest token was right.
_COUNTS = ("totals", "scores")
_THRESHOLD = 0.5  # from which on a label of several is among the answer


def of(task: tasks.Settings, tolerance: float) -> comparison.IsTie:
    """Makes what tells ties of a task's answers."""

    def is_tie(
        wanted: comparison.Answer, got: comparison.Answer, deviations: comparison.Deviations
    ) -> bool:
        for name in _COUNTS:
            if name in wanted:
                return _is_off_by_one(name, wanted, got, deviations, tolerance)
        decides = _DECIDES.get(task.name)
        if decides is None or decides not in deviations:
            return False
        if deviations[decides].max(initial=0.0) > tolerance:
            return False
        if task.name != "classification":
            return True
        several = bool(task.options.get(classification.SEPARATOR))
        return _is_undecided(wanted[decides], several, tolerance)

    return is_tie


def _is_off_by_one(
    name: str,
    wanted: comparison.Answer,
    got: comparison.Answer,
    deviations: comparison.Deviations,
    tolerance: float,
) -> bool:
    """Tells whether one token more or less was the likeliest, and all else is the same."""
    others = [deviations[name][:-1], *(d for key, d in deviations.items() if key != name)]
    if any(d.max(initial=0.0) > tolerance for d in others):
        return False
    return bool(abs(got[name][-1] - wanted[name][-1]) <= 1.0)


def _is_undecided(probabilities: np.ndarray, several: bool, tolerance: float) -> bool:
    """Tells whether the two likeliest labels, or one of several and its threshold, are near."""
    if several:
        return bool(np.abs(probabilities - _THRESHOLD).min(initial=1.0) <= tolerance)
    first, second = np.sort(probabilities)[-1:-3:-1]
    return bool(first - second <= 2.0 * tolerance)
