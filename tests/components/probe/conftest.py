"""Models made on the spot, each with one fault, and what was seen of a sound one."""

import dataclasses
import pathlib
from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from components.evaluator import predictions
from components.probe import client, config, server, settings
from schemas import tasks

TEXTS = ["good", "bad film", "a good good film", "film"]


class Model(tf.Module):
    """Says how likely a text is good: by its share of the letter o. Subclasses have a fault."""

    def score(self, texts: tf.Tensor) -> tf.Tensor:
        letters = tf.strings.length(tf.strings.regex_replace(texts, b"[^o]", b""))
        return tf.cast(letters, tf.float32) / tf.cast(1 + tf.strings.length(texts), tf.float32)

    def served(self, texts: tf.Tensor) -> tf.Tensor:
        """The score of a raw text."""
        return self.score(texts)

    def answer(self, scores: tf.Tensor) -> dict[str, tf.Tensor]:
        probabilities = tf.stack([1.0 - scores, scores], axis=1)
        names = tf.constant(["bad", "good"])
        return {
            "label": tf.gather(names, tf.argmax(probabilities, axis=1)),
            "probabilities": probabilities,
        }

    def raw(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        return self.answer(self.served(text))

    def examples(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        spec = {"text": tf.io.FixedLenFeature([], tf.string)}
        return self.answer(self.score(tf.io.parse_example(examples, spec)["text"]))

    def signatures(self) -> dict[str, Callable]:
        texts = tf.TensorSpec([None], tf.string, name="text")
        examples = tf.TensorSpec([None], tf.string, name="examples")
        return {
            "serving_default": tf.function(self.raw).get_concrete_function(text=texts),
            "serving_examples": tf.function(self.examples).get_concrete_function(examples=examples),
        }


def example(text: str, number: int) -> bytes:
    """Makes a row of the test split."""
    made = tf.train.Example()
    made.features.feature["text"].bytes_list.value.append(text.encode())
    made.features.feature["origin"].bytes_list.value.append(f"a.csv:{number}".encode())
    return made.SerializeToString()


@pytest.fixture(scope="session")
def seen() -> list[predictions.Prediction]:
    """What an Evaluator saw of the sound model; values alone have an axis, as TFMA gives them."""
    examples = [example(text, number) for number, text in enumerate(TEXTS, start=2)]
    answers = Model().examples(tf.constant(examples))
    return [
        predictions.Prediction(
            row, {name: np.atleast_1d(value.numpy()[i, ...]) for name, value in answers.items()}
        )
        for i, row in enumerate(examples)
    ]


def saved(model: tf.Module, directory: pathlib.Path) -> str:
    """Exports a model."""
    tf.saved_model.save(model, str(directory), signatures=model.signatures())
    return str(directory)


def asked(**probe: object) -> settings.Settings:
    """What is asked of them, with keys of the section."""
    return settings.Settings(
        "reviews", config.ProbeConfig(**probe), tasks.Settings("classification")
    )


class InProcess:
    """What a session is to those who ask, without a process."""

    def __init__(self, model: tf.Module) -> None:
        self._functions = model.signatures()
        self.signatures = {
            name: client.Signature(
                _specs(_inputs(function)),
                _specs(function.structured_outputs),
            )
            for name, function in self._functions.items()
        }

    def ask(self, signature: str, inputs: client.Tensors) -> client.Reply:
        told = server.answer(tf, self._functions, client.order(signature, inputs))
        return dataclasses.replace(client.reply(told), seconds=0.001)


def _inputs(function: tf.types.experimental.ConcreteFunction) -> dict[str, tf.TensorSpec]:
    """Names inputs, which a function that was not loaded may take by place."""
    places, names = function.structured_input_signature
    return {spec.name: spec for spec in (*places, *names.values())}


def _specs(specs: dict[str, tf.TensorSpec]) -> dict[str, client.Spec]:
    return {
        name: client.Spec(spec.dtype.name, tuple(spec.shape.as_list()))
        for name, spec in specs.items()
    }
