"""The tokenizer that a task calls in the transform graph."""

from collections.abc import Sequence

import tensorflow as tf

from components.transform import (
    byte_pairs,
    characters,
    merges,
    spans,
    text,
    vocabulary,
    windows,
    wordpiece,
    words,
)
from components.transform import config as config_lib
from components.transform import rows as rows_lib
from schemas import features, tokens

# What learns from whole texts, and turns them into ids.
_OF_TEXTS = {"characters": characters.learn, "bytes_bpe": byte_pairs.learn}
# What does so with their words.
_OF_WORDS = {"wordpiece": wordpiece.learn, "words": words.learn}


class Tokenizer:
    """Texts to token ids, with a vocabulary learned from the texts of the analyzed split.

    Args:
        config: How texts are split and what bounds the vocabulary.
        vocabulary_name: Asset that the vocabulary is written to; two tokenizers take two names.
        given: The vocabulary, such as a model's, where it is not to be learned.
        given_merges: Where its pieces of bytes are merged by rank: the merges, see `merges.Given`.

    Example:
        >>> tokenize = tokenizer.Tokenizer(config)
        >>> token_ids = tokenize(inputs["text"]).to_sparse()
    """

    def __init__(
        self,
        config: config_lib.TokenizerConfig,
        vocabulary_name: str = features.TOKEN_VOCABULARY,
        given: Sequence[str] | None = None,
        given_merges: Sequence[Sequence[int]] = (),
    ) -> None:
        if given is None and config.kind in tokens.GIVEN:
            raise ValueError(f"`given` must be there for {config.kind}. Received: None")
        self._given = given
        self._given_merges = given_merges
        self.config = config
        self.vocabulary_name = vocabulary_name
        self._look_up: vocabulary.Lookup | None = None
        self._look_up_words: vocabulary.WordLookup | None = None

    def learn(self, texts: tf.Tensor) -> vocabulary.Lookup:
        """Learns the vocabulary from texts `(any,)`, such as several columns put together.

        Without it, the first texts that are tokenized are those learned from.

        Returns:
            What turns texts `(batch,)` into ids `(batch, None)`.

        Raises:
            ValueError: If this tokenizer has learned already.
        """
        if self._look_up is not None:
            raise ValueError(
                "A tokenizer must learn only once, before it tokenizes. "
                f"Received: a second call for vocabulary_name={self.vocabulary_name!r}"
            )
        if self._given is not None and self.config.kind in tokens.GIVEN:
            given = merges.Given(self._given, self._given_merges)
            self._look_up = merges.take(texts, self.vocabulary_name, given)
        else:
            learn = _OF_TEXTS.get(self.config.kind) or self._learn_words
            self._look_up = learn(texts, self.config, self.vocabulary_name, self._given)
        return self._look_up

    def _learn_words(
        self,
        texts: tf.Tensor,
        config: config_lib.TokenizerConfig,
        vocabulary_name: str,
        given: Sequence[str] | None,
    ) -> vocabulary.Lookup:
        found = text.words(texts, config).flat_values
        # In bytes, as the lookup counts.
        found = tf.boolean_mask(found, tf.strings.length(found) <= config.max_word_bytes)
        look_up = _OF_WORDS[config.kind](found, config, vocabulary_name, given)
        self._look_up_words = look_up
        return lambda texts: look_up(text.words(texts, config))

    def pieces(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Turns texts `(batch,)` into int64 ids `(batch, None)`, without marks or truncation."""
        look_up = self._look_up or self.learn(texts)
        return look_up(texts)

    def __call__(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Turns texts `(batch,)` into int64 ids `(batch, None)`: `[CLS]`, pieces, `[SEP]`.

        What goes beyond `max_length`, the marks included, is cut off before `[SEP]`.
        """
        return self.marked(self.pieces(texts))

    def marked(self, pieces: tf.RaggedTensor) -> tf.RaggedTensor:
        """Puts `[CLS]` and `[SEP]` around ids `(batch, None)`, and cuts them to `max_length`."""
        pieces = pieces[:, : self.config.max_length - 2]
        rows = pieces.nrows()
        return tf.concat([_marks(vocabulary.CLS_ID, rows), pieces, _end(rows)], axis=1)

    def pairs(self, first: tf.Tensor, second: tf.Tensor) -> tuple[tf.RaggedTensor, tf.RaggedTensor]:
        """Turns pairs of texts, `(batch,)` each, into ids and segment ids, int64 `(batch, None)`.

        The ids are `[CLS] first [SEP] second [SEP]`, the segment ids 0 up to the first `[SEP]` and
        1 after it. What goes beyond `max_length`, the marks included, is cut off the longer of both
        texts, token by token; off the second where they are equally long.
        """
        first_pieces, second_pieces = self.pieces(first), self.pieces(second)
        first_lengths, second_lengths = _longest_first(
            first_pieces.row_lengths(), second_pieces.row_lengths(), self.config.max_length - 3
        )
        rows = first_pieces.nrows()
        opening, end = _marks(vocabulary.CLS_ID, rows), _end(rows)
        left = tf.concat([opening, rows_lib.first(first_pieces, first_lengths), end], axis=1)
        right = tf.concat([rows_lib.first(second_pieces, second_lengths), end], axis=1)
        segments = tf.concat([tf.zeros_like(left), tf.ones_like(right)], axis=1)
        return tf.concat([left, right], axis=1), segments

    def windows(self, questions: tf.Tensor, contexts: tf.Tensor) -> windows.Windows:
        """Turns questions and what to look for answers in, `(batch,)` each, into windows.

        The vocabulary must have been learned. Each window is `[CLS] question [SEP] part of the
        context [SEP]`, of at most `max_length` tokens; a context that does not fit is cut into
        parts that overlap, and `stride` tells by how many tokens each moves on.

        Raises:
            ValueError: If the tokenizer has not learned, or its kind does not go by words.
        """
        if self._look_up_words is None:
            raise ValueError(
                "A tokenizer must have learned, and from words, before it makes windows. "
                f"Received: kind={self.config.kind!r}"
            )
        return windows.cut(
            self.pieces(questions),
            spans.pieces(contexts, self.config, self._look_up_words),
            self.config.max_length,
            self.config.stride,
        )


def _marks(token_id: int, rows: tf.Tensor) -> tf.Tensor:
    """Repeats a reserved token for each row: `(rows, 1)`."""
    return tf.fill(tf.stack([rows, 1]), tf.constant(token_id, tf.int64))


def _end(rows: tf.Tensor) -> tf.Tensor:
    return _marks(vocabulary.SEP_ID, rows)


def _longest_first(first: tf.Tensor, second: tf.Tensor, room: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Finds the lengths `(batch,)` left of both, when the longer gives up token after token."""
    half = (room + 1) // 2
    return (
        tf.minimum(first, tf.maximum(room - second, half)),
        tf.minimum(second, tf.maximum(room - first, room - half)),
    )
