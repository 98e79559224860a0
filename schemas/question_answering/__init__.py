"""Extractive question answering: the part of a context that answers a question."""

import typing
from collections.abc import Mapping

from schemas import features, metrics, tasks

# Option: what stands between the answers of a row that has several right ones, and between their
# starts; without it, it has one.
SEPARATOR = "separator"
# Option: tokens of an answer at most.
MAX_ANSWER_TOKENS = "max_answer_tokens"

# Segment ids: of the question and all that is not the context, of the context, and of those of its
# tokens that stand in the question, too.
QUESTION, CONTEXT, SHARED = range(3)

METRICS = {
    "exact_match": metrics.Metric(
        True,
        1.0,
        "share of answers that are a right one, articles and punctuation apart",
        mean_of_rows=True,
    ),
    "f1": metrics.Metric(
        True,
        1.0,
        "harmonic mean of the shares of words that answer and truth share; mean of rows",
        mean_of_rows=True,
    ),
}


class Contract(tasks.Contract):
    """Two texts, a question and its context; the label is a part of the context."""

    min_texts = 2
    max_texts = 2
    options = (SEPARATOR, MAX_ANSWER_TOKENS)
    has_starts = True
    # Many questions are asked about one context, and windows cut nothing off it.
    needless_checks = ("near_duplicates", "truncation")

    def training_features(self, settings: tasks.Settings) -> dict[str, tasks.Kind]:
        """Lists the answer and where it starts: a whole number, or several, written as text."""
        return {**super().training_features(settings), features.ANSWER_START: "text"}

    def split_by(self, settings: tasks.Settings) -> tuple[str, ...]:
        """Keeps the questions on one context in one split: else the test's were learned from."""
        return settings.texts[1:]

    def fault(
        self,
        settings: tasks.Settings,
        values: Mapping[str, bytes | float],
        columns: Mapping[str, str],
    ) -> str | None:
        """Tells which answer does not stand in the context where it is said to."""
        [_, context], [target] = settings.texts, settings.targets
        answer, start = columns[target], columns[features.ANSWER_START]
        text, answers, starts = (
            typing.cast(bytes, values[name]).decode("utf-8")
            for name in (context, target, features.ANSWER_START)
        )
        said = split_answers(settings, answers)
        places = split_answers(settings, starts)
        if len(said) != len(places):
            return (
                f"`{start}` must have a number for each answer. "
                f"Received: {len(places)} for {len(said)}"
            )
        for place, wanted in zip(places, said, strict=True):
            if not (place.isascii() and place.isdigit()):
                return f"`{start}` must be a whole number from 0. Received: {place[:20]!r}"
            found = text[int(place) : int(place) + len(wanted)]
            if not wanted.strip():
                return f"`{answer}` must not be empty. Received: {wanted!r}"
            if found != wanted:
                return (
                    f"`{answer}` must stand in `{columns[context]}` at `{start}`, in code points. "
                    f"Received: {_short(wanted)} at {place}, where {_short(found)} stands"
                )
        return None

    def metrics(self, settings: tasks.Settings) -> Mapping[str, metrics.Metric]:
        """Lists the metrics."""
        return METRICS

    def watched(self, settings: tasks.Settings) -> Mapping[str, bool]:
        """Watches the windows in which both ends of the answer are found."""
        return {"span_accuracy": True}

    def bounds(self, settings: tasks.Settings) -> tasks.Bounds:
        """Asks for more than any part of a context shares with an answer by chance."""
        return tasks.Bounds(floor={"f1": 0.1}, metric="f1")


def split_answers(settings: tasks.Settings, joined: str) -> list[str]:
    """Takes the answers of a row apart, or their starts."""
    separator = settings.options.get(SEPARATOR)
    return joined.split(separator) if separator else [joined]


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


CONTRACT = Contract()
