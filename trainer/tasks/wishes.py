"""What a request may ask of a signature beside its texts: rules that hold for each row."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import tensorflow as tf

from trainer.tasks import task

# More would take a server's memory for a request that nobody waits for.
MAX_NEW_TOKENS = 65_536


class Rule(NamedTuple):
    """What values of an input hold.

    Attributes:
        name: Of the input.
        says: The rule in words, after "must be".
        holds: Tells where it is kept: `(any,)` to booleans of that shape.
    """

    name: str
    says: str
    holds: Callable[[tf.Tensor], tf.Tensor]


def of_rows(
    wishes: Mapping[str, tf.Tensor], rules: Sequence[Rule], rows: tf.Tensor
) -> task.Tensors:
    """Refuses what cannot be granted, and tells each row its own.

    Args:
        wishes: Input to its values, `(rows,)`, or `(1,)` for all rows alike.
        rules: Those of the inputs.
        rows: How many there are, int32 `()`.
    """
    with tf.control_dependencies([_check(rule, wishes[rule.name]) for rule in rules]):
        return {name: tf.broadcast_to(wish, [rows]) for name, wish in wishes.items()}


def _check(rule: Rule, values: tf.Tensor) -> tf.Operation:
    return tf.debugging.Assert(
        tf.reduce_all(rule.holds(values)),
        [f"`{rule.name}` must be {rule.says}. Received: ", values],
    )
