"""The worst answers with their texts: of labels, those that were wrong and surest of it."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from components.report import contents, labels, parts
from schemas import tasks

MAX_ERRORS = 20


@dataclasses.dataclass(frozen=True)
class Row:
    """An answer that is worth a look.

    Attributes:
        origin: Where the row came from.
        texts: Its texts.
        truth: What is true.
        answer: What was answered.
        note: How sure the model was, or how far off.
    """

    origin: str
    texts: tuple[str, ...]
    truth: str
    answer: str
    note: str


@dataclasses.dataclass(frozen=True)
class Section:
    """The worst answers.

    Attributes:
        caption: Which they are.
        note: What `Row.note` tells.
        rows: The worst first.
    """

    caption: str
    note: str
    rows: tuple[Row, ...]


def build(found: contents.Contents) -> Section:
    """Finds the worst answers of the judged model."""
    if not len(found.answers.truths):
        return Section("", "", ())
    if found.answers.labels and not labels.has_several(found.answers):
        return _of_labels(found)
    if found.answers.labels:
        return _of_label_sets(found)
    if found.task.targets and tasks.contract(found.task.name).target_kind == "number":
        return _of_numbers(found)
    return _by_score(found)


def _of_labels(found: contents.Contents) -> Section:
    answers, given = found.answers, found.answers.given[found.judged]
    right, sure = labels.confidence(answers, found.judged)
    wrong = np.flatnonzero(right == 0)
    worst = wrong[np.argsort(-sure[wrong], kind="stable")][:MAX_ERRORS]
    rows = [
        Row(
            origin=answers.origins[i],
            texts=answers.texts[i],
            truth=answers.labels[int(answers.truths[i, 0])],
            answer=answers.labels[int(given[i].argmax())],
            note=f"{sure[i]:.4f}",
        )
        for i in worst
    ]
    caption = f"The surest of {len(wrong):,} wrong answers to {len(right):,} rows"
    return Section(caption, "Probability", tuple(rows))


def _of_label_sets(found: contents.Contents) -> Section:
    answers, given = found.answers, found.answers.given[found.judged]
    true = labels.truths(answers)
    off = np.abs(given - true)  # (rows, num_labels)
    worst = np.argsort(-off.max(axis=1), kind="stable")[:MAX_ERRORS]
    rows = [
        Row(
            origin=answers.origins[i],
            texts=answers.texts[i],
            truth=_named(answers.labels, true[i]),
            answer=_named(answers.labels, given[i] >= 0.5),
            note=f"{answers.labels[int(off[i].argmax())]} {given[i, off[i].argmax()]:.4f}",
        )
        for i in worst
    ]
    return Section("The rows with the label that was missed by most", "Probability", tuple(rows))


def _of_numbers(found: contents.Contents) -> Section:
    answers, given = found.answers, found.answers.given[found.judged]
    off = given - answers.truths
    # Numbers of several units are compared in their own spread.
    spread = np.maximum(answers.truths.std(axis=0), 1e-12)
    worst = np.argsort(-np.abs(off / spread).max(axis=1), kind="stable")[:MAX_ERRORS]
    rows = [
        Row(
            origin=answers.origins[i],
            texts=answers.texts[i],
            truth=_numbers_of(answers.truths[i]),
            answer=_numbers_of(given[i]),
            note=", ".join(parts.signed(each) for each in off[i]),
        )
        for i in worst
    ]
    return Section("The answers that are furthest off", "Off by", tuple(rows))


def _by_score(found: contents.Contents) -> Section:
    """Takes a task whose answers are no labels and no numbers: by the score of each row."""
    answers = found.answers
    metric, scores = _score(found)
    sign = 1.0 if found.metrics[metric].higher_is_better else -1.0
    known = np.flatnonzero(np.isfinite(scores))
    worst = known[np.argsort(sign * scores[known], kind="stable")][:MAX_ERRORS]
    words = answers.truths.dtype.kind in "SU"
    given = answers.given[found.judged]
    rows = [
        Row(
            origin=answers.origins[i],
            texts=answers.texts[i],
            truth=str(answers.truths[i, 0]) if words else "",
            answer=str(given[i, 0]) if words else "",
            note=parts.value(float(scores[i])),
        )
        for i in worst
    ]
    return Section(f"The rows with the worst {metric}", metric, tuple(rows))


def _score(found: contents.Contents) -> tuple[str, np.ndarray]:
    """Chooses the metric to order rows by: the one that decides, if rows have it."""
    scores = found.answers.scores[found.judged]
    metric = found.metric if found.metric in scores else next(iter(scores))
    return metric, scores[metric]


def _numbers_of(values: Sequence[float]) -> str:
    return ", ".join(parts.value(float(each)) for each in values)


def _named(names: Sequence[str], chosen: np.ndarray) -> str:
    found = [name for name, yes in zip(names, chosen, strict=True) if yes]
    return ", ".join(found) or "none"
