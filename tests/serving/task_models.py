"""Tiny models of each task, with the signatures of real ones, that answer what is known."""

import dataclasses
import json
import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

# What the language model writes, whatever the prompt, byte by byte.
# A token's id is its place and 5.
SCRIPT = "Größe 1, 2, 3: END of it."
_BYTES = [bytes([byte]) for byte in SCRIPT.encode()]
_END_ID = 3
_WORDS = tf.TensorSpec([None], tf.string)
_VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


Signatures = Mapping[str, tuple[Callable[..., Any], Mapping[str, tf.TensorSpec]]]


@dataclasses.dataclass(frozen=True)
class Model:
    """One task.

    Attributes:
        task: What `assets.extra/task.json` holds; None for no such file.
        signatures: Name to function and specs of its inputs.
    """

    task: dict[str, Any] | None
    signatures: Signatures

    def save(self, directory: pathlib.Path) -> None:
        """Writes it as one version."""
        concrete = {
            name: tf.function(function).get_concrete_function(
                **{key: tf.TensorSpec(spec.shape, spec.dtype, key) for key, spec in specs.items()}
            )
            for name, (function, specs) in self.signatures.items()
        }
        tf.saved_model.save(tf.Module(), str(directory), signatures=concrete)
        if self.task is not None:
            (directory / "assets.extra").mkdir()
            (directory / "assets.extra" / "task.json").write_text(json.dumps(self.task))


def _task(name: str, *texts: str, targets: tuple[str, ...] = ("label",)) -> dict[str, Any]:
    return {"name": name, "texts": list(texts), "targets": list(targets), "options": {}}


def _labels(names: list[str], probabilities: tf.Tensor) -> dict[str, tf.Tensor]:
    labels = tf.broadcast_to(tf.constant(names), tf.shape(probabilities))
    best = tf.argmax(probabilities, axis=-1)
    return {
        "label": tf.gather(tf.constant(names), best),
        "probability": tf.reduce_max(probabilities, axis=-1),
        "labels": labels,
        "probabilities": probabilities,
    }


def _share(text: tf.Tensor, sign: str) -> tf.Tensor:
    """Computes `(batch,)`: the part of a text's bytes that are a sign; half of an empty one's."""
    left = tf.strings.length(tf.strings.regex_replace(text, sign, ""))
    length = tf.cast(tf.strings.length(text), tf.float32)
    return tf.where(length > 0, 1.0 - tf.cast(left, tf.float32) / tf.maximum(length, 1.0), 0.5)


def _classify(text: tf.Tensor) -> dict[str, tf.Tensor]:
    good = _share(text, "!")
    return _labels(["negative", "<b>positive</b>"], tf.stack([1.0 - good, good], axis=1))


def _attend(text: tf.Tensor) -> dict[str, tf.Tensor]:
    """Tokens are words between marks; each attends to the first one, more so in later heads."""
    words = tf.strings.split(text)
    rows = words.nrows()
    marks = [tf.fill([rows, 1], mark) for mark in ("[CLS]", "[SEP]")]
    tokens = tf.concat([marks[0], words, marks[1]], axis=1).to_tensor("")
    count = tf.shape(tokens)[1]
    first = tf.one_hot(tf.zeros([count], tf.int32), count)
    weights = tf.stack([part * first + (1 - part) * tf.eye(count) for part in (0.0, 0.3, 0.6, 1.0)])
    weights = tf.reshape(weights, [1, 2, 2, count, count])
    return {
        "tokens": tokens,
        "token_ids": tf.cast(tf.strings.to_hash_bucket_fast(tokens, 1000), tf.int64),
        "weights": tf.tile(weights, [rows, 1, 1, 1, 1]),
    }


def _name(text: tf.Tensor) -> dict[str, tf.Tensor]:
    """Tells the tokens alone."""
    attended = _attend(text)
    return {name: attended[name] for name in ("tokens", "token_ids")}


def classification() -> Model:
    """Tells `<b>positive</b>` by the part of the text that is `!`; attends to `[CLS]`."""
    asked = {"text": _WORDS}
    signatures = {"serving_default": (_classify, asked), "attention": (_attend, asked)}
    return Model(_task("classification", "text"), signatures)


