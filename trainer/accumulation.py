"""The gradient of several batches, added up batch by batch."""

import tensorflow as tf


class Accumulator:
    """Sums of gradients over the examples of a group of batches, on each replica for itself.

    The sums are no part of a backup: one is written between groups.
    """

    def __init__(self, strategy: tf.distribute.Strategy, variables: list[tf.Variable]):
        """Makes sums of zero, as many values as the variables have, on every replica."""
        with strategy.scope():
            self._gradients = [_on_each_replica(tf.zeros(v.shape, v.dtype)) for v in variables]
            self._weight = _on_each_replica(tf.zeros((), tf.float32))

    def add(self, gradients: list[tf.Tensor], weight: tf.Tensor, scale: tf.Tensor) -> None:
        """Adds a batch, within a replica.

        Args:
            gradients: Gradient of this replica's loss, summed and divided by `scale`, for each
                variable.
            weight: Weight of its examples, `()`.
            scale: What undoes the division, so that each example counts with its weight however
                uneven the batches are, `()`.
        """
        for total, gradient in zip(self._gradients, gradients, strict=True):
            total.assign_add(scale * gradient)
        self._weight.assign_add(weight)

    def take(self) -> tuple[list[tf.Tensor], tf.Tensor]:
        """Returns this replica's summed gradients and their weight, and starts anew."""
        sums = [tf.identity(total) for total in (*self._gradients, self._weight)]
        for variable in (*self._gradients, self._weight):
            variable.assign(tf.zeros_like(variable))
        return sums[:-1], sums[-1]


def _on_each_replica(zeros: tf.Tensor) -> tf.Variable:
    """Makes a variable of which every replica has one of its own."""
    return tf.Variable(
        zeros,
        trainable=False,
        synchronization=tf.VariableSynchronization.ON_READ,
        aggregation=tf.VariableAggregation.SUM,
    )
