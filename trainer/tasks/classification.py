"""Classification: one of several labels for a text or a pair; several labels in `multi_label`."""

from collections.abc import Mapping

import keras
import tensorflow as tf
import tensorflow_transform as tft

from schemas import classification, features
from schemas import tasks as tasks_lib
from trainer import config
from trainer.tasks import class_weights, classification_counts, encoding, multi_label, task


class Classification(encoding.EncoderTask):
    """One label of two or more for each row, by softmax and cross-entropy."""

    answer_key = "probabilities"
    method = "classify"
    truth_key = features.LABEL_ID
    array_metrics = ("confusion_matrix",)

    def transform(
        self, inputs: Mapping[str, tf.Tensor], tools: task.Tools
    ) -> dict[str, tf.Tensor | tf.SparseTensor]:
        """Gives the encoded texts and the label's id `(batch,)`."""
        [label] = self.settings.targets
        return {**self.encode(inputs, tools), features.LABEL_ID: tools.label_ids(inputs[label])}

    def targets(
        self,
        transformed: Mapping[str, tf.Tensor | tf.RaggedTensor],
        transform_output: tft.TFTransformOutput,
    ) -> task.Tensors:
        """Takes the labels' ids, int64 `(batch,)`."""
        return {features.LABEL_ID: transformed[features.LABEL_ID]}

    def head(self, transform_output: tft.TFTransformOutput) -> keras.layers.Layer:
        """Makes a linear layer to one logit a class: `(batch, num_classes)`, float32."""
        return keras.layers.Dense(len(_labels(transform_output)), dtype="float32", name="logits")

    def objective(
        self,
        train: config.TrainConfig,
        transform_output: tft.TFTransformOutput,
        train_targets: tf.data.Dataset,
    ) -> "Objective":
        """Makes the cross-entropy, with the classes' weights and label smoothing of the config."""
        labels = [label.decode() for label in _labels(transform_output)]
        counted = train_targets.map(
            lambda targets: tf.one_hot(targets[features.LABEL_ID], len(labels), dtype=tf.int64)
        )
        return Objective(
            class_weights.of_classes(train.class_weights, labels, counted), train.label_smoothing
        )

    def answer(
        self, outputs: tf.Tensor, asked: task.Asked, transform_output: tft.TFTransformOutput
    ) -> task.Tensors:
        """Gives the label, its probability, and all labels with theirs in the same order."""
        probabilities = tf.nn.softmax(outputs)  # (batch, num_classes)
        names = tf.constant(_labels(transform_output))  # (num_classes,)
        return {
            "label": tf.gather(names, tf.argmax(probabilities, axis=-1)),
            "probability": tf.reduce_max(probabilities, axis=-1),
            # Repeated for each row, since the server's row format wants a batch axis everywhere.
            "labels": tf.broadcast_to(names, tf.shape(probabilities)),
            "probabilities": probabilities,
        }

    def inferred(self, answer: task.Tensors) -> task.Tensors:
        """Gives all labels and their probabilities."""
        return {"classes": answer["labels"], "scores": answer["probabilities"]}

    def truth(self, asked: task.Asked, transform_output: tft.TFTransformOutput) -> task.Tensors:
        """Gives the label's id, int64 `(batch,)`."""
        return {features.LABEL_ID: asked.transformed[features.LABEL_ID]}

    def counts(self, width: int) -> classification_counts.Counts:
        """Makes the counts of nothing seen."""
        return classification_counts.Counts.zeros(width)


class Objective:
    """Cross-entropy of each example, weighted by its class.

    Args:
        weights: Weight of each class `(num_classes,)`.
        label_smoothing: Probability mass that labels give up to all classes while training.
    """

    def __init__(self, weights: tf.Tensor, label_smoothing: float) -> None:
        self._weights = weights
        self._label_smoothing = label_smoothing

    def loss(self, targets: task.Tensors, outputs: tf.Tensor, training: bool) -> task.Weighted:
        """Computes cross-entropy in nats.

        References:
            Szegedy et al. 2016, sec. 7, arXiv:1512.00567, for label smoothing
        """
        labels = targets[features.LABEL_ID]
        log_probabilities = tf.nn.log_softmax(outputs)  # (batch, num_classes)
        loss = -tf.gather(log_probabilities, labels, batch_dims=1)  # (batch,)
        if training and self._label_smoothing:
            of_all = -tf.reduce_mean(log_probabilities, axis=-1)
            loss = (1.0 - self._label_smoothing) * loss + self._label_smoothing * of_all
        weights = tf.gather(self._weights, labels)
        return task.Weighted(weights * loss, weights)

    def metrics(self, targets: task.Tensors, outputs: tf.Tensor) -> dict[str, task.Weighted]:
        """Gives accuracy: 1 where the most probable class is the label's, each row alike."""
        labels = targets[features.LABEL_ID]
        hits = tf.equal(tf.argmax(outputs, axis=-1, output_type=labels.dtype), labels)
        hits = tf.cast(hits, tf.float32)
        return {"accuracy": task.Weighted(hits, tf.ones_like(hits))}


def _labels(transform_output: tft.TFTransformOutput) -> list[bytes]:
    """Reads the label names, whose index is the label's id."""
    return transform_output.vocabulary_by_name(features.LABEL_VOCABULARY)


def build(settings: tasks_lib.Settings) -> task.Task:
    """Builds the task of one label a row, or of several where a separator is told."""
    if settings.options.get(classification.SEPARATOR):
        return multi_label.MultiLabel(settings)
    return Classification(settings)
