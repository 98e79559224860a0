"""How much each label counts in the loss."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import tensorflow as tf

from schemas import errors

# As in `train.class_weights`.
ClassWeights = Literal["balanced"] | Mapping[str, float] | None

_QUOTED = 20  # labels in a message


def of_classes(
    wanted: ClassWeights, labels: Sequence[str], label_sets: tf.data.Dataset
) -> tf.Tensor:
    """Weighs the classes of rows that have one label each.

    Args:
        wanted: None weighs all alike. `balanced` gives a class n / (k n_c), where n_c of n rows
            have it and k classes occur: each counts as much as any other. A mapping gives those
            that it names their weights, and the others 1.
        labels: The classes, in the order of their ids.
        label_sets: The labels of each row of the train split, 0 or 1, int64 `(num_labels,)`.

    Returns:
        Float32 `(num_labels,)`.

    Raises:
        DataError: If the mapping names what is no label.

    References:
        King and Zeng 2001, "Logistic Regression in Rare Events Data", as scikit-learn's
        `compute_class_weight` has it
    """
    if not isinstance(wanted, str):
        return tf.constant(_given(wanted, labels))
    counts, rows = _count(label_sets, len(labels))
    # A class that never occurs in train weighs nothing there, and is no reason to divide by 0.
    balanced = rows / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return tf.constant(balanced.astype(np.float32))


def of_labels(
    wanted: ClassWeights, labels: Sequence[str], label_sets: tf.data.Dataset
) -> tf.Tensor:
    """Weighs yes and no of each label, of rows that have any number of them.

    Args:
        wanted: None weighs all alike. `balanced` takes each label for a question of two classes, no
            and yes, and weighs them as `of_classes` does. A mapping gives the weight of a yes;
            that of a no stays 1.
        labels: The labels, in the order of their ids.
        label_sets: As for `of_classes`.

    Returns:
        Float32 `(2, num_labels)`: weights of no, and of yes.

    Raises:
        DataError: If the mapping names what is no label.
    """
    if not isinstance(wanted, str):
        yes = _given(wanted, labels)
        return tf.constant(np.stack([np.ones_like(yes), yes]))
    counts, rows = _count(label_sets, len(labels))
    of_both = np.stack([rows - counts, counts])
    balanced = rows / (np.count_nonzero(of_both, axis=0) * np.maximum(of_both, 1))
    return tf.constant(balanced.astype(np.float32))


def _given(wanted: Mapping[str, float] | None, labels: Sequence[str]) -> np.ndarray:
    """Takes the weights that were given, 1 for the rest."""
    wanted = wanted or {}
    unknown = sorted(set(wanted) - set(labels))
    if unknown:
        raise errors.DataError(
            f"`train.class_weights` must name labels of the train split ({_quote(labels)}). "
            f"Received: {_quote(unknown)}"
        )
    return np.array([wanted.get(label, 1.0) for label in labels], np.float32)


def _quote(labels: Sequence[str]) -> str:
    quoted = ", ".join(repr(label) for label in labels[:_QUOTED])
    more = len(labels) - _QUOTED
    return quoted if more <= 0 else f"{quoted} and {more:,} others"


def _count(label_sets: tf.data.Dataset, num_labels: int) -> tuple[np.ndarray, int]:
    """Counts in one pass how many rows have each label, and how many rows there are."""
    nothing = tf.zeros(num_labels, tf.int64), tf.constant(0, tf.int64)
    counts, rows = label_sets.reduce(nothing, lambda sums, row: (sums[0] + row, sums[1] + 1))
    return counts.numpy(), int(rows)
