"""Token ids as vectors: what the rivals that learn vectors of tokens begin with."""

from typing import NamedTuple

import keras
from keras import ops

from schemas import features, tokens
from trainer.layers import token_dropout, zero_padding


class Embedded(NamedTuple):
    """A sequence of vectors, to build a model on.

    Attributes:
        inputs: The model's inputs by name, integer `(batch, seq_len)` each.
        vectors: Each token's vector, `(batch, seq_len, width)`; zeros for one that was left out or
            is none.
        padding_mask: Which tokens are real, boolean `(batch, seq_len)`; those left out are.
        kept_mask: Which of them were not left out, of the same shape.
    """

    inputs: dict[str, keras.KerasTensor]
    vectors: keras.KerasTensor
    padding_mask: keras.KerasTensor
    kept_mask: keras.KerasTensor


def embed(
    vocabulary_size: int,
    width: int,
    dropped: float,
    num_segments: int | None = None,
    *,
    segment_vectors: bool = True,
) -> Embedded:
    """Makes a model's inputs and the vectors of their tokens.

    Args:
        vocabulary_size: Tokens; every token id is below it, and id 0 is padding.
        width: Of a vector.
        dropped: Probability of leaving a token out while training.
        num_segments: Texts that a sequence may be made of; None: one, and no input for it.
        segment_vectors: Whether a token's vector tells its segment, by the segment's own added.
    """
    names = (features.TOKEN_IDS, *((features.SEGMENT_IDS,) if num_segments else ()))
    inputs = {name: keras.Input((None,), dtype="int32", name=name) for name in names}
    token_ids = inputs[features.TOKEN_IDS]
    kept_ids = token_dropout.TokenDropout(dropped, tokens.PAD_ID, name="token_dropout")(token_ids)
    kept_mask = ops.not_equal(kept_ids, tokens.PAD_ID)
    vectors = _embedding(vocabulary_size, width, "token_embedding")(kept_ids)
    if num_segments and segment_vectors:
        segments = _embedding(num_segments, width, "segment_embedding")(
            inputs[features.SEGMENT_IDS]
        )
        vectors = keras.layers.Add(name="embedding_sum")([vectors, segments])
    vectors = zero_padding.ZeroPadding(name="kept_vectors")(vectors, kept_mask)
    return Embedded(inputs, vectors, ops.not_equal(token_ids, tokens.PAD_ID), kept_mask)


def _embedding(rows: int, width: int, name: str) -> keras.layers.Embedding:
    # As far apart as pre-trained ones, which Kim draws unknown words beside: 2014, sec. 3.1.
    initializer = keras.initializers.RandomUniform(-0.25, 0.25)
    return keras.layers.Embedding(rows, width, embeddings_initializer=initializer, name=name)
