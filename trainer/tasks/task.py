"""The interface of a task: everything that differs between tasks, and nothing else."""

import abc
import dataclasses
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import keras
import numpy as np
import tensorflow as tf
import tensorflow_transform as tft

from schemas import features
from schemas import tasks as tasks_lib
from trainer import config
from trainer.tasks import counted_rows

Tensors = dict[str, tf.Tensor]


class Weighted(NamedTuple):
    """What each example adds to a mean, and with which weight; sums of both give the mean.

    So a mean over tokens, over examples or over weighted classes is one and the same to the
    training step, however examples fall into batches, and batches to replicas.

    Attributes:
        total: Float32 `(batch,)`, summed over the example's parts and weighted already.
        weight: Float32 `(batch,)`, the weight of the example, all its parts together.
    """

    total: tf.Tensor
    weight: tf.Tensor


@dataclasses.dataclass(frozen=True)
class Asked:
    """A request, or an example of the test split, in the served graph.

    Attributes:
        raw: Raw features, each `(batch,)`.
        transformed: What the transform graph made of them; sparse where lengths vary.
    """

    raw: Tensors
    transformed: Mapping[str, tf.Tensor | tf.SparseTensor]


class Tokenizer(Protocol):
    """Texts to token ids, with a vocabulary learned from the analyzed split."""

    def learn(self, texts: tf.Tensor) -> Any:
        """Learns the vocabulary from texts `(any,)`; without it, from the first texts seen."""

    def pieces(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Turns texts `(batch,)` into int64 ids `(batch, None)`, without marks or truncation."""

    def __call__(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Turns texts `(batch,)` into int64 ids `(batch, None)` with marks, cut to the length."""

    def marked(self, pieces: tf.RaggedTensor) -> tf.RaggedTensor:
        """Puts marks around ids `(batch, None)` of `pieces`, and cuts them to the length."""

    def pairs(self, first: tf.Tensor, second: tf.Tensor) -> tuple[tf.RaggedTensor, tf.RaggedTensor]:
        """Turns pairs of texts into ids and segment ids, both int64 `(batch, None)`."""

    def windows(self, questions: tf.Tensor, contexts: tf.Tensor) -> Any:
        """Turns questions and contexts `(batch,)` into `components.transform.windows.Windows`."""


class Tools(Protocol):
    """What a task's `transform` may use; each call learns an asset of its own from train."""

    def tokenizer(self, vocabulary_name: str = features.TOKEN_VOCABULARY) -> Tokenizer:
        """Makes a tokenizer that writes its vocabulary to that asset."""

    def label_ids(self, labels: tf.Tensor) -> tf.Tensor:
        """Turns labels `(batch,)` into their ids `(batch,)`, int64."""

    def label_sets(self, joined: tf.Tensor, separator: str) -> tf.SparseTensor:
        """Turns joined labels `(batch,)` into the ids of each row's, int64 `(batch, None)`."""

    def standardize(self, values: tf.Tensor, names: tuple[str, ...]) -> tf.Tensor:
        """Brings columns `(batch, len(names))` to mean 0 and standard deviation 1, float32."""


class Objective(Protocol):
    """What training minimizes and watches."""

    def loss(self, targets: Tensors, outputs: Any, training: bool) -> Weighted:
        """Computes the loss; what only regularizes is left out when not `training`."""

    def metrics(self, targets: Tensors, outputs: Any) -> dict[str, Weighted]:
        """Computes what is watched beside the loss, by name."""


class Task(abc.ABC):
    """What is predicted from which features, by which loss, and how the answer reads.

    Attributes:
        settings: What the task is told of the data.
        contract: What it asks of the data.
        input_features: Transformed features that the model reads.
        answer_key: Entry of `answer` that the Evaluator compares with the truth.
        truth_key: Entry of `truth` that it is compared with.
        packed: Whether examples are put one after another and cut into blocks of one length, rather
            than each padded; see `trainer/packing.py`.
        judged_apart: Whether the Evaluator compares not the answers to requests, but what `judged`
            gives; `answer_key` is then an entry of that.
        array_metrics: What the counts give beside the contract's metrics, as arrays.
        method: What TensorFlow Serving calls the task where it has a method for it, `classify` or
            `regress`; `inferred` is then what it answers.
    """

    input_features: tuple[str, ...] = (features.TOKEN_IDS,)
    answer_key: str
    truth_key: str
    packed: bool = False
    judged_apart: bool = False
    array_metrics: tuple[str, ...] = ()
    method: str | None = None

    def __init__(self, settings: tasks_lib.Settings) -> None:
        self.settings = settings
        self.contract = tasks_lib.contract(settings.name)

    @abc.abstractmethod
    def transform(
        self, inputs: Mapping[str, tf.Tensor], tools: Tools
    ) -> dict[str, tf.Tensor | tf.SparseTensor]:
        """Turns raw features into what is learned from; runs inside the transform graph.

        Args:
            inputs: Raw features, each `(batch,)`: strings, or float32 numbers. Those of training
                are there as well; a request has none, and what is made of them is not served.
            tools: What learns from the train split.
        """

    @abc.abstractmethod
    def targets(
        self,
        transformed: Mapping[str, tf.Tensor | tf.RaggedTensor],
        transform_output: tft.TFTransformOutput,
    ) -> dict[str, tf.Tensor | tf.RaggedTensor]:
        """Takes what the model is to answer from transformed examples, `(batch, ...)` each.

        Where examples differ in length, batches are padded with -1.
        """

    def draw(
        self,
        inputs: Tensors,
        targets: Tensors,
        transform_output: tft.TFTransformOutput,
        seed: int,
        epoch: int,
    ) -> tuple[Tensors, Tensors]:
        """Draws what is another in every epoch, such as which tokens are masked.

        Args:
            inputs: The input features of a padded batch, `(batch, ...)` each.
            targets: Its targets.
            transform_output: Tells what was learned of the texts.
            seed: The training's.
            epoch: From 1; 0 for what is judged, whatever the training's seed.

        Returns:
            What the model and the objective get: a pure function of the arguments, for each
            example apart, so that a resumed training meets what it would have met.
        """
        del transform_output, seed, epoch
        return inputs, targets

    def length(self, inputs: Tensors) -> tf.Tensor:
        """Tells the length of an example, int32 `()`, by which alike ones share a batch.

        None of its inputs and targets may be longer: they are padded to that of the batch.
        """
        return tf.size(inputs[features.TOKEN_IDS])

    def arrange(self, examples: tf.data.Dataset) -> tf.data.Dataset:
        """Makes other examples of inputs and targets, such as blocks packed of several texts.

        Takes and gives one example an element, in the order of the files; each the same in every
        epoch.
        """
        return examples

    @abc.abstractmethod
    def build_model(
        self,
        architecture: types.ModuleType,
        model_config: Any,
        transform_output: tft.TFTransformOutput,
        max_length: int,
    ) -> keras.Model:
        """Builds the model from the input features to the outputs.

        Args:
            architecture: A module of `trainer.models`.
            model_config: The shape of the model, as the architecture takes it.
            transform_output: Tells what was learned of the texts.
            max_length: Tokens of an example at most.
        """

    @abc.abstractmethod
    def objective(
        self,
        train: config.TrainConfig,
        transform_output: tft.TFTransformOutput,
        train_targets: tf.data.Dataset,
    ) -> Objective:
        """Makes the objective of a training.

        Args:
            train: How is trained.
            transform_output: Tells what was learned of the targets.
            train_targets: The targets of the train split, an example an element.

        Raises:
            DataError: If the train split does not hold what the config speaks of.
        """

    def summary(self, means: Mapping[str, float]) -> dict[str, float]:
        """Computes what follows from the means of `loss` and the objective's metrics over a split.

        Args:
            means: Name to mean.
        """
        del means
        return {}

    def read(self, asked: Asked) -> Tensors:
        """Makes the model's inputs `(batch, ...)` of a request."""
        given = {name: asked.transformed[name] for name in self.input_features}
        return {
            name: tf.sparse.to_dense(value) if isinstance(value, tf.SparseTensor) else value
            for name, value in given.items()
        }

    def outputs(self, model: keras.Model, asked: Asked) -> Any:
        """Has the model read a request."""
        return model(self.read(asked), training=False)

    @abc.abstractmethod
    def answer(
        self, outputs: Any, asked: Asked, transform_output: tft.TFTransformOutput
    ) -> Tensors:
        """Turns outputs into what a client reads; each tensor has `batch` as its first axis."""

    def inferred(self, answer: Tensors) -> Tensors:
        """Gives an answer as TensorFlow Serving's `method` has it; without one, as it is.

        That is `classes`, strings `(batch, num_classes)`, and their `scores`, float32; or
        `outputs`, float32 `(batch,)`.
        """
        return answer

    def judged(
        self, model: keras.Model, asked: Asked, transform_output: tft.TFTransformOutput
    ) -> Tensors:
        """Gives what the Evaluator compares with the truth: the answer, if not judged apart."""
        return self.answer(self.outputs(model, asked), asked, transform_output)

    @abc.abstractmethod
    def truth(self, asked: Asked, transform_output: tft.TFTransformOutput) -> Tensors:
        """Gives what the Evaluator compares answers with, `truth_key` among it."""

    @abc.abstractmethod
    def counts(self, width: int) -> counted_rows.Counts:
        """Makes the counts of nothing seen, from which all metrics follow.

        Args:
            width: Of the answers.
        """

    def rows(
        self, truths: Sequence[np.ndarray], answers: Sequence[np.ndarray]
    ) -> counted_rows.Rows:
        """Keeps a model's answers to rows, so that any choice of the rows can be judged.

        Args:
            truths: The entry `truth_key` of `truth`, `(any,)` a row.
            answers: The entry `answer_key` of `judged`, `(width,)` a row.
        """
        return counted_rows.CountedRows.of(self.counts, truths, answers)

    def signatures(
        self,
        model: keras.Model,
        ask: Callable[[Tensors], Asked],
        transform_output: tft.TFTransformOutput,
    ) -> dict[str, tf.types.experimental.ConcreteFunction]:
        """Makes signatures beyond those that every task has.

        Args:
            model: What was trained.
            ask: Transforms raw features `(batch,)` by the graph that is exported.
            transform_output: Tells what was learned of the texts.
        """
        del model, ask, transform_output
        return {}
