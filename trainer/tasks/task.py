"""The interface of a task: everything that differs between tasks, and nothing else."""

import abc
from collections.abc import Callable, Mapping

import keras
import tensorflow as tf
import tensorflow_transform as tft

Tensors = dict[str, tf.Tensor]


class Task(abc.ABC):
    """What is predicted from which features, by which loss, and how the answer reads.

    Attributes:
        raw_features: Raw features that a request must carry, in the order of the signature.
        raw_label: Raw feature that the label is made of.
        label_feature: Transformed feature that holds the label.
        answer_feature: Entry of `answer` that the Evaluator compares with the label.
    """

    raw_features: tuple[str, ...]
    raw_label: str
    label_feature: str
    answer_feature: str

    @abc.abstractmethod
    def transform(
        self,
        inputs: Mapping[str, tf.Tensor],
        tokenize: Callable[[tf.Tensor], tf.RaggedTensor],
        label_ids: Callable[[tf.Tensor], tf.Tensor],
    ) -> dict[str, tf.Tensor | tf.SparseTensor]:
        """Turns raw features into what the model reads; runs inside the transform graph.

        Args:
            inputs: Raw features, each a string tensor `(batch,)`. The label is there as well.
            tokenize: Texts `(batch,)` to ragged token ids `(batch, None)`, int64.
            label_ids: Labels `(batch,)` to their ids `(batch,)`, int64.
        """

    @abc.abstractmethod
    def head(self, transform_output: tft.TFTransformOutput) -> keras.layers.Layer:
        """Makes the layer from the sequence's vector `(batch, hidden_dim)` to the outputs."""

    @abc.abstractmethod
    def loss(self, labels: tf.Tensor, outputs: tf.Tensor, label_smoothing: float) -> tf.Tensor:
        """Computes the loss of each example, in nats: float32 `(batch,)`."""

    @abc.abstractmethod
    def metrics(self, labels: tf.Tensor, outputs: tf.Tensor) -> Tensors:
        """Computes what is watched while training: name to a value for each example `(batch,)`."""

    @abc.abstractmethod
    def answer(self, outputs: tf.Tensor, transform_output: tft.TFTransformOutput) -> Tensors:
        """Turns outputs into what a client reads; each tensor has `batch` as its first axis."""

    @abc.abstractmethod
    def evaluator_metrics(self) -> list[tuple[str, str]]:
        """Names the TFMA metrics of the task, as (class name, module)."""
