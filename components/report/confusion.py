"""Which labels are taken for which."""

import dataclasses

import numpy as np

from components.report import contents, labels, parts

MAX_LABELS = 8  # of a whole matrix
MAX_PAIRS = 20


@dataclasses.dataclass(frozen=True)
class Cell:
    """Rows of a label that got an answer.

    Attributes:
        count: How many.
        share: Of the rows with that label.
    """

    count: int
    share: float


@dataclasses.dataclass(frozen=True)
class Section:
    """A confusion matrix, whole or its worst pairs.

    Attributes:
        labels: Names, in the order of rows and columns; empty where there are too many.
        rows: Cells of each true label, by answered label.
        pairs: The most confused pairs, where there are too many labels for a matrix.
    """

    labels: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    pairs: parts.Table | None


def matrix(true: np.ndarray, answered: np.ndarray, num_labels: int) -> np.ndarray:
    """Counts rows by true label (row) and answered label (column), `(num_labels, num_labels)`."""
    flat = np.bincount(true * num_labels + answered, minlength=num_labels**2)
    counted: np.ndarray = flat.reshape(num_labels, num_labels)
    return counted


def build(found: contents.Contents) -> Section | None:
    """Counts what the judged model confuses; None where a row has not one label."""
    answers = found.answers
    if not answers.labels or labels.has_several(answers) or not len(answers.truths):
        return None
    true = answers.truths[:, 0].astype(np.int64)
    answered = answers.given[found.judged].argmax(axis=1)
    counts = matrix(true, answered, len(answers.labels))
    if len(answers.labels) > MAX_LABELS:
        return Section((), (), _pairs(counts, answers.labels))
    whole = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    rows = tuple(
        tuple(Cell(int(count), float(share)) for count, share in zip(*row, strict=True))
        for row in zip(counts, counts / whole, strict=True)
    )
    return Section(answers.labels, rows, None)


def _pairs(counts: np.ndarray, names: tuple[str, ...]) -> parts.Table:
    apart = counts - np.diag(np.diag(counts))
    worst = np.argsort(-apart.ravel(), kind="stable")[:MAX_PAIRS]
    rows = []
    for place in worst:
        true, answered = divmod(int(place), len(names))
        count = int(apart[true, answered])
        if count:
            share = count / counts[true].sum()
            rows.append((names[true], names[answered], f"{count:,}", f"{share:.1%}"))
    heads = ("True label", "answered", "rows", "of the label's rows")
    caption = f"The most confused of {len(names)} labels"
    return parts.Table(caption, heads, tuple(rows), texts=(0, 1))
