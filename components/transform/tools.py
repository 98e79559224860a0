"""What a task's `transform` works with: everything that learns from the train split."""

from collections.abc import Sequence

import tensorflow as tf

from components.transform import config as config_lib
from components.transform import labels, scaling, tokenizer
from schemas import features


class Tools:
    """Makes tokenizers and learns labels and scales, as the config says.

    Args:
        config: How text becomes token ids.
        known_labels: The labels in the order of their ids; None learns them.
        known_vocabulary: The entries of the token vocabulary in the order of their ids; None learns
            them.
        known_merges: Where pieces are merged by rank: the ids of left, right and merged piece.
    """

    def __init__(
        self,
        config: config_lib.TokenizerConfig,
        known_labels: Sequence[str] | None = None,
        known_vocabulary: Sequence[str] | None = None,
        known_merges: Sequence[Sequence[int]] = (),
    ) -> None:
        self._config = config
        self._known_labels = known_labels
        self._known_vocabulary = known_vocabulary
        self._known_merges = known_merges

    def tokenizer(self, vocabulary_name: str = features.TOKEN_VOCABULARY) -> tokenizer.Tokenizer:
        """Makes a tokenizer that writes its vocabulary to that asset."""
        is_tokens = vocabulary_name == features.TOKEN_VOCABULARY
        given = self._known_vocabulary if is_tokens else None
        return tokenizer.Tokenizer(self._config, vocabulary_name, given, self._known_merges)

    def label_ids(self, values: tf.Tensor) -> tf.Tensor:
        """Turns labels `(batch,)` into their ids `(batch,)`, int64."""
        return labels.label_ids(values, self._known_labels)

    def label_sets(self, joined: tf.Tensor, separator: str) -> tf.SparseTensor:
        """Turns joined labels `(batch,)` into the ids of each row's, int64 `(batch, None)`."""
        return labels.label_sets(joined, separator, self._known_labels)

    def standardize(self, values: tf.Tensor, names: tuple[str, ...]) -> tf.Tensor:
        """Brings columns `(batch, len(names))` to mean 0 and standard deviation 1, float32."""
        return scaling.standardize(values, names)
