"""Signatures that tell what a token gathers from each other, in every layer and head."""

from collections.abc import Callable

import keras
import tensorflow as tf
import tensorflow_transform as tft

from schemas import features, tokens
from trainer import models
from trainer.models import encoder_decoder
from trainer.tasks import task

SIGNATURE = "attention"
CROSS_SIGNATURE = "cross_attention"


class Attending(task.Task):
    """A task whose model reads all of a text, by an architecture that may have attention."""

    def signatures(
        self,
        model: keras.Model,
        ask: Callable[[task.Tensors], task.Asked],
        transform_output: tft.TFTransformOutput,
    ) -> dict[str, tf.types.experimental.ConcreteFunction]:
        """Makes `attention`; nothing for an architecture without.

        It takes each text, strings `(batch,)`, and gives `token_ids` `(batch, seq_len)`, the
        `tokens` as the vocabulary writes them, empty where there is padding, and `weights`
        `(batch, num_layers, num_heads, seq_len, seq_len)`: the share of each token (last axis) in
        what a token (last but one) gathers. Shares sum to 1, and are 0 where either is padding.
        """
        architecture = models.of(model)
        if not hasattr(architecture, "attention_weights"):
            return {}
        vocabulary = tf.constant(transform_output.vocabulary_by_name(features.TOKEN_VOCABULARY))

        def attend(**raw: tf.Tensor) -> task.Tensors:
            inputs = self.read(ask(raw))
            ids = tf.cast(inputs[features.TOKEN_IDS], tf.int64)
            is_real = ids != tokens.PAD_ID  # (batch, seq_len)
            weights = architecture.attention_weights(model, inputs)
            # What padding gathers means nothing, and nothing gathers from it.
            weights = tf.where(is_real[:, None, None, :, None], weights, 0.0)
            return {
                "token_ids": ids,
                "tokens": _names(vocabulary, ids),
                "weights": weights,
            }

        asked = {name: tf.TensorSpec([None], tf.string, name=name) for name in self.settings.texts}
        return {SIGNATURE: tf.function(attend, autograph=False).get_concrete_function(**asked)}


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
