"""Masked language model: some tokens of a text are masked, and told by those around them."""

import types
from collections.abc import Mapping

import keras
import tensorflow as tf
import tensorflow_transform as tft
from keras import ops

from schemas import features, masked_language_model, tokens
from schemas import tasks as tasks_lib
from trainer import config
from trainer.layers import masked_tokens
from trainer.tasks import attention, masked_language_model_counts, task
from trainer.tasks import masked_language_model_masks as masks

# Likeliest tokens that an answer tells of each mask.
TOP = 5


class MaskedLanguageModel(attention.Attending):
    """Answers a text with `[MASK]` in it by the likeliest tokens of each.

    What is learned from is drawn anew in every epoch. What the eval and the test split are judged
    by is drawn once and for all.
    """

    answer_key = "scores"
    truth_key = masked_language_model.MASKED_IDS
    judged_apart = True

    def transform(
        self, inputs: Mapping[str, tf.Tensor], tools: task.Tools
    ) -> dict[str, tf.Tensor | tf.SparseTensor]:
        """Gives the token ids, int64 `(batch, None)`; what reads `[MASK]` is one."""
        [name] = self.settings.texts
        tokenizer = tools.tokenizer()
        parts = tf.strings.split(inputs[name], masked_language_model.MASK)
        pieces = tokenizer.pieces(parts.flat_values)
        mask = tf.fill(tf.stack([pieces.nrows(), 1]), tf.constant(tokens.MASK_ID, tf.int64))
        with_masks = parts.with_flat_values(tf.concat([pieces, mask], axis=1))
        # One mask stands between two parts, and none after the last.
        joined = with_masks.merge_dims(1, 2)[:, :-1]
        return {features.TOKEN_IDS: tokenizer.marked(joined).to_sparse()}

    def targets(
        self,
        transformed: Mapping[str, tf.Tensor | tf.RaggedTensor],
        transform_output: tft.TFTransformOutput,
    ) -> dict[str, tf.Tensor | tf.RaggedTensor]:
        """Takes all token ids, as any may be asked for; `draw` leaves those that are."""
        return {masked_language_model.MASKED_IDS: transformed[features.TOKEN_IDS]}

    def draw(
        self,
        inputs: task.Tensors,
        targets: task.Tensors,
        transform_output: tft.TFTransformOutput,
        seed: int,
        epoch: int,
    ) -> tuple[task.Tensors, task.Tensors]:
        """Masks tokens; the targets are which they were, `(batch, most)`, -1 fills up."""
        masked = masks.mask(inputs[features.TOKEN_IDS], _size(transform_output), seed, epoch)
        return _inputs(masked), {masked_language_model.MASKED_IDS: masked.ids}

    def build_model(
        self,
        architecture: types.ModuleType,
        model_config: config.ModelConfig,
        transform_output: tft.TFTransformOutput,
        max_length: int,
    ) -> keras.Model:
        """Builds an encoder with logits over the vocabulary, float32 `(batch, most, size)`."""
        encoded = architecture.encode(model_config, _size(transform_output), max_length)
        positions = keras.Input((None,), dtype="int32", name=masked_language_model.MASKED_POSITIONS)
        x = masked_tokens.MaskedTokens(
            model_config.hidden_dim, model_config.norm_kind, name="masked_tokens"
        )(encoded.tokens, positions)
        logits = masked_tokens.TokenBias(name="token_bias")(encoded.embedding(x, reverse=True))
        inputs = {**encoded.inputs, masked_language_model.MASKED_POSITIONS: positions}
        return keras.Model(inputs, ops.cast(logits, "float32"), name="transformer")

    def objective(
        self,
        train: config.TrainConfig,
        transform_output: tft.TFTransformOutput,
        train_targets: tf.data.Dataset,
    ) -> "Objective":
        """Makes the cross-entropy of the masked tokens."""
        return Objective()

    def read(self, asked: task.Asked) -> task.Tensors:
        """Takes the ids, and the places of the masks among them."""
        ids = tf.sparse.to_dense(asked.transformed[features.TOKEN_IDS])
        positions, _ = masks.positions_of(ids == tokens.MASK_ID)
        return {features.TOKEN_IDS: ids, masked_language_model.MASKED_POSITIONS: positions}

    def answer(
        self, outputs: tf.Tensor, asked: task.Asked, transform_output: tft.TFTransformOutput
    ) -> task.Tensors:
        """Gives the likeliest tokens of each mask and their probabilities, the likeliest first.

        Returns:
            `masks`, how many the text has within the length, int32 `(batch,)`; `tokens`, as the
            vocabulary writes them, `(batch, most, TOP)`, and `probabilities`, float32 of the same
            shape; empty and 0 where a text has fewer masks than another. Reserved tokens have no
            part in it.
        """
        ids = tf.sparse.to_dense(asked.transformed[features.TOKEN_IDS])
        _, is_mask = masks.positions_of(ids == tokens.MASK_ID)
        reserved = len(tokens.RESERVED)
        vocabulary = tf.constant(transform_output.vocabulary_by_name(features.TOKEN_VOCABULARY))
        probabilities = tf.nn.softmax(outputs[..., reserved:])
        top = tf.math.top_k(probabilities, min(TOP, vocabulary.shape[0] - reserved))
        told = is_mask[..., None]
        return {
            "masks": tf.reduce_sum(tf.cast(is_mask, tf.int32), axis=1),
            "tokens": tf.where(told, tf.gather(vocabulary, top.indices + reserved), ""),
            "probabilities": tf.where(told, top.values, 0.0),
        }

    def judged(
        self, model: keras.Model, asked: task.Asked, transform_output: tft.TFTransformOutput
    ) -> task.Tensors:
        """Gives the summed loss of each text and how many masks are right, float32 `(batch, 2)`."""
        masked = self._masked(asked, transform_output)
        outputs = model(_inputs(masked), training=False)
        loss, right, _ = _scores(outputs, masked.ids)
        return {self.answer_key: tf.stack([loss, right], axis=1)}

    def truth(self, asked: task.Asked, transform_output: tft.TFTransformOutput) -> task.Tensors:
        """Gives the masked tokens' ids, int64 `(batch, most)`, -1 fills up."""
        # Never narrower than one: an example without any value counts as one without a truth.
        ids = self._masked(asked, transform_output).ids
        return {self.truth_key: tf.pad(ids, [[0, 0], [0, 1]], constant_values=masks.NO_TARGET)}

    def counts(self, width: int) -> masked_language_model_counts.Counts:
        """Makes the counts of nothing seen."""
        del width
        return masked_language_model_counts.Counts()

    def _masked(self, asked: task.Asked, transform_output: tft.TFTransformOutput) -> masks.Masked:
        """Masks what is judged as the eval split of a training is masked."""
        ids = tf.sparse.to_dense(asked.transformed[features.TOKEN_IDS])
        return masks.mask(ids, _size(transform_output), seed=0, epoch=0)


