"""The tokenizer that a task calls in the transform graph."""

import tensorflow as tf

from components.transform import config as config_lib
from components.transform import text, vocabulary, wordpiece, words
from schemas import features

_KINDS = {"wordpiece": wordpiece.learn, "words": words.learn}


class Tokenizer:
    """Texts to token ids, with a vocabulary learned from the texts of the analyzed split.

    Args:
        config: How texts are split and what bounds the vocabulary.
        vocabulary_name: Asset that the vocabulary is written to; two tokenizers take two names.

    Example:
        >>> tokenize = tokenizer.Tokenizer(config)
        >>> token_ids = tokenize(inputs["text"]).to_sparse()
    """

    def __init__(
        self,
        config: config_lib.TokenizerConfig,
        vocabulary_name: str = features.TOKEN_VOCABULARY,
    ) -> None:
        self.config = config
        self.vocabulary_name = vocabulary_name
        self._look_up: vocabulary.Lookup | None = None

    def learn(self, texts: tf.Tensor) -> vocabulary.Lookup:
        """Learns the vocabulary from texts `(any,)`, such as several columns put together.

        Without it, the first texts that are tokenized are those learned from.

        Returns:
            What turns words `(batch, None)` into ids `(batch, None)`.

        Raises:
            ValueError: If this tokenizer has learned already.
        """
        if self._look_up is not None:
            raise ValueError(
                "A tokenizer must learn only once, before it tokenizes. "
                f"Received: a second call for vocabulary_name={self.vocabulary_name!r}"
            )
        found = text.words(texts, self.config).flat_values
        # In bytes, as the lookup counts.
        found = tf.boolean_mask(found, tf.strings.length(found) <= vocabulary.MAX_WORD_BYTES)
        self._look_up = _KINDS[self.config.kind](found, self.config, self.vocabulary_name)
        return self._look_up

    def pieces(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Turns texts `(batch,)` into int64 ids `(batch, None)`, without marks or truncation."""
        look_up = self._look_up or self.learn(texts)
        return look_up(text.words(texts, self.config))

    def __call__(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Turns texts `(batch,)` into int64 ids `(batch, None)`: `[CLS]`, pieces, `[SEP]`.

        What goes beyond `max_length`, the marks included, is cut off before `[SEP]`.
        """
        pieces = self.pieces(texts)[:, : self.config.max_length - 2]
        column = tf.stack([pieces.nrows(), 1])
        opening = tf.fill(column, tf.constant(vocabulary.CLS_ID, tf.int64))
        closing = tf.fill(column, tf.constant(vocabulary.SEP_ID, tf.int64))
        return tf.concat([opening, pieces, closing], axis=1)
