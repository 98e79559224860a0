"""One step of training and of judging, the same for one replica and for many.

Every replica is handed the whole global batch and takes each n-th row of it, so the replicas' work
adds up to what one replica would do, dropout apart, for whatever size a bucket's last batch has.
"""

import dataclasses
from collections.abc import Callable

import keras
import tensorflow as tf

from trainer import input as input_lib
from trainer.tasks import task as task_lib

Sums = dict[str, tf.Tensor]


@dataclasses.dataclass(frozen=True)
class Steps:
    """The two compiled steps; each takes a global batch and returns sums over its examples.

    Attributes:
        train: Updates the model; gives `{"loss": sum}` in nats, label smoothing included.
        judge: Changes nothing; gives the sums of `loss` without smoothing and of the task's
            metrics.
    """

    train: Callable[[input_lib.Batch], Sums]
    judge: Callable[[input_lib.Batch], Sums]


def build(
    strategy: tf.distribute.Strategy,
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    task: task_lib.Task,
    label_smoothing: float,
    element_spec: tuple,
) -> Steps:
    """Compiles the steps for batches of `element_spec`, once for all lengths."""
    num_replicas = strategy.num_replicas_in_sync
    variables = [v.value for v in model.trainable_variables]

    def train_replica(batch: input_lib.Batch, batch_size: tf.Tensor) -> tf.Tensor:
        inputs, labels = _share(batch, num_replicas)
        with tf.GradientTape() as tape:
            outputs = model(inputs, training=True)
            loss_sum = tf.reduce_sum(task.loss(labels, outputs, label_smoothing))
            scaled = optimizer.scale_loss(loss_sum / tf.cast(batch_size, tf.float32))
        gradients = [
            # Dense before they are summed and clipped: the norm of an embedding's slices counts a
            # repeated token's parts one by one.
            tf.convert_to_tensor(gradient) / num_replicas
            for gradient in tape.gradient(scaled, variables)
        ]
        if num_replicas > 1:
            gradients = tf.distribute.get_replica_context().all_reduce("SUM", gradients)
        optimizer.apply(gradients, model.trainable_variables)
        return loss_sum

    def judge_replica(batch: input_lib.Batch) -> Sums:
        inputs, labels = _share(batch, num_replicas)
        outputs = model(inputs, training=False)
        values = {"loss": task.loss(labels, outputs, 0.0), **task.metrics(labels, outputs)}
        return {name: tf.reduce_sum(value) for name, value in values.items()}

    @tf.function(input_signature=[element_spec])
    def train(batch: input_lib.Batch) -> Sums:
        loss_sums = strategy.run(train_replica, args=(batch, tf.shape(batch[1])[0]))
        return {"loss": strategy.reduce("SUM", loss_sums, axis=None)}

    @tf.function(input_signature=[element_spec])
    def judge(batch: input_lib.Batch) -> Sums:
        sums = strategy.run(judge_replica, args=(batch,))
        return {name: strategy.reduce("SUM", value, axis=None) for name, value in sums.items()}

    return Steps(train=train, judge=judge)


def _share(batch: input_lib.Batch, num_replicas: int) -> input_lib.Batch:
    """Takes this replica's rows of the global batch."""
    if num_replicas == 1:
        return batch
    first = tf.distribute.get_replica_context().replica_id_in_sync_group
    return tf.nest.map_structure(lambda tensor: tensor[first::num_replicas], batch)
