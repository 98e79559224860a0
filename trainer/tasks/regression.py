"""Regression: one or several numbers for a text or a pair, learned standardized."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
import tensorflow_transform as tft

from schemas import features, regression
from schemas import tasks as tasks_lib
from trainer import config
from trainer.tasks import encoding, regression_counts, regression_rows, task


class Scales(NamedTuple):
    """What was learned of the targets in the train split.

    Attributes:
        names: The targets' names.
        means: Their means in their own units, float32 `(num_targets,)`.
        deviations: Their standard deviations, float32 `(num_targets,)`, above 0.
    """

    names: list[bytes]
    means: np.ndarray
    deviations: np.ndarray


def read_scales(transform_output: tft.TFTransformOutput) -> Scales:
    """Reads the asset that Transform has written: a line a target, parted by tabs."""
    lines = transform_output.vocabulary_by_name(features.TARGET_SCALES)
    names, means, deviations = zip(*(line.split(b"\t") for line in lines), strict=True)
    return Scales(list(names), np.array(means, np.float32), np.array(deviations, np.float32))


class Regression(encoding.EncoderTask):
    """Numbers by a linear head and squared error, on the scale where each target counts alike."""

    answer_key = "values"
    truth_key = features.TARGETS

    def __init__(self, settings: tasks_lib.Settings) -> None:
        super().__init__(settings)
        # TensorFlow Serving's regress knows one number for an example.
        self.method = "regress" if len(settings.targets) == 1 else None

    def transform(
        self, inputs: Mapping[str, tf.Tensor], tools: task.Tools
    ) -> dict[str, tf.Tensor | tf.SparseTensor]:
        """Gives the encoded texts and the standardized targets `(batch, num_targets)`."""
        values = tf.stack([inputs[name] for name in self.settings.targets], axis=1)
        scaled = tools.standardize(values, regression.target_names(self.settings))
        return {**self.encode(inputs, tools), features.SCALED_TARGETS: scaled}

    def targets(
        self,
        transformed: Mapping[str, tf.Tensor | tf.RaggedTensor],
        transform_output: tft.TFTransformOutput,
    ) -> task.Tensors:
        """Takes the standardized targets, float32 `(batch, num_targets)`."""
        return {features.SCALED_TARGETS: transformed[features.SCALED_TARGETS]}

    def head(self, transform_output: tft.TFTransformOutput) -> keras.layers.Layer:
        """Makes a linear layer to one number a target: `(batch, num_targets)`, float32."""
        return keras.layers.Dense(len(self.settings.targets), dtype="float32", name="scaled")

    def objective(
        self,
        train: config.TrainConfig,
        transform_output: tft.TFTransformOutput,
        train_targets: tf.data.Dataset,
    ) -> "Objective":
        """Makes the squared error on the standardized scale."""
        return Objective(read_scales(transform_output))

    def answer(
        self, outputs: tf.Tensor, asked: task.Asked, transform_output: tft.TFTransformOutput
    ) -> task.Tensors:
        """Gives the numbers in their own units beside the targets' names; a single one bare too."""
        scales = read_scales(transform_output)
        values = outputs * scales.deviations + scales.means  # (batch, num_targets)
        names = tf.constant(scales.names)
        # Repeated for each row, since the server's row format wants a batch axis everywhere.
        answer = {"values": values, "targets": tf.broadcast_to(names, tf.shape(values))}
        return answer if len(scales.names) > 1 else {"value": values[:, 0], **answer}

    def inferred(self, answer: task.Tensors) -> task.Tensors:
        """Gives the number."""
        return {"outputs": answer["value"]}

    def truth(self, asked: task.Asked, transform_output: tft.TFTransformOutput) -> task.Tensors:
        """Gives the targets as the table has them, float32 `(batch, num_targets)`."""
        return {
            features.TARGETS: tf.stack([asked.raw[name] for name in self.settings.targets], axis=1)
        }

    def counts(self, width: int) -> regression_counts.Counts:
        """Makes the counts of nothing seen."""
        del width
        return regression_counts.Counts.zeros(regression.target_names(self.settings))

    def rows(
        self, truths: Sequence[np.ndarray], answers: Sequence[np.ndarray]
    ) -> regression_rows.RegressionRows:
        """Keeps the rows themselves, since ranks are no sums."""
        names = regression.target_names(self.settings)
        return regression_rows.RegressionRows(names, np.array(truths), np.array(answers))


class Objective:
    """Squared error summed over the standardized targets, so that none drowns another.

    Args:
        scales: What the scale is in the targets' own units.
    """

    def __init__(self, scales: Scales) -> None:
        self._scales = scales

    def loss(self, targets: task.Tensors, outputs: tf.Tensor, training: bool) -> task.Weighted:
        """Computes the squared error of each row."""
        del training
        error = outputs - targets[features.SCALED_TARGETS]
        loss = tf.reduce_sum(tf.square(error), axis=-1)
        return task.Weighted(loss, tf.ones_like(loss))

    def metrics(self, targets: task.Tensors, outputs: tf.Tensor) -> dict[str, task.Weighted]:
        """Gives the absolute error in the targets' own units, a mean over the targets."""
        error = tf.abs(outputs - targets[features.SCALED_TARGETS]) * self._scales.deviations
        mae = tf.reduce_mean(error, axis=-1)
        return {"mae": task.Weighted(mae, tf.ones_like(mae))}


def build(settings: tasks_lib.Settings) -> task.Task:
    """Builds the task."""
    return Regression(settings)
