"""Reads tokens and tells logits of the next one: with what was read before at hand, or without."""

import types
from typing import Any, Protocol

import keras
import tensorflow as tf

from schemas import features


class Reader(Protocol):
    """Reads a batch of texts, some tokens at a time, all rows as many."""

    def empty(self, batch: tf.Tensor, length: tf.Tensor) -> Any:
        """Makes the state of nothing read, for up to `length` tokens of `batch` rows."""

    def read(
        self, token_ids: tf.Tensor, state: Any, position: int | tf.Tensor
    ) -> tuple[tf.Tensor, Any]:
        """Reads on.

        Args:
            token_ids: Int32 tensor `(batch, any)`, one token or more.
            state: Of the tokens before `position`; what it knows of later ones is forgotten.
            position: Position of the first token.

        Returns:
            Logits of the token that follows the last, float32 `(batch, vocabulary_size)`, and the
            state with the tokens read.
        """


class Cached:
    """Keeps what the architecture has to know of the tokens read, so that a token is read once."""

    def __init__(self, architecture: types.ModuleType, model: keras.Model) -> None:
        """Takes a module of `trainer.models` that reads token by token, and a model of its own."""
        self._architecture = architecture
        self._model = model

    def empty(self, batch: tf.Tensor, length: tf.Tensor) -> Any:
        """Makes empty caches."""
        return self._architecture.empty_caches(self._model, batch, length)

    def read(
        self, token_ids: tf.Tensor, state: Any, position: int | tf.Tensor
    ) -> tuple[tf.Tensor, Any]:
        """Reads the new tokens alone."""
        read = self._architecture.read(self._model, token_ids, state, position)
        return read.logits, read.caches


class Uncached:
    """Keeps the tokens and reads all of them each time: what the cache is held against."""

    def __init__(self, model: keras.Model) -> None:
        """Takes a model whose outputs are logits of the token after each."""
        self._model = model

    def empty(self, batch: tf.Tensor, length: tf.Tensor) -> tf.Tensor:
        """Makes a state without tokens."""
        del length
        return tf.zeros([batch, 0], tf.int32)

    def read(
        self, token_ids: tf.Tensor, state: tf.Tensor, position: int | tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Reads what was read before, and the new tokens after it."""
        known = tf.concat([state[:, :position], token_ids], axis=1)
        return self._model({features.TOKEN_IDS: known}, training=False)[:, -1], known
