"""Language model: what comes next in a text, by a decoder; it scores texts and writes them.

A text is a document that ends with `[SEP]`, and `[SEP]` is also what stands before its first token.
"""

import math
import types
from collections.abc import Callable, Mapping
from typing import Any

import keras
import tensorflow as tf
import tensorflow_transform as tft

from schemas import features, language_model, tokens
from schemas import tasks as tasks_lib
from trainer import config
from trainer.generation import loop, readers, scoring
from trainer.models import decoder
from trainer.tasks import attention, language_model_counts, next_tokens, task, text_writer


class LanguageModel(task.Task):
    """The next token of one text, by softmax and cross-entropy, in blocks of many texts."""

    packed = True
    answer_key = "totals"
    truth_key = features.TOKEN_IDS
    # Known once the model is built: tokens of a block, and what reads token by token.
    _length = 0
    _architecture: types.ModuleType = decoder

    def transform(
        self, inputs: Mapping[str, tf.Tensor], tools: task.Tools
    ) -> dict[str, tf.Tensor | tf.SparseTensor]:
        """Gives the text's token ids, all of them and no marks, and its number of characters."""
        [name] = self.settings.texts
        text = inputs[name]
        characters = tf.strings.length(
            tf.strings.unicode_transcode(text, "UTF-8", "UTF-8"), unit="UTF8_CHAR"
        )
        return {
            features.TOKEN_IDS: tools.tokenizer().pieces(text).to_sparse(),
            features.CHARACTERS: tf.cast(characters, tf.int64),
        }

    def targets(
        self,
        transformed: Mapping[str, tf.Tensor | tf.RaggedTensor],
        transform_output: tft.TFTransformOutput,
    ) -> task.Tensors:
        """Takes a text's number of characters; what comes next stands in the text itself."""
        return {features.CHARACTERS: transformed[features.CHARACTERS]}

    def build_model(
        self,
        architecture: types.ModuleType,
        model_config: Any,
        transform_output: tft.TFTransformOutput,
        max_length: int,
    ) -> keras.Model:
        """Builds a decoder with logits over the vocabulary."""
        self._length, self._architecture = max_length, architecture
        size = _size(transform_output)
        untied = None if model_config.tied_embeddings else next_tokens.head(size)
        model: keras.Model = architecture.build(model_config, size, max_length, untied)
        return model

    def objective(
        self,
        train: config.TrainConfig,
        transform_output: tft.TFTransformOutput,
        train_targets: tf.data.Dataset,
    ) -> "Objective":
        """Makes the cross-entropy of every token."""
        return Objective()

    def summary(self, means: Mapping[str, float]) -> dict[str, float]:
        """Gives the perplexity."""
        return next_tokens.summary(means)

    def outputs(self, model: keras.Model, asked: task.Asked) -> scoring.Score:
        """Scores whole texts, however long."""
        texts = _ragged(asked.transformed[features.TOKEN_IDS])
        return scoring.score(model, texts, self._length, model.output_shape[-1])

    def answer(
        self, outputs: scoring.Score, asked: task.Asked, transform_output: tft.TFTransformOutput
    ) -> task.Tensors:
        """Tells how probable the text is.

        Returns:
            `log_probability` in nats, of the text and its end; `tokens`, how many those are;
            `perplexity`; `bits_per_character`, 0 of a text that has none; and `totals`, that add up
            over texts: nats, tokens, characters, and tokens that were the likeliest.
        """
        nats = -outputs.log_probability
        tokens_ = tf.cast(outputs.tokens, tf.float32)
        characters = tf.cast(asked.transformed[features.CHARACTERS], tf.float32)
        hits = tf.cast(outputs.hits, tf.float32)
        return {
            "log_probability": outputs.log_probability,
            "tokens": outputs.tokens,
            "perplexity": tf.exp(nats / tokens_),
            "bits_per_character": tf.math.divide_no_nan(nats / math.log(2.0), characters),
            "totals": tf.stack([nats, tokens_, characters, hits], axis=1),
        }

    def truth(self, asked: task.Asked, transform_output: tft.TFTransformOutput) -> task.Tensors:
        """Gives the ids of the tokens that were to be told, int64 `(batch, any)`, 0 after them."""
        texts = _ragged(asked.transformed[features.TOKEN_IDS])
        end = tf.fill([texts.nrows(), 1], tf.constant(tokens.SEP_ID, texts.dtype))
        told = tf.concat([texts, end], axis=1).to_tensor(tokens.PAD_ID)
        return {features.TOKEN_IDS: tf.cast(told, tf.int64)}

    def counts(self, width: int) -> language_model_counts.Counts:
        """Makes the counts of nothing seen."""
        del width
        return language_model_counts.Counts.zeros()

    def signatures(
        self,
        model: keras.Model,
        ask: Callable[[task.Tensors], task.Asked],
        transform_output: tft.TFTransformOutput,
    ) -> dict[str, tf.types.experimental.ConcreteFunction]:
        """Makes those that write on at texts, and the one that shows what is read of them.

        `text_writer.TextWriter.signatures` tells of the former, `attention.shown` of the latter. Of
        a text that is longer than a block, its beginning is shown.
        """
        units = self.settings.options[language_model.UNITS]
        lines = transform_output.vocabulary_by_name(features.TOKEN_VOCABULARY)
        reader = readers.Cached(self._architecture, model)
        writing = loop.Loop(reader, self._length, tokens.texts(lines, units))
        [name] = self.settings.texts

        def read(text: tf.Tensor) -> tf.RaggedTensor:
            return _ragged(ask({name: text}).transformed[features.TOKEN_IDS])

        def begin(raw: task.Tensors) -> task.Tensors:
            texts = read(raw[name])
            start = tf.fill([texts.nrows(), 1], tf.constant(tokens.SEP_ID, texts.dtype))
            ids = tf.concat([start, texts], axis=1)[:, : self._length]
            return {features.TOKEN_IDS: ids.to_tensor(tokens.PAD_ID)}

        return {
            **text_writer.TextWriter(writing, read).signatures(),
            **attention.shown(model, begin, [name], transform_output),
        }


class Objective:
    """Cross-entropy of the tokens of a block; padding is told by a target below 0."""

    def loss(self, targets: task.Tensors, outputs: tf.Tensor, training: bool) -> task.Weighted:
        """Computes nats, and as weights the numbers of tokens."""
        del training
        return next_tokens.per_token(*next_tokens.nats(targets, outputs))

    def metrics(self, targets: task.Tensors, outputs: tf.Tensor) -> dict[str, task.Weighted]:
        """Gives the share of tokens that were the likeliest, and bits for each character."""
        nats, _ = next_tokens.nats(targets, outputs)
        characters = tf.cast(targets[features.CHARACTERS], tf.float32)
        bits = tf.reduce_sum(nats, axis=1) / math.log(2.0)
        return {
            "accuracy": next_tokens.accuracy(targets, outputs),
            "bits_per_character": task.Weighted(bits, characters),
        }


def _ragged(token_ids: tf.SparseTensor) -> tf.RaggedTensor:
    return tf.cast(tf.RaggedTensor.from_sparse(token_ids), tf.int32)


def _size(transform_output: tft.TFTransformOutput) -> int:
    size: int = transform_output.vocabulary_size_by_name(features.TOKEN_VOCABULARY)
    return size


def build(settings: tasks_lib.Settings) -> task.Task:
    """Builds the task."""
    return LanguageModel(settings)
