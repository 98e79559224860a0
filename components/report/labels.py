"""Which rows have which label, and how probable each answer was."""

from typing import NamedTuple

import numpy as np

from components.report import contents


class Scored(NamedTuple):
    """A yes or no, many times over.

    Attributes:
        is_true: 0 or 1, `(rows,)`.
        scores: The higher, the more it was answered with yes, `(rows,)`.
    """

    is_true: np.ndarray
    scores: np.ndarray


def has_several(answers: contents.Answers) -> bool:
    """Tells whether a row may have several labels at once."""
    return len(answers.labels) > 1 and answers.truths.shape[1] == len(answers.labels)


def truths(answers: contents.Answers) -> np.ndarray:
    """Tells which rows have which labels: 0 or 1, `(rows, num_labels)`."""
    if has_several(answers):
        return answers.truths.astype(np.int64)
    hot = answers.truths[:, :1].astype(np.int64) == np.arange(len(answers.labels))
    return hot.astype(np.int64)


def of_label(answers: contents.Answers, candidate: str, label: int) -> Scored:
    """Takes one label against all others."""
    return Scored(truths(answers)[:, label], answers.given[candidate][:, label])


def most_frequent(answers: contents.Answers, limit: int) -> list[int]:
    """Lists the labels that most rows have, most frequent first."""
    counts = truths(answers).sum(axis=0)
    return [int(i) for i in np.argsort(-counts, kind="stable")[:limit] if counts[i]]


def confidence(answers: contents.Answers, candidate: str) -> Scored:
    """Tells how sure a candidate was of what it answered, and whether it was right.

    Of several labels at once each yes or no is an answer of its own.
    """
    given = answers.given[candidate]
    if has_several(answers):
        sure = np.maximum(given, 1 - given)
        right = (given >= 0.5) == (truths(answers) == 1)
        return Scored(right.astype(np.int64).ravel(), sure.ravel())
    right = given.argmax(axis=1) == answers.truths[:, 0].astype(np.int64)
    return Scored(right.astype(np.int64), given.max(axis=1))
