"""The signature `attention`: what a token gathers from each other, in every layer and head."""

from collections.abc import Callable

import keras
import tensorflow as tf
import tensorflow_transform as tft

from schemas import features, tokens
from trainer import models
from trainer.tasks import task

SIGNATURE = "attention"


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
                "tokens": tf.where(is_real, tf.gather(vocabulary, ids), ""),
                "weights": weights,
            }

        asked = {name: tf.TensorSpec([None], tf.string, name=name) for name in self.settings.texts}
        return {SIGNATURE: tf.function(attend, autograph=False).get_concrete_function(**asked)}
