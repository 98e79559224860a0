"""The mean of the tokens' vectors: a linear model that learns which words are alike."""

import itertools

import keras
from keras import ops

from schemas import features
from trainer import rivals
from trainer.layers import pooling
from trainer.models import embedded as embedded_lib


def build(
    model_config: rivals.Embeddings,
    vocabulary_size: int,
    max_length: int,
    head: keras.layers.Layer,
    *,
    num_segments: int | None = None,
) -> keras.Model:
    """Builds the model.

    Of two texts or more each has a mean of its own, and the head is given, of each and the one
    after it, how far they are apart and their product as well: a mean over both would not tell
    which word was whose.

    Args:
        model_config: Width, and how many tokens are left out while training.
        vocabulary_size: Tokens; every token id is below it, and id 0 is padding.
        max_length: Not looked at.
        head: Maps the sequence's vector `(batch, any)`, float32, to the outputs.
        num_segments: Texts that a sequence may be made of.

    Returns:
        A functional model from `{"token_ids": (batch, seq_len)}`, with `num_segments` also
        `"segment_ids"` of the same shape, to the head's outputs, float32.

    References:
        Iyyer et al. 2015, sec. 2.1, doi:10.3115/v1/P15-1162;
        Joulin et al. 2017, sec. 2, arXiv:1607.01759;
        Conneau et al. 2017, sec. 3.1, arXiv:1705.02364 (two texts)
    """
    del max_length
    embedded = embedded_lib.embed(
        vocabulary_size,
        model_config.embedding_dim,
        model_config.token_dropout,
        num_segments,
        segment_vectors=False,
    )
    pooled = pooling.Pooling("mean", name="pooling")
    if num_segments is None:
        vector = pooled(embedded.vectors, embedded.kept_mask)
    else:
        means = []
        for segment in range(num_segments):
            own = ops.equal(embedded.inputs[features.SEGMENT_IDS], segment)
            means.append(pooled(embedded.vectors, ops.logical_and(embedded.kept_mask, own)))
        pairs = list(itertools.pairwise(means))
        apart = [ops.abs(ops.subtract(one, other)) for one, other in pairs]
        products = [ops.multiply(one, other) for one, other in pairs]
        vector = ops.concatenate([*means, *apart, *products], axis=-1)
    outputs = ops.cast(head(vector), "float32")
    return keras.Model(embedded.inputs, outputs, name="averaged_embeddings")