class Objective:
    """Cross-entropy of the masked tokens alone, each of which counts alike."""

    def loss(self, targets: task.Tensors, outputs: tf.Tensor, training: bool) -> task.Weighted:
        """Sums the loss of each text's masked tokens; their number is its weight."""
        del training
        loss, _, weight = _scores(outputs, targets[masked_language_model.MASKED_IDS])
        return task.Weighted(loss, weight)

    def metrics(self, targets: task.Tensors, outputs: tf.Tensor) -> dict[str, task.Weighted]:
        """Gives the share of masked tokens that are the likeliest."""
        _, right, weight = _scores(outputs, targets[masked_language_model.MASKED_IDS])
        return {"accuracy": task.Weighted(right, weight)}


def _scores(logits: tf.Tensor, ids: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Sums loss, right answers and masked tokens of each text, float32 `(batch,)`."""
    is_masked = tf.cast(ids != masks.NO_TARGET, tf.float32)
    right_ids = tf.maximum(ids, 0)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(right_ids, logits)
    hits = tf.cast(tf.argmax(logits, axis=-1) == tf.cast(right_ids, tf.int64), tf.float32)
    return (
        tf.reduce_sum(loss * is_masked, axis=1),
        tf.reduce_sum(hits * is_masked, axis=1),
        tf.reduce_sum(is_masked, axis=1),
    )


def _inputs(masked: masks.Masked) -> task.Tensors:
    return {
        features.TOKEN_IDS: masked.token_ids,
        masked_language_model.MASKED_POSITIONS: masked.positions,
    }


def _size(transform_output: tft.TFTransformOutput) -> int:
    size: int = transform_output.vocabulary_size_by_name(features.TOKEN_VOCABULARY)
    return size


def build(settings: tasks_lib.Settings) -> task.Task:
    """Builds the task."""
    return MaskedLanguageModel(settings)
