"""One step of training and of judging, the same for one replica and for many.

Every replica is handed the whole global batch and takes each n-th row of it, so the replicas' work
adds up to what one replica would do, dropout apart, for whatever size a bucket's last batch has.
"""

import dataclasses
from collections.abc import Callable

import keras
import tensorflow as tf

from trainer import accumulation
from trainer import input as input_lib
from trainer.tasks import task as task_lib

# Totals and weights, summed over examples: both `()`.
Sums = dict[str, task_lib.Weighted]


@dataclasses.dataclass(frozen=True)
class Steps:
    """The compiled steps; two take a global batch and return sums over its examples.

    Attributes:
        train: Trains on a batch; gives the sums of `loss`, with all that regularizes it. It updates
            the model by the gradient of the batch's mean loss where a group is one batch, and adds
            to the group's gradient else.
        update: Ends a group: updates the model by the gradient of the mean loss of all its batches.
            Does nothing where `train` has done so.
        judge: Changes nothing; gives the sums of the plain `loss` and of the task's metrics.
    """

    train: Callable[[input_lib.Batch], Sums]
    update: Callable[[], None]
    judge: Callable[[input_lib.Batch], Sums]


def build(
    strategy: tf.distribute.Strategy,
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    objective: task_lib.Objective,
    element_spec: tuple,
    accumulate_batches: int = 1,
) -> Steps:
    """Compiles the steps for batches of `element_spec`, once for all lengths.

    Args:
        strategy: Over which replicas the batches are dealt.
        model: What is trained.
        optimizer: Built for the model's variables.
        objective: Loss and metrics.
        element_spec: What a batch looks like.
        accumulate_batches: Batches in a group, which make one step of the optimizer together.
    """
    num_replicas = strategy.num_replicas_in_sync
    variables = [v.value for v in model.trainable_variables]
    accumulator = accumulation.Accumulator(strategy, variables) if accumulate_batches > 1 else None

    def train_replica(batch: input_lib.Batch, batch_size: tf.Tensor) -> task_lib.Weighted:
        inputs, targets = _share(batch, num_replicas)
        with tf.GradientTape() as tape:
            outputs = model(inputs, training=True)
            loss = _sum(objective.loss(targets, outputs, training=True))
            # Divided by something of the sum's size, since float16 does not hold large ones.
            scaled = optimizer.scale_loss(loss.total / batch_size)
        # Dense before they are summed and clipped: the norm of an embedding's slices counts a
        # repeated token's parts one by one.
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(scaled, variables)]
        if accumulator is None:
            apply(gradients, loss.weight / batch_size)
        else:
            accumulator.add(gradients, loss.weight, batch_size)
        return loss

    def apply(gradients: list[tf.Tensor], weight: tf.Tensor) -> None:
        if num_replicas > 1:
            gradients, weight = tf.distribute.get_replica_context().all_reduce(
                "SUM", (gradients, weight)
            )
        means = [tf.math.divide_no_nan(g, weight) for g in gradients]
        optimizer.apply(means, model.trainable_variables)

    def judge_replica(batch: input_lib.Batch) -> Sums:
        inputs, targets = _share(batch, num_replicas)
        outputs = model(inputs, training=False)
        loss = objective.loss(targets, outputs, training=False)
        metrics = objective.metrics(targets, outputs)
        return {name: _sum(value) for name, value in {"loss": loss, **metrics}.items()}

    def total(of_replicas: Sums) -> Sums:
        return tf.nest.map_structure(
            lambda value: strategy.reduce("SUM", value, axis=None), of_replicas
        )

    @tf.function(input_signature=[element_spec], autograph=False)
    def train(batch: input_lib.Batch) -> Sums:
        batch_size = tf.cast(tf.shape(tf.nest.flatten(batch)[0])[0], tf.float32)
        return total({"loss": strategy.run(train_replica, args=(batch, batch_size))})

    @tf.function(input_signature=[element_spec], autograph=False)
    def judge(batch: input_lib.Batch) -> Sums:
        return total(strategy.run(judge_replica, args=(batch,)))

    if accumulator is None:
        return Steps(train=train, update=lambda: None, judge=judge)

    def update_replica() -> None:
        apply(*accumulator.take())

    @tf.function(autograph=False)
    def update() -> None:
        strategy.run(update_replica)

    return Steps(train=train, update=update, judge=judge)


def _sum(value: task_lib.Weighted) -> task_lib.Weighted:
    return task_lib.Weighted(tf.reduce_sum(value.total), tf.reduce_sum(value.weight))


def _share(batch: input_lib.Batch, num_replicas: int) -> input_lib.Batch:
    """Takes this replica's rows of the global batch."""
    if num_replicas == 1:
        return batch
    first = tf.distribute.get_replica_context().replica_id_in_sync_group
    return tf.nest.map_structure(lambda tensor: tensor[first::num_replicas], batch)
