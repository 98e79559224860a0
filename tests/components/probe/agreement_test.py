"""What clients are answered beside what was evaluated, row by row."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from components.evaluator import predictions
from components.probe import agreement, client, outcome, requests
from schemas import tasks
from tests.components.probe import conftest as models

Came = list[outcome.Agreement | outcome.Finding]


def _check(
    model: tf.Module | models.InProcess, kept: list[predictions.Prediction], task: str
) -> Came:
    asked = dataclasses.replace(models.asked(), task=tasks.Settings(task))
    opened = models.InProcess(model) if isinstance(model, tf.Module) else model
    return list(agreement.check(asked, opened, kept, lambda what: None))


def _kept(texts: list[str], **answer: object) -> list[predictions.Prediction]:
    """What was seen of texts, each of which has the same answer."""
    values = {name: np.array([value]).reshape(-1) for name, value in answer.items()}
    return [
        predictions.Prediction(models.example(text, number), values)
        for number, text in enumerate(texts, start=2)
    ]


def _near_ties(count: int) -> Came:
    """Has as many rows of 4 end in the other of two labels that are as likely as each other."""
    half = {"probabilities": [0.5, 0.5]}
    tied = _kept(["o"] * count, label=b"good", **half)
    clear = _kept(["o"] * (4 - count), label=b"bad", **half)
    rows = [dataclasses.replace(row, answer=_objects(row.answer)) for row in (*tied, *clear)]
    return _check(models.Model(), rows, "classification")


def _objects(answer: predictions.Answer) -> dict[str, np.ndarray]:
    """Types an answer as a model's."""
    return {
        name: value.astype(np.float32 if value.dtype.kind == "f" else object)
        for name, value in answer.items()
    }


def test_one_near_tie_in_100_rows_is_let_pass() -> None:
    came = _near_ties(1)
    assert [(each.ties, each.differences) for each in came] == [(1, 0)] * 4


def test_more_near_ties_are_no_rounding() -> None:
    found, finding, *_ = _near_ties(2)
    assert (found.ties, found.differences) == (2, 2)
    assert finding.message.endswith(
        "Received: label 'bad' rather than 'good' for a.csv:2; 2 of 4 rows differ"
    )


class _Counted(models.InProcess):
    """Remembers how many rows each call had."""

    def __init__(self, model: tf.Module) -> None:
        super().__init__(model)
        self.calls: list[int] = []

    def ask(self, signature: str, inputs: client.Tensors) -> client.Reply:
        self.calls.append(len(next(iter(inputs.values()))))
        return super().ask(signature, inputs)


def test_rows_are_asked_alone_and_in_batches_of_32() -> None:
    opened = _Counted(models.Model())
    rows = [requests.row(models.example("good", i), ("text",)) for i in range(33)]
    answers = agreement.ask(opened, ("serving_default", agreement.TOGETHER), rows)
    assert opened.calls == [32, 1]
    assert len(answers) == 33
    agreement.ask(opened, ("serving_examples", agreement.ALONE), rows[:2])
    assert opened.calls == [32, 1, 1, 1]


class _Alone(models.Model):
    """Refuses batches."""

    def served(self, texts: tf.Tensor) -> tf.Tensor:
        tf.debugging.assert_equal(tf.size(texts), 1)
        return self.score(texts)


def test_of_a_batch_that_is_refused_the_first_row_is_named() -> None:
    rows = [requests.row(models.example("good", i), ("text",)) for i in (2, 3, 4)]
    told = r"^`serving_default` must answer real rows\. .*, for a\.csv:2 and 2 more$"
    with pytest.raises(agreement.Unanswered, match=told):
        agreement.ask(models.InProcess(_Alone()), ("serving_default", 32), rows)


class _Seeing(models.Model):
    """Takes pictures."""

    def signatures(self) -> dict:
        image = tf.TensorSpec([None], tf.string, name="image")
        look = tf.function(lambda image: {"label": image}).get_concrete_function(image=image)
        return {**super().signatures(), "serving_default": look}


def test_a_signature_that_takes_what_rows_have_not() -> None:
    came = _check(_Seeing(), _kept(["good"]), "classification")
    assert came == [
        outcome.Finding(
            "rows", "`serving_default` must take texts or examples alone. Received: image"
        )
    ]


class _Judged(models.Model):
    """Tells what stands for a mask, nothing of texts without one; and is judged apart."""

    def answer(self, scores: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"probabilities": tf.maximum(scores, 0.0)[:, None]}

    def score(self, texts: tf.Tensor) -> tf.Tensor:
        has_mask = tf.strings.regex_full_match(texts, r".*\[MASK\].*")
        return tf.where(has_mask, super().score(texts), 0.0)

    def judge(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"scores": tf.ones([tf.size(examples), 2])}

    def signatures(self) -> dict:
        examples = tf.TensorSpec([None], tf.string, name="examples")
        judged = tf.function(self.judge).get_concrete_function(examples=examples)
        return {**super().signatures(), "judged_examples": judged}


_TEXTS = ["o a o", "oo b oooo"]


def _judged(score: float) -> list[predictions.Prediction]:
    rows = _kept(_TEXTS, scores=[1.0, score])
    return [dataclasses.replace(row, answer=_objects(row.answer)) for row in rows]


def test_of_a_task_judged_apart_what_was_judged_and_what_clients_ask_are_compared() -> None:
    came = _check(_Judged(), _judged(1.0), "masked_language_model")
    assert came == [
        outcome.Agreement(signature, batch_size, reference, 2, 0.0, 0, 0)
        for signature, batch_size, reference in (
            ("judged_examples", 1, "the Evaluator"),
            ("judged_examples", 32, "the Evaluator"),
            ("serving_examples", 32, "`serving_examples` alone"),
            ("serving_default", 1, "`serving_examples` alone"),
            ("serving_default", 32, "`serving_examples` alone"),
        )
    ]


def test_skew_of_what_was_judged_apart() -> None:
    found, finding, *_ = _check(_Judged(), _judged(4.0), "masked_language_model")
    assert found.differences == 2
    assert finding.message == (
        "`judged_examples` at batch 1 must answer as the Evaluator saw, within 0.0001. Received: "
        "scores[1] 1 rather than 4 for a.csv:2; 2 of 2 rows differ"
    )


class _SkewedAtMasks(_Judged):
    """Reads masks of raw texts otherwise."""

    def served(self, texts: tf.Tensor) -> tf.Tensor:
        return 0.5 * self.score(texts)


def test_skew_shows_where_a_text_has_a_mask() -> None:
    came = _check(_SkewedAtMasks(), _judged(1.0), "masked_language_model")
    findings = [each for each in came if isinstance(each, outcome.Finding)]
    # Of "o [MASK] o" 2 in 1 + 10.
    assert [each.message for each in findings] == [
        f"`serving_default` at batch {size} must answer as `serving_examples` alone saw, within "
        "0.0001. Received: probabilities[0] 0.0909091 rather than 0.181818 for a.csv:2; 2 of 2 "
        "rows differ"
        for size in (1, 32)
    ]
