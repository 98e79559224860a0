"""Extractive question answering: a pointer to the first and the last token of the answer."""

import types
from collections.abc import Mapping

import keras
import tensorflow as tf
import tensorflow_transform as tft

from schemas import features, question_answering
from schemas import tasks as tasks_lib
from trainer import config
from trainer.tasks import question_answering_counts, task
from trainer.tasks import question_answering_spans as spans

_NUM_SEGMENTS = 3


class QuestionAnswering(task.Task):
    """Reads a question and a window of its context, and points at the answer.

    A row whose context is longer than a window is several examples in training: those that do not
    hold the whole answer point at `[CLS]`. A request is answered from all of its windows.

    References:
        Devlin et al. 2019, sec. 4.2, arXiv:1810.04805
    """

    input_features = (features.TOKEN_IDS, features.SEGMENT_IDS)
    answer_key = "answer"
    truth_key = features.ANSWERS

    def transform(
        self, inputs: Mapping[str, tf.Tensor], tools: task.Tools
    ) -> dict[str, tf.Tensor | tf.SparseTensor]:
        """Gives all windows of all rows; those of a row follow each other."""
        question, context = (inputs[name] for name in self.settings.texts)
        tokenizer = tools.tokenizer()
        tokenizer.learn(tf.concat([question, context], axis=0))
        windows = tokenizer.windows(question, context)
        [target] = self.settings.targets
        answer = self._first(inputs[target])
        start = self._first(inputs[features.ANSWER_START])
        # A request has neither, and Transform fills in empty strings.
        start = tf.strings.to_number(tf.where(start == "", "0", start), tf.int64)
        length = tf.cast(tf.strings.length(answer, unit="UTF8_CHAR"), tf.int64)
        first, last = windows.locate(start, start + length)
        return {
            features.WINDOW: windows.numbers,
            features.TOKEN_IDS: windows.token_ids.to_sparse(),
            features.SEGMENT_IDS: windows.segment_ids.to_sparse(),
            features.TOKEN_STARTS: windows.starts.to_sparse(),
            features.TOKEN_ENDS: windows.ends.to_sparse(),
            features.FIRST_TOKEN: first,
            features.LAST_TOKEN: last,
        }

    def _first(self, joined: tf.Tensor) -> tf.Tensor:
        """Takes the first of each row's answers, or of their starts: it is the one learned from."""
        separator = self.settings.options.get(question_answering.SEPARATOR)
        if not separator:
            return joined
        return tf.strings.split(joined, separator)[:, :1].to_tensor(shape=[None, 1])[:, 0]

    def targets(
        self,
        transformed: Mapping[str, tf.Tensor | tf.RaggedTensor],
        transform_output: tft.TFTransformOutput,
    ) -> task.Tensors:
        """Takes the places of the answer's first and last token, int64 `(batch,)` each."""
        return {name: transformed[name] for name in (features.FIRST_TOKEN, features.LAST_TOKEN)}

    def build_model(
        self,
        architecture: types.ModuleType,
        model_config: config.ModelConfig,
        transform_output: tft.TFTransformOutput,
        max_length: int,
    ) -> keras.Model:
        """Builds an encoder with two logits a token: `(batch, seq_len, 2)`, float32."""
        encoded = architecture.encode(
            model_config,
            vocabulary_size=transform_output.vocabulary_size_by_name(features.TOKEN_VOCABULARY),
            max_length=max_length,
            num_segments=_NUM_SEGMENTS,
        )
        logits = keras.layers.Dense(2, dtype="float32", name="span")(encoded.tokens)
        masked = spans.mask(logits, *(encoded.inputs[name] for name in self.input_features))
        return keras.Model(encoded.inputs, masked, name="question_answering")

    def objective(
        self,
        train: config.TrainConfig,
        transform_output: tft.TFTransformOutput,
        train_targets: tf.data.Dataset,
    ) -> "Objective":
        """Makes the mean of both tokens' cross-entropies."""
        return Objective()

    def answer(
        self, outputs: tf.Tensor, asked: task.Asked, transform_output: tft.TFTransformOutput
    ) -> task.Tensors:
        """Gives the likeliest part of each context, where it stands in it, and how likely it is.

        `start` and `end` count code points, the end exclusive; `score` is the probability of the
        first token times that of the last. A context without a token is answered by nothing.
        """
        max_tokens = self.settings.options[question_answering.MAX_ANSWER_TOKENS]
        found = spans.best(outputs, max_tokens)
        windows = spans.best_windows(found.scores, asked.transformed[features.WINDOW])
        start, end = (
            tf.gather_nd(
                tf.sparse.to_dense(asked.transformed[name]),
                tf.stack([windows, tf.gather(places, windows)], axis=1),
            )
            for name, places in (
                (features.TOKEN_STARTS, found.firsts),
                (features.TOKEN_ENDS, found.lasts),
            )
        )
        context = asked.raw[self.settings.texts[1]]
        context = tf.strings.unicode_transcode(context, "UTF-8", "UTF-8", errors="replace")
        return {
            "answer": tf.strings.substr(context, start, end - start, unit="UTF8_CHAR"),
            "start": start,
            "end": end,
            "score": tf.exp(tf.gather(found.scores, windows)),
        }

    def truth(self, asked: task.Asked, transform_output: tft.TFTransformOutput) -> task.Tensors:
        """Gives all right answers of each row as the table has them, string `(batch,)`."""
        [target] = self.settings.targets
        return {features.ANSWERS: asked.raw[target]}

    def counts(self, width: int) -> question_answering_counts.Counts:
        """Makes the counts of nothing seen."""
        del width
        return question_answering_counts.Counts(
            self.settings.options.get(question_answering.SEPARATOR)
        )


class Objective:
    """Cross-entropy of an answer's first and last token, the mean of both."""

    def loss(self, targets: task.Tensors, outputs: tf.Tensor, training: bool) -> task.Weighted:
        """Computes the loss of each window."""
        del training
        losses = [
            tf.nn.sparse_softmax_cross_entropy_with_logits(targets[name], outputs[:, :, i])
            for i, name in enumerate((features.FIRST_TOKEN, features.LAST_TOKEN))
        ]
        loss = tf.add_n(losses) / len(losses)
        return task.Weighted(loss, tf.ones_like(loss))

    def metrics(self, targets: task.Tensors, outputs: tf.Tensor) -> dict[str, task.Weighted]:
        """Gives the share of windows with both tokens right, of those that hold an answer."""
        held = targets[features.FIRST_TOKEN] > 0
        right = held
        for i, name in enumerate((features.FIRST_TOKEN, features.LAST_TOKEN)):
            right &= tf.argmax(outputs[:, 1:, i], axis=1) + 1 == targets[name]
        return {
            "span_accuracy": task.Weighted(tf.cast(right, tf.float32), tf.cast(held, tf.float32))
        }


def build(settings: tasks_lib.Settings) -> task.Task:
    """Builds the task."""
    return QuestionAnswering(settings)