def pair() -> Model:
    """Tells whether two texts are as long as each other."""

    def answer(text: tf.Tensor, text_pair: tf.Tensor) -> dict[str, tf.Tensor]:
        same = tf.equal(tf.strings.length(text), tf.strings.length(text_pair))
        yes = tf.where(same, 0.9, 0.2)
        return _labels(["no", "yes"], tf.stack([1.0 - yes, yes], axis=1))

    asked = {"text": _WORDS, "text_pair": _WORDS}
    return Model(_task("classification", "text", "text_pair"), {"serving_default": (answer, asked)})


def multi_label() -> Model:
    """Tells of many labels, each with its own probability."""

    def answer(text: tf.Tensor) -> dict[str, tf.Tensor]:
        signs = "abcdefghijkl"
        shares = tf.stack([tf.minimum(4.0 * _share(text, sign), 1.0) for sign in signs], axis=1)
        answered = _labels([f"has {sign}" for sign in signs], shares)
        del answered["probability"]
        return answered

    return Model(_task("multi_label", "text"), {"serving_default": (answer, {"text": _WORDS})})


def regression() -> Model:
    """Tells a text's length, and twice that; has no attention."""

    def answer(text: tf.Tensor) -> dict[str, tf.Tensor]:
        length = tf.cast(tf.strings.length(text), tf.float32)
        values = tf.stack([length, 2.0 * length], axis=1)
        return {
            "values": values,
            "targets": tf.broadcast_to(tf.constant(["one", "two"]), tf.shape(values)),
        }

    task = _task("regression", "text", targets=("one", "two"))
    asked = {"text": _WORDS}
    return Model(task, {"serving_default": (answer, asked), "tokens": (_name, asked)})


def question_answering() -> Model:
    """Answers with as many signs of the context as the question has, from the second one on."""

    def answer(question: tf.Tensor, context: tf.Tensor) -> dict[str, tf.Tensor]:
        length = tf.strings.length(question, unit="UTF8_CHAR")
        end = tf.minimum(1 + length, tf.strings.length(context, unit="UTF8_CHAR"))
        start = tf.minimum(tf.ones_like(end), end)
        told = tf.strings.substr(context, start, end - start, unit="UTF8_CHAR")
        start, end = (tf.cast(place, tf.int64) for place in (start, end))
        return {"answer": told, "start": start, "end": end, "score": tf.fill(tf.shape(start), 0.75)}

    asked = {"question": _WORDS, "context": _WORDS}
    task = _task("question_answering", "question", "context", targets=("answer",))
    return Model(task, {"serving_default": (answer, asked)})


def translation() -> Model:
    """Writes a text in capitals; each word attends to its own."""

    def answer(text: tf.Tensor) -> dict[str, tf.Tensor]:
        score = tf.fill(tf.shape(text), -1.5)
        return {
            "translation": tf.strings.upper(text),
            "score": score,
            "log_probability": 2.0 * score,
        }

    def attend(text: tf.Tensor) -> dict[str, tf.Tensor]:
        source = _attend(text)
        tokens = tf.strings.upper(source["tokens"])[:, 1:]
        count = tf.shape(tokens)[1]
        weights = tf.tile(
            tf.eye(count, count + 1)[None, None, None], [tf.shape(text)[0], 2, 2, 1, 1]
        )
        return {
            "tokens": source["tokens"],
            "token_ids": source["token_ids"],
            "target_tokens": tokens,
            "target_ids": source["token_ids"][:, 1:],
            "weights": weights,
        }

    asked = {"text": _WORDS}
    signatures = {"serving_default": (answer, asked), "cross_attention": (attend, asked)}
    return Model(_task("translation", "text"), signatures)


def masked_language_model() -> Model:
    """Fills every mask with the same words."""

    def answer(text: tf.Tensor) -> dict[str, tf.Tensor]:
        masks = tf.shape(tf.strings.split(text, "[MASK]").to_tensor())[1] - 1
        shape = [tf.shape(text)[0], masks, 2]
        return {
            "masks": tf.fill(tf.shape(text), masks),
            "tokens": tf.broadcast_to(tf.constant(["warm", "##th"]), shape),
            "probabilities": tf.broadcast_to(tf.constant([0.7, 0.1]), shape),
        }

    task = _task("masked_language_model", "text", targets=())
    return Model(task, {"serving_default": (answer, {"text": _WORDS})})


