"""Signatures that tell a text's tokens, and what each gathers from others by layer and head."""

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf
import tensorflow_transform as tft

from schemas import features, tokens
from trainer import models
from trainer.models import encoder_decoder
from trainer.tasks import task

SIGNATURE = "attention"
CROSS_SIGNATURE = "cross_attention"
TOKENS_SIGNATURE = "tokens"


class Attending(task.Task):
    """A task whose model reads all of a text, by an architecture that may have attention."""

    def signatures(
        self,
        model: keras.Model,
        ask: Callable[[task.Tensors], task.Asked],
        transform_output: tft.TFTransformOutput,
    ) -> dict[str, tf.types.experimental.ConcreteFunction]:
        """Makes `attention`, or `tokens` for an architecture without; see `shown`.

        It takes each text, strings `(batch,)`.
        """
        names = self.settings.texts
        return shown(model, lambda raw: self.read(ask(raw)), names, transform_output)


def shown(
    model: keras.Model,
    read: Callable[[task.Tensors], task.Tensors],
    texts: Sequence[str],
    transform_output: tft.TFTransformOutput,
) -> dict[str, tf.types.experimental.ConcreteFunction]:
    """Makes the signature that shows what a model reads, and what attends to what in it.

    Args:
        model: Of any architecture.
        read: Makes the model's inputs of texts by name, `token_ids` among them.
        texts: Names of the texts.
        transform_output: Has the vocabulary.

    Returns:
        `tokens`, which gives `token_ids` `(batch, seq_len)` and the `tokens` as the vocabulary
        writes them, empty where there is padding. Of an architecture with attention `attention`
        instead, which also gives `weights` `(batch, num_layers, num_heads, seq_len, seq_len)`: the
        share of each token (last axis) in what a token (last but one) gathers. Shares sum to 1, and
        are 0 where either is padding.
    """
    architecture = models.of(model)
    vocabulary = tf.constant(transform_output.vocabulary_by_name(features.TOKEN_VOCABULARY))

    def name(inputs: task.Tensors) -> task.Tensors:
        ids = tf.cast(inputs[features.TOKEN_IDS], tf.int64)
        return {"token_ids": ids, "tokens": _names(vocabulary, ids)}

    def attend(inputs: task.Tensors) -> task.Tensors:
        is_real = inputs[features.TOKEN_IDS] != tokens.PAD_ID  # (batch, seq_len)
        weights = architecture.attention_weights(model, inputs)
        # What padding gathers means nothing, and nothing gathers from it.
        return {"weights": tf.where(is_real[:, None, None, :, None], weights, 0.0)}

    has_attention = hasattr(architecture, "attention_weights")

    def show(**raw: tf.Tensor) -> task.Tensors:
        inputs = read(raw)
        return {**name(inputs), **(attend(inputs) if has_attention else {})}

    asked = {text: tf.TensorSpec([None], tf.string, name=text) for text in texts}
    made = tf.function(show, autograph=False).get_concrete_function(**asked)
    return {SIGNATURE if has_attention else TOKENS_SIGNATURE: made}


def crossed(
    model: keras.Model,
    source_ids: tf.Tensor,
    told_ids: tf.Tensor,
    transform_output: tft.TFTransformOutput,
) -> task.Tensors:
    """Tells what each token of a translation gathers from each of its source, as it is told.

    Args:
        model: Of `trainer.models.encoder_decoder`.
        source_ids: Int32 `(batch, source_len)`, 0 where there is padding.
        told_ids: The translation's, int32 `(batch, target_len)`, 0 after the last.
        transform_output: Has the vocabularies.

    Returns:
        `token_ids` and `tokens` of the source, `target_ids` and `target_tokens` of the translation,
        names as the vocabularies write them and empty where there is padding; and `weights`,
        float32 `(batch, num_layers, num_heads, target_len, source_len)`. Shares of a token sum to
        1, and are 0 where either is padding.
    """
    begin = tf.fill([tf.shape(told_ids)[0], 1], tokens.CLS_ID)
    read = {
        features.TOKEN_IDS: source_ids,
        # A token is told as the one before it is read.
        features.TARGET_IDS: tf.concat([begin, told_ids[:, :-1]], axis=1),
    }
    weights = encoder_decoder.cross_attention_weights(model, read)
    is_told = told_ids != tokens.PAD_ID
    vocabularies = (
        tf.constant(transform_output.vocabulary_by_name(name))
        for name in (features.TOKEN_VOCABULARY, features.TARGET_VOCABULARY)
    )
    names, target_names = map(_names, vocabularies, (source_ids, told_ids))
    return {
        "token_ids": source_ids,
        "tokens": names,
        "target_ids": told_ids,
        "target_tokens": target_names,
        "weights": tf.where(is_told[:, None, None, :, None], weights, 0.0),
    }


def _names(vocabulary: tf.Tensor, token_ids: tf.Tensor) -> tf.Tensor:
    return tf.where(token_ids != tokens.PAD_ID, tf.gather(vocabulary, token_ids), "")
