"""Rows as requests."""

import numpy as np
import tensorflow as tf

from components.probe import client, requests
from tests.components.probe import conftest as models


def _signature(*names: str) -> client.Signature:
    return client.Signature({name: client.Spec("string", (None,)) for name in names}, {})


def _row(text: str = "a film") -> requests.Row:
    return requests.row(models.example(text, 7), ("text", "text_pair"))


def test_a_row_knows_its_texts_and_where_it_came_from() -> None:
    assert _row().texts == {"text": b"a film", "text_pair": b""}
    assert _row().name == "a.csv:7"


def test_a_row_by_other_texts_has_the_rest_as_it_was() -> None:
    changed = _row().with_texts("empty", {"text": b""})
    features = tf.train.Example.FromString(changed.example).features.feature
    assert list(features["text"].bytes_list.value) == [b""]
    assert list(features["origin"].bytes_list.value) == [b"a.csv:7"]
    assert changed.texts == {"text": b"", "text_pair": b""}
    assert changed.name == "empty"


def test_the_middle_word_is_masked() -> None:
    for text, masked in (("a b c", b"a [MASK] c"), ("a b", b"a [MASK]"), (" ", b"[MASK]")):
        row = requests.masked(requests.row(models.example(text, 1), ("text",)))
        assert row.texts == {"text": masked}


def test_a_signature_gets_what_it_asks_for() -> None:
    rows = [_row("one"), _row("two")]
    pair = requests.inputs(_signature("text", "text_pair"), rows)
    assert {name: value.tolist() for name, value in pair.items()} == {
        "text": [b"one", b"two"],
        "text_pair": [b"", b""],
    }
    # TensorFlow Serving's own methods, classify and regress, call them inputs.
    for asked in ("examples", "inputs"):
        [(name, examples)] = requests.inputs(_signature(asked), rows).items()
        assert (name, examples.tolist()) == (asked, [row.example for row in rows])
    wished = requests.inputs(_signature("text", "seed", "top_p"), rows)
    assert (wished["seed"].tolist(), wished["top_p"].dtype) == ([7], np.float32)


def test_an_input_that_nobody_knows_is_told() -> None:
    assert requests.inputs(_signature("text", "image"), [_row()]) is None


def test_trailing_nuls_are_kept() -> None:
    assert requests.strings([b"a\0", b"bb"]).tolist() == [b"a\0", b"bb"]