def plain() -> Model:
    """A model that tells of no task: a number, a list and a text in."""

    def answer(a: tf.Tensor, many: tf.Tensor, note: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"twice": 2.0 * a, "sum": tf.reduce_sum(many, axis=1), "note": note}

    many = tf.TensorSpec([None, 2], tf.float32)
    asked = {"a": tf.TensorSpec([None], tf.float32), "many": many, "note": _WORDS}
    return Model(None, {"serving_default": (answer, asked)})


def language_model() -> Model:
    """Writes `SCRIPT`, and then the text is at its end."""

    def score(text: tf.Tensor) -> dict[str, tf.Tensor]:
        tokens = tf.strings.length(text) + 1
        nats = 2.0 * tf.cast(tokens, tf.float32)
        return {
            "log_probability": -nats,
            "tokens": tokens,
            "perplexity": tf.exp(nats / tf.cast(tokens, tf.float32)),
            "bits_per_character": nats / 0.6931472,
        }

    each = {"text": tf.string, "max_new_tokens": tf.int32, "temperature": tf.float32}
    each |= {"top_k": tf.int32, "top_p": tf.float32}
    each |= {"repetition_penalty": tf.float32, "seed": tf.int64}
    asked = {name: tf.TensorSpec([None], dtype) for name, dtype in each.items()}
    asked["stop"] = tf.TensorSpec([None, None], tf.string)
    turns = {"turns": tf.TensorSpec([], tf.int32)}
    states = {
        f"state_{i:02}": tf.TensorSpec([None], t)
        for i, t in enumerate((tf.int32, tf.int32, tf.bool))
    }
    signatures = {
        "serving_default": (score, {"text": _WORDS}),
        "attention": (_attend, {"text": _WORDS}),
        "generate_start": (_start, {**asked, **turns}),
        "generate_more": (_part, {**states, **turns}),
    }
    return Model(_task("language_model", "text", targets=()), signatures)


def _start(
    text: tf.Tensor,
    max_new_tokens: tf.Tensor,
    stop: tf.Tensor,
    turns: tf.Tensor,
    **wished: tf.Tensor,
) -> dict[str, tf.Tensor]:
    """Finds out how many tokens there will be: up to a stop, the end, or as many as are wished."""
    refused = tf.debugging.Assert(
        tf.reduce_all(wished["temperature"] >= 0), ["`temperature` must be 0 or more."]
    )
    beginnings = [SCRIPT.encode()[: i + 1] for i in range(len(_BYTES))]
    pattern = tf.strings.join(["(?s).+", tf.strings.reduce_join(stop, separator="|"), "$"])
    has_stop = tf.strings.length(tf.strings.reduce_join(stop)) > 0
    ends = tf.strings.regex_full_match(tf.constant(beginnings), pattern) & has_stop
    places = tf.where(ends)[:, 0]
    end = tf.reduce_min(tf.concat([tf.cast(places, tf.int32), [len(_BYTES)]], axis=0)) + 1
    with tf.control_dependencies([refused]):
        limits = tf.minimum(max_new_tokens, end)
    is_stopped = tf.fill(tf.shape(text), True) & (limits >= end)
    return _part(turns, tf.zeros_like(limits), limits, is_stopped)


def _part(
    turns: tf.Tensor, state_00: tf.Tensor, state_01: tf.Tensor, state_02: tf.Tensor
) -> dict[str, tf.Tensor]:
    """Writes on after so many tokens, up to so many, and tells whether that is the end."""
    count, limits, is_stopped = state_00, state_01, state_02
    new = tf.minimum(turns, limits - count)
    places = count[:, None] + tf.range(tf.reduce_max(new))
    is_new = places < (count + new)[:, None]
    ids = tf.gather([*range(5, 5 + len(_BYTES)), _END_ID], places)
    done = count + new >= limits
    return {
        "tokens": new,
        "token_ids": tf.where(is_new, ids, 0),
        "pieces_bytes": tf.where(is_new, tf.gather([*_BYTES, b""], places), b""),
        "stopped": is_stopped & done,
        "done": done,
        "state_00": count + new,
        "state_01": limits,
        "state_02": is_stopped,
    }
