"""How far answers agree with right ones, and the sums from which the metrics follow.

Plain Python: those of several batches, slices or workers add up.
"""

import collections
import dataclasses
import re
import string
from collections.abc import Sequence

import numpy as np

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclasses.dataclass
class Counts:
    """What has been seen of the answers.

    Attributes:
        separator: What stands between several right answers of a row; None where it has one.
        weight: Rows seen.
        exact: How many answers are a right one.
        f1: Summed F1 of the answers.
    """

    separator: str | None = None
    weight: float = 0.0
    exact: float = 0.0
    f1: float = 0.0

    def add(self, truth: np.ndarray, prediction: np.ndarray, weight: float) -> None:
        """Counts one row: its right answers, joined, `(1,)`, and what was answered, `(1,)`."""
        joined, answer = _text(truth[0]), _text(prediction[0])
        right = joined.split(self.separator) if self.separator else [joined]
        self.weight += weight
        self.exact += weight * exact_match(answer, right)
        self.f1 += weight * f1(answer, right)

    def merge(self, other: "Counts") -> None:
        """Adds what another part of the data has counted."""
        self.weight += other.weight
        self.exact += other.exact
        self.f1 += other.f1

    def metrics(self) -> dict[str, float]:
        """Computes those of `schemas.question_answering`; NaN where nothing was seen."""
        if not self.weight:
            return {"exact_match": float("nan"), "f1": float("nan")}
        return {"exact_match": self.exact / self.weight, "f1": self.f1 / self.weight}


def exact_match(answer: str, right: Sequence[str]) -> float:
    """Tells whether an answer is one of the right ones, all normalized: 1 or 0."""
    return float(normalize(answer) in {normalize(each) for each in right})


def f1(answer: str, right: Sequence[str]) -> float:
    """Computes the F1 of an answer's words with the right answer that it is nearest to.

    References:
        Rajpurkar et al. 2016, sec. 6.1, arXiv:1606.05250; for texts that have no word left,
        Rajpurkar et al. 2018, arXiv:1806.03822, whose script calls two of them equal
    """
    return max(_f1(normalize(answer).split(), normalize(each).split()) for each in right)


def normalize(answer: str) -> str:
    """Lower-cases, takes out ASCII punctuation and then articles, and puts single spaces."""
    bare = answer.lower().translate(_WITHOUT_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def _f1(answer: Sequence[str], right: Sequence[str]) -> float:
    if not answer or not right:
        return float(answer == right)
    shared = sum((collections.Counter(answer) & collections.Counter(right)).values())
    return 2 * shared / (len(answer) + len(right))


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
