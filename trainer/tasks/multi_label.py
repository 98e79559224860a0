"""Any number of labels for a text or a pair: a question of yes or no for each label."""

from collections.abc import Mapping

import keras
import tensorflow as tf
import tensorflow_transform as tft

from schemas import classification, features
from trainer import config
from trainer.tasks import class_weights, encoding, multi_label_counts, task


class MultiLabel(encoding.EncoderTask):
    """Labels by sigmoid and binary cross-entropy, each for itself."""

    answer_key = "probabilities"
    method = "classify"
    truth_key = features.LABEL_SET

    def transform(
        self, inputs: Mapping[str, tf.Tensor], tools: task.Tools
    ) -> dict[str, tf.Tensor | tf.SparseTensor]:
        """Gives the encoded texts and the ids of the labels, sparse."""
        [label] = self.settings.targets
        separator = self.settings.options[classification.SEPARATOR]
        return {
            **self.encode(inputs, tools),
            features.LABEL_ID: tools.label_sets(inputs[label], separator),
        }

    def targets(
        self,
        transformed: Mapping[str, tf.Tensor | tf.RaggedTensor],
        transform_output: tft.TFTransformOutput,
    ) -> task.Tensors:
        """Gives 1 for each label that a row has, else 0: int64 `(batch, num_labels)`."""
        num_labels = len(_labels(transform_output))
        return {features.LABEL_SET: _multi_hot(transformed[features.LABEL_ID], num_labels)}

    def head(self, transform_output: tft.TFTransformOutput) -> keras.layers.Layer:
        """Makes a linear layer to one logit a label: `(batch, num_labels)`, float32."""
        return keras.layers.Dense(len(_labels(transform_output)), dtype="float32", name="logits")

    def objective(
        self,
        train: config.TrainConfig,
        transform_output: tft.TFTransformOutput,
        train_targets: tf.data.Dataset,
    ) -> "Objective":
        """Makes the cross-entropy, with the labels' weights and label smoothing of the config."""
        labels = [label.decode() for label in _labels(transform_output)]
        label_sets = train_targets.map(lambda targets: targets[features.LABEL_SET])
        return Objective(
            class_weights.of_labels(train.class_weights, labels, label_sets), train.label_smoothing
        )

    def answer(
        self, outputs: tf.Tensor, asked: task.Asked, transform_output: tft.TFTransformOutput
    ) -> task.Tensors:
        """Gives the labels of at least even odds as one string, and all with their probabilities.

        The string is as the table has it: `red|green` where the separator is `|`; empty for none.
        """
        probabilities = tf.sigmoid(outputs)  # (batch, num_labels)
        names = tf.constant(_labels(transform_output))  # (num_labels,)
        chosen = tf.ragged.boolean_mask(
            tf.broadcast_to(names, tf.shape(probabilities)),
            probabilities >= multi_label_counts.THRESHOLD,
        )
        separator = self.settings.options[classification.SEPARATOR]
        return {
            "label": tf.strings.reduce_join(chosen, axis=-1, separator=separator),
            "labels": tf.broadcast_to(names, tf.shape(probabilities)),
            "probabilities": probabilities,
        }

    def inferred(self, answer: task.Tensors) -> task.Tensors:
        """Gives all labels and their probabilities."""
        return {"classes": answer["labels"], "scores": answer["probabilities"]}

    def truth(self, asked: task.Asked, transform_output: tft.TFTransformOutput) -> task.Tensors:
        """Gives 1 for each label that a row has, else 0: int64 `(batch, num_labels)`."""
        ids = tf.RaggedTensor.from_sparse(asked.transformed[features.LABEL_ID])
        return {features.LABEL_SET: _multi_hot(ids, len(_labels(transform_output)))}

    def counts(self, width: int) -> multi_label_counts.Counts:
        """Makes the counts of nothing seen."""
        return multi_label_counts.Counts.zeros(width)


class Objective:
    """Binary cross-entropy, a mean over examples and labels.

    Args:
        weights: Weights of no and yes of each label `(2, num_labels)`.
        label_smoothing: Probability mass that yes and no give up to both while training.
    """

    def __init__(self, weights: tf.Tensor, label_smoothing: float) -> None:
        self._weights = weights
        self._label_smoothing = label_smoothing

    def loss(self, targets: task.Tensors, outputs: tf.Tensor, training: bool) -> task.Weighted:
        """Computes -log p of each right yes or no, in nats; its mean over the labels of a row."""
        labels = targets[features.LABEL_SET]
        weights = tf.where(labels > 0, self._weights[1], self._weights[0])  # (batch, num_labels)
        wanted = tf.cast(labels, tf.float32)
        if training and self._label_smoothing:
            wanted = wanted * (1.0 - self._label_smoothing) + 0.5 * self._label_smoothing
        loss = tf.nn.sigmoid_cross_entropy_with_logits(wanted, outputs)
        return task.Weighted(
            tf.reduce_mean(weights * loss, axis=-1), tf.reduce_mean(weights, axis=-1)
        )

    def metrics(self, targets: task.Tensors, outputs: tf.Tensor) -> dict[str, task.Weighted]:
        """Gives F1 over all labels of all rows: twice the hits, of all answered and all true."""
        true = targets[features.LABEL_SET] > 0
        answered = outputs >= 0.0  # a probability of at least a half
        hits = _count(true & answered)
        return {"f1": task.Weighted(2.0 * hits, _count(true) + _count(answered))}


def _count(chosen: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(tf.cast(chosen, tf.float32), axis=-1)


def _labels(transform_output: tft.TFTransformOutput) -> list[bytes]:
    """Reads the label names, whose index is the label's id."""
    return transform_output.vocabulary_by_name(features.LABEL_VOCABULARY)


def _multi_hot(ids: tf.RaggedTensor, num_labels: int) -> tf.Tensor:
    """Turns the ids of each row's labels into 0 and 1, int64 `(batch, num_labels)`."""
    one_hot = tf.one_hot(ids.flat_values, num_labels, dtype=tf.int64)
    rows = tf.math.unsorted_segment_max(one_hot, ids.value_rowids(), ids.nrows())
    # A segment without a value gets the lowest int64.
    return tf.reshape(tf.maximum(rows, 0), [-1, num_labels])
