"""A training from its data to the exported model."""

import time
from collections.abc import Callable

import keras
import tensorflow as tf
import tensorflow_transform as tft

from trainer import (
    backup,
    cluster,
    config,
    export,
    fit,
    initialization,
    models,
    multi_worker,
    optimizer,
    packing,
    progress,
    step,
    strategy,
    tasks,
    training_record,
)
from trainer import input as input_lib
from trainer import request as request_lib
from trainer.tasks import task as task_lib


# No function here has Python control flow over tensors, and looking for some in all that is traced
# takes seconds.
@tf.autograph.experimental.do_not_convert
def run(
    request: request_lib.Request,
    backups: str,
    workers: cluster.Cluster,
    report: Callable[[progress.Event], None],
) -> None:
    """Trains and exports a model; the first thing in its process to use TensorFlow.

    Args:
        request: What is asked of this worker.
        backups: Directory of the backups to go on from, the chief's of several workers.
        workers: Who trains together.
        report: Told every event.

    Raises:
        DataError: If the train or the eval split has no examples, or not those that the task's
            objective needs.
        DeviceError: If the devices asked for are not there.
        WorkersDifferError: If the workers are asked for different things.
    """
    started = time.monotonic()
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(request.train.seed)
    devices = strategy.build(request.train, workers)
    key = backup.key(request)
    policy = strategy.dtype_policy(request.train.precision, request.train.strategy)
    if workers.workers > 1:
        given = "arguments, examples and precision"
        multi_worker.agree(devices, given, f"{key} in {policy}")
    task = tasks.get(request.task)
    transform_output = tft.TFTransformOutput(request.transform_output)
    train_split = _read("train", request.train_files, request, transform_output, task)
    eval_split = _read("eval", request.eval_files, request, transform_output, task)

    # The last group of an epoch may be a smaller one.
    updates_per_epoch = -(-train_split.num_batches // request.train.accumulate_batches)

    keras.config.set_dtype_policy(policy)
    with devices.scope():
        model = _build(request, transform_output, task)
        if request.base_model:
            initialization.take_over(model, request.base_model)
        initialization.freeze(model, request.train.freeze)
        architecture = models.get(request.architecture)
        if hasattr(architecture, "adapt"):
            architecture.adapt(model, train_split.in_order())
        adamw = optimizer.build(
            request.train,
            total_steps=request.train.epochs * updates_per_epoch,
            loss_scaling=policy == "mixed_float16",
            rates=_rates(model, request),
        )
        adamw.build(model.trainable_variables)
    training = fit.Fit(
        model=model,
        optimizer=adamw,
        steps=step.build(
            devices,
            model,
            adamw,
            task.objective(request.train, transform_output, train_split.targets()),
            train_split.shuffled(request.train.seed, 1).element_spec,
            request.train.accumulate_batches,
        ),
        train_split=train_split,
        eval_split=eval_split,
        train=request.train,
        backup_dir=f"{request.backup_dir}/{key}",
        restored_from=f"{backups}/{key}",
        logs_dir=request.logs_dir,
        report=report,
        summary=task.summary,
        started=started,
        pause_after=request.pause_after,
    )
    if workers.workers > 1:
        multi_worker.agree(devices, "backup, on storage that they share", training.steps_done)
    begun = progress.Started(
        epochs=request.train.epochs,
        steps_per_epoch=train_split.num_batches,
        parameters=sum(int(tf.size(w)) for w in model.trainable_variables),
        replicas=devices.num_replicas_in_sync,
        precision=policy,
        resumed_step=training.steps_done,
        workers=workers.workers if request.train.strategy == "multi_worker" else None,
    )
    report(begun)
    outcome = training.run()
    if request.exports:
        exported = _in_float32(model, request, transform_output, task)
        export.save(exported, transform_output, task, request.serving_model_dir)
        initialization.describe(exported, request)
    _record(request, begun, outcome, training.seconds)
    if not outcome.paused:
        training.discard_backup()
    if workers.workers > 1:
        # None leaves before the chief has written all: its absence would be taken for a loss.
        multi_worker.agree(devices, "end", outcome.reason)
    seconds = time.monotonic() - started
    report(progress.Finished(outcome.reason, outcome.best_epoch, seconds, outcome.paused))


def _read(
    name: str,
    patterns: tuple[str, ...],
    request: request_lib.Request,
    transform_output: tft.TFTransformOutput,
    task: task_lib.Task,
) -> input_lib.Batches:
    if task.packed:
        return packing.read(
            name,
            patterns,
            transform_output,
            task,
            request.train.batch_size,
            request.max_length,
            request.train.epoch_batches,
        )
    return input_lib.read(
        name,
        patterns,
        transform_output,
        task,
        request.train.batch_size,
        request.max_length,
    )


def _build(
    request: request_lib.Request, transform_output: tft.TFTransformOutput, task: task_lib.Task
) -> keras.Model:
    return task.build_model(
        models.get(request.architecture), request.model, transform_output, request.max_length
    )


def _record(
    request: request_lib.Request, begun: progress.Started, outcome: fit.Outcome, seconds: float
) -> None:
    """Writes beside the exported model what its training cost."""
    record = training_record.TrainingRecord(
        seconds=seconds,
        peak_memory_bytes=training_record.peak_memory_bytes(),
        parameters=begun.parameters,
        replicas=begun.replicas,
        precision=begun.precision,
        resumed_step=begun.resumed_step,
        reason=outcome.reason,
        best_epoch=outcome.best_epoch,
        epochs=outcome.epochs,
    )
    path = f"{request.serving_model_dir}/{training_record.FILE}"
    tf.io.gfile.makedirs(path.rpartition("/")[0])
    with tf.io.gfile.GFile(path, "w") as file:
        file.write(record.to_json())


def _rates(model: keras.Model, request: request_lib.Request) -> dict[str, float]:
    """Tells the share of the learning rate that each weight has; a rival's all have the whole."""
    if not isinstance(request.model, config.ModelConfig):
        return {}
    return initialization.rates(model, request.train.layer_decay, request.model.num_layers)


def _in_float32(
    trained: keras.Model,
    request: request_lib.Request,
    transform_output: tft.TFTransformOutput,
    task: task_lib.Task,
) -> keras.Model:
    """Copies the model into one that computes in float32, as every server can."""
    keras.config.set_dtype_policy("float32")
    model = _build(request, transform_output, task)
    for variable, value in zip(model.weights, trained.weights, strict=True):
        variable.assign(value.numpy())
    return model
