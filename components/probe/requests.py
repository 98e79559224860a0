"""Rows as requests: the texts of an example, and what each signature takes of them."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from components.evaluator import predictions
from components.probe import client
from schemas import features, masked_language_model

# What serialized examples are called: by ours, and by TensorFlow Serving's classify and regress.
_EXAMPLES = (
    predictions.EXAMPLES,
    tf.saved_model.CLASSIFY_INPUTS,
    tf.saved_model.REGRESS_INPUTS,
)
# What a signature may ask beside texts: wishes that any model of ours grants, few tokens long.
_WISHES: Mapping[str, np.ndarray] = {
    "max_new_tokens": np.array([8], np.int32),
    "temperature": np.array([1.0], np.float32),
    "top_k": np.array([0], np.int32),
    "top_p": np.array([1.0], np.float32),
    "repetition_penalty": np.array([1.0], np.float32),
    "seed": np.array([7], np.int64),
    "stop": np.array([[b""]], object),
    "beam_size": np.array([2], np.int32),
    "length_penalty": np.array([1.0], np.float32),
}


@dataclasses.dataclass(frozen=True)
class Row:
    """A row as clients send it.

    Attributes:
        name: Names it to people: file and line, or what is peculiar about it.
        example: As a serialized tf.Example, with all else that the split has of it.
        texts: Feature to its text, UTF-8 as a rule.
    """

    name: str
    example: bytes
    texts: Mapping[str, bytes]

    def with_texts(self, name: str, texts: Mapping[str, bytes]) -> "Row":
        """Makes another row of this one by other texts."""
        example = tf.train.Example.FromString(self.example)
        for feature, text in texts.items():
            example.features.feature[feature].bytes_list.value[:] = [text]
        return Row(name, example.SerializeToString(), {**self.texts, **texts})


def row(example: bytes, text_features: Sequence[str]) -> Row:
    """Reads a row of the test split; a text that it lacks is empty."""
    of = tf.train.Example.FromString(example).features.feature
    values = {
        name: next(iter(of[name].bytes_list.value), b"")
        for name in (*text_features, features.ORIGIN)
    }
    name = values.pop(features.ORIGIN).decode("utf-8", "replace")
    return Row(name or "a row without an origin", example, values)


def masked(asked: Row) -> Row:
    """Puts a mask in the place of the middle word of a row's text."""
    [(feature, text)] = asked.texts.items()
    words = text.split() or [b""]
    words[len(words) // 2] = masked_language_model.MASK.encode()
    return asked.with_texts(asked.name, {feature: b" ".join(words)})


def inputs(spec: client.Signature, rows: Sequence[Row]) -> dict[str, np.ndarray] | None:
    """Makes what a signature takes: texts, examples, and wishes that hold for all rows.

    Args:
        spec: What it asks for.
        rows: One at least.

    Returns:
        Input to value, `(len(rows),)` or for all rows alike `(1,)`; None where one of them is
        nothing that is known here.
    """
    known = {**_WISHES, **of_examples(rows), **of_texts(rows)}
    return (
        {name: known[name] for name in spec.inputs} if known.keys() >= spec.inputs.keys() else None
    )


def of_examples(rows: Sequence[Row]) -> dict[str, np.ndarray]:
    """Makes what signatures of serialized examples take, by every name of it."""
    return dict.fromkeys(_EXAMPLES, strings([each.example for each in rows]))


def of_texts(rows: Sequence[Row]) -> dict[str, np.ndarray]:
    """Makes what signatures of raw texts take."""
    return {name: strings([each.texts[name] for each in rows]) for name in rows[0].texts}


def strings(values: Sequence[bytes]) -> np.ndarray:
    """Makes an array of strings `(len(values),)`; NumPy's own type would cut trailing NULs off."""
    return np.array(values, object)
