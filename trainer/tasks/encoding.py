"""What tasks have in common that make one vector of the texts of a row, and answers of that."""

import abc
import types
from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf
import tensorflow_transform as tft

from schemas import features
from schemas import tasks as tasks_lib
from trainer.tasks import attention, task


class EncoderTask(attention.Attending):
    """Reads one text, or two as one sequence: `[CLS] first [SEP] second [SEP]`.

    Which of the two a token belongs to stands in its segment id, 0 or 1.
    """

    def __init__(self, settings: tasks_lib.Settings) -> None:
        super().__init__(settings)
        if len(settings.texts) > 1:
            self.input_features = (features.TOKEN_IDS, features.SEGMENT_IDS)

    @abc.abstractmethod
    def head(self, transform_output: tft.TFTransformOutput) -> keras.layers.Layer:
        """Makes the layer from the sequence's vector `(batch, hidden_dim)` to the outputs."""

    def encode(
        self, inputs: Mapping[str, tf.Tensor], tools: task.Tools
    ) -> dict[str, tf.SparseTensor]:
        """Turns the texts into token ids, of a pair with segment ids: sparse, int64."""
        tokenizer = tools.tokenizer()
        texts = [inputs[name] for name in self.settings.texts]
        if len(texts) == 1:
            return {features.TOKEN_IDS: tokenizer(texts[0]).to_sparse()}
        first, second = texts
        tokenizer.learn(tf.concat([first, second], axis=0))
        token_ids, segment_ids = tokenizer.pairs(first, second)
        return {
            features.TOKEN_IDS: token_ids.to_sparse(),
            features.SEGMENT_IDS: segment_ids.to_sparse(),
        }

    def build_model(
        self,
        architecture: types.ModuleType,
        model_config: Any,
        transform_output: tft.TFTransformOutput,
        max_length: int,
    ) -> keras.Model:
        """Builds an encoder with the task's head."""
        more = {"num_segments": 2} if len(self.settings.texts) > 1 else {}
        model: keras.Model = architecture.build(
            model_config,
            vocabulary_size=transform_output.vocabulary_size_by_name(features.TOKEN_VOCABULARY),
            max_length=max_length,
            head=self.head(transform_output),
            **more,
        )
        return model
