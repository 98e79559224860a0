"""Labels to ids, explicitly: a label that is not among the known ones stops the run by its name."""

import functools
import math
import string
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
import tensorflow_transform as tft

from components.transform import vocabulary
from schemas import errors, features

MAX_LABELS = 1000  # more are most likely a column of another kind: a number, a text, an id
NO_LABEL_ID = -1

_QUOTED_UNKNOWN = 5  # labels in a message
_QUOTED_KNOWN = 20


def label_ids(labels: tf.Tensor, known: Sequence[str] | None = None) -> tf.Tensor:
    """Turns labels into their line numbers in the asset `features.LABEL_VOCABULARY`.

    White space around a label is no part of it. A request to the served model has no label: there,
    Transform fills in empty strings. A batch in which every label is empty gets `NO_LABEL_ID`
    therefore; an empty label among others is an unknown one.

    Args:
        labels: String tensor `(batch,)`.
        known: The labels in the order of their ids; by default, those of the analyzed split, sorted
            as numbers when all are numbers, else by code point.

    Returns:
        Int64 tensor `(batch,)`.

    Raises:
        DataError: In the analysis, if the labels break a rule of `find_labels`.
        InvalidArgumentError: In the graph, at an unknown label; its text has a line that reads as
            that of a `DataError`.
    """
    labels = _clean(labels)
    return _look_up(labels, tf.reduce_any(labels != ""), known)


def label_sets(
    joined: tf.Tensor, separator: str, known: Sequence[str] | None = None
) -> tf.SparseTensor:
    """Turns joined labels, such as `red|green`, into the ids of each row's labels.

    White space around a label is no part of it, and an empty one is none: a separator alone says
    that a row has no label. A label that is said twice counts once.

    Args:
        joined: String tensor `(batch,)`.
        separator: What stands between two labels.
        known: As for `label_ids`.

    Returns:
        Int64 tensor `(batch, None)`, the ids of each row's labels in ascending order.

    Raises:
        DataError: As `label_ids`.
        InvalidArgumentError: As `label_ids`.
    """
    parts = tf.strings.split(_valid(joined), separator)
    parts = parts.with_flat_values(_clean(parts.flat_values))
    parts = tf.ragged.boolean_mask(parts, parts != "")
    ids = parts.with_flat_values(_look_up(parts.flat_values, tf.constant(True), known))
    # As a sparse set without order or repetition: Transform would take a repeated index for two.
    return tf.sets.union(ids.to_sparse(), ids.to_sparse())


def _valid(labels: tf.Tensor) -> tf.Tensor:
    return tf.strings.unicode_transcode(labels, "UTF-8", "UTF-8")


def _clean(labels: tf.Tensor) -> tf.Tensor:
    return tf.strings.strip(_valid(labels))


def _look_up(labels: tf.Tensor, is_told: tf.Tensor, known: Sequence[str] | None) -> tf.Tensor:
    """Turns clean labels `(any,)` into ids, and stops at an unknown one where labels are told."""
    given = None if known is None else [label.strip(string.whitespace) for label in known]
    path, known_text = vocabulary.analyze(
        labels,
        features.LABEL_VOCABULARY,
        functools.partial(find_labels, given=given),
        limit=MAX_LABELS + 1,
        companion=tf.TensorSpec([], tf.string),
    )
    ids = tft.apply_vocabulary(labels, path, default_value=NO_LABEL_ID)
    return ids + _stop_at(labels, is_told & (ids == NO_LABEL_ID), known_text)


def find_labels(
    counted: vocabulary.Counted, given: Sequence[str] | None = None
) -> vocabulary.Learned:
    """Takes the given labels, or the counted ones in order; the companion quotes them for messages.

    Raises:
        DataError: If the labels are fewer than 2 or more than `MAX_LABELS`, one is not one line,
            or one that was counted is not among the given.
    """
    found = [label for label, _ in counted.most_frequent]
    if given is None:
        labels = _sort(found)
        _check(labels, counted.distinct, "in the train split")
    else:
        labels = list(dict.fromkeys(given))
        _check(labels, len(labels), "given")
    known_text = _quote(labels, _QUOTED_KNOWN)
    unknown = sorted(set(found) - set(labels))
    if unknown:
        raise errors.DataError(
            f"`label` must be one of {known_text}. "
            f"Received: {_quote(unknown, _QUOTED_UNKNOWN)} in the train split"
        )
    return vocabulary.Learned(labels, np.array(known_text.encode(), dtype=object))


def _check(labels: Sequence[str], count: int, place: str) -> None:
    """Refuses labels that do not make a classification.

    Args:
        labels: The labels, or as many as there was room for.
        count: How many there are.
        place: Where they are from, for messages.
    """
    if not 2 <= count <= MAX_LABELS:
        examples = (
            f", such as {_quote(labels[:_QUOTED_UNKNOWN], _QUOTED_UNKNOWN)}" if labels else ""
        )
        raise errors.DataError(
            f"`label` must have 2 to {MAX_LABELS:,} different values. "
            f"Received: {count:,} {place}{examples}"
        )
    broken = [label for label in labels if len(label.splitlines()) != 1]
    if broken:
        raise errors.DataError(
            "`label` must be one line that is not empty. "
            f"Received: {_quote(broken, _QUOTED_UNKNOWN)} {place}"
        )


def _sort(labels: Sequence[str]) -> list[str]:
    """Sorts as numbers when all are numbers, so that 10 comes after 9; else by code point."""
    try:
        numbers = {label: float(label) for label in labels}
    except ValueError:
        return sorted(labels)
    if not all(map(math.isfinite, numbers.values())):
        return sorted(labels)
    return sorted(labels, key=lambda label: (numbers[label], label))


def _quote(labels: Sequence[str], most: int) -> str:
    """Lists labels in quotes, the first `most` of them."""
    quoted = ", ".join(repr(label) for label in labels[:most])
    return quoted if len(labels) <= most else f"{quoted} and {len(labels) - most:,} others"


def _stop_at(labels: tf.Tensor, unknown: tf.Tensor, known_text: tf.Tensor) -> tf.Tensor:
    """Returns an int64 0 `()`, or fails with a message that names the unknown labels.

    A text that is no number makes `to_number` fail with that very text. `tf.debugging.Assert` would
    escape every byte of it that is not ASCII, and an op with a side effect is not pruned from the
    graph that serves.
    """
    distinct = tf.unique(tf.boolean_mask(labels, unknown)).y[:_QUOTED_UNKNOWN]
    message = tf.strings.join(
        [
            f"\n{errors.DataError.__name__}: `label` must be one of ",
            known_text,
            ". Received: ",
            tf.strings.reduce_join(tf.strings.join(["'", distinct, "'"]), separator=", "),
            "\n",
        ]
    )
    return tf.strings.to_number(tf.where(tf.reduce_any(unknown), message, "0"), tf.int64)
