"""Classification: one text in, one of several labels out."""

from collections.abc import Callable, Mapping

import keras
import tensorflow as tf
import tensorflow_transform as tft

from schemas import features
from trainer.tasks import task


class Classification(task.Task):
    """One label of two or more for each text, by softmax and cross-entropy."""

    raw_features = (features.TEXT,)
    raw_label = features.LABEL
    label_feature = features.LABEL_ID
    answer_feature = "probabilities"

    def transform(
        self,
        inputs: Mapping[str, tf.Tensor],
        tokenize: Callable[[tf.Tensor], tf.RaggedTensor],
        label_ids: Callable[[tf.Tensor], tf.Tensor],
    ) -> dict[str, tf.Tensor | tf.SparseTensor]:
        """Gives token ids (sparse, int64) and the label's id `(batch,)`."""
        return {
            features.TOKEN_IDS: tokenize(inputs[features.TEXT]).to_sparse(),
            features.LABEL_ID: label_ids(inputs[features.LABEL]),
        }

    def head(self, transform_output: tft.TFTransformOutput) -> keras.layers.Layer:
        """Makes a linear layer to one logit a class: `(batch, num_classes)`, float32."""
        return keras.layers.Dense(len(_labels(transform_output)), dtype="float32", name="logits")

    def loss(self, labels: tf.Tensor, outputs: tf.Tensor, label_smoothing: float) -> tf.Tensor:
        """Computes cross-entropy against labels that give up `label_smoothing` to all classes.

        References:
            Szegedy et al. 2016, sec. 7, arXiv:1512.00567
        """
        log_probabilities = tf.nn.log_softmax(outputs)  # (batch, num_classes)
        of_label = tf.gather(log_probabilities, labels, batch_dims=1)  # (batch,)
        of_all = tf.reduce_mean(log_probabilities, axis=-1)
        return -(1.0 - label_smoothing) * of_label - label_smoothing * of_all

    def metrics(self, labels: tf.Tensor, outputs: tf.Tensor) -> task.Tensors:
        """Gives accuracy: 1 where the most probable class is the label's."""
        hits = tf.equal(tf.argmax(outputs, axis=-1, output_type=labels.dtype), labels)
        return {"accuracy": tf.cast(hits, tf.float32)}

    def answer(self, outputs: tf.Tensor, transform_output: tft.TFTransformOutput) -> task.Tensors:
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

    def evaluator_metrics(self) -> list[tuple[str, str]]:
        """Names one metric, which computes all of the task's in one pass."""
        return [("ClassificationMetrics", "trainer.tasks.classification_metrics")]


def _labels(transform_output: tft.TFTransformOutput) -> list[bytes]:
    """Reads the label names, whose index is the label's id."""
    return transform_output.vocabulary_by_name(features.LABEL_VOCABULARY)


TASK = Classification()
