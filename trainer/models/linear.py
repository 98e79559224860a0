"""The linear model of TF-IDF-weighted n-grams: what words are in a text, and not in which order."""

import keras
import numpy as np
import tensorflow as tf

from schemas import features, tokens
from trainer import rivals
from trainer.layers import n_grams, sparse_dense, tf_idf, token_dropout

_N_GRAMS, _TF_IDF = "n_grams", "tf_idf"


def build(
    model_config: rivals.Linear,
    vocabulary_size: int,
    max_length: int,
    head: keras.layers.Layer,
    *,
    num_segments: int | None = None,
) -> keras.Model:
    """Builds the model; before it is trained, `adapt` has to learn how rare its n-grams are.

    Args:
        model_config: Which n-grams there are.
        vocabulary_size: Tokens; every token id is below it, and id 0 is padding.
        max_length: Not looked at.
        head: A dense layer: its number of units is that of the outputs. Its weights, one for each
            n-gram and output, are held by a layer that is called by its name.
        num_segments: Texts that a sequence may be made of, whose n-grams are told apart.

    Returns:
        A functional model from `{"token_ids": (batch, seq_len)}`, with `num_segments` also
        `"segment_ids"` of the same shape, to outputs `(batch, head.units)`, float32.

    References:
        Wang and Manning 2012, "Baselines and Bigrams", for how strong a rival it is
    """
    del max_length
    names = (features.TOKEN_IDS, *((features.SEGMENT_IDS,) if num_segments else ()))
    inputs = {name: keras.Input((None,), dtype="int32", name=name) for name in names}
    kept_ids = token_dropout.TokenDropout(
        model_config.token_dropout, tokens.PAD_ID, name="token_dropout"
    )(inputs[features.TOKEN_IDS])
    listing = n_grams.NGrams(
        vocabulary_size,
        model_config.order,
        model_config.buckets,
        num_segments or 1,
        name=_N_GRAMS,
    )
    segments = {"segment_ids": inputs[features.SEGMENT_IDS]} if num_segments else {}
    found, counts = listing(kept_ids, **segments)
    weighing = tf_idf.TfIdf(listing.num_features, min_texts=model_config.min_texts, name=_TF_IDF)
    summing = sparse_dense.SparseDense(listing.num_features, head.units, name=head.name)
    return keras.Model(inputs, summing(found, weighing(found, counts)), name="linear")


def adapt(model: keras.Model, examples: tf.data.Dataset) -> None:
    """Learns how rare each n-gram is.

    Args:
        model: What `build` returned.
        examples: Batches of inputs and targets, each text once.
    """
    listing, weighing = model.get_layer(_N_GRAMS), model.get_layer(_TF_IDF)
    frequencies = np.zeros(listing.num_features, np.int64)
    num_texts = 0
    for inputs, _ in examples:
        found, counts = listing(inputs[features.TOKEN_IDS], inputs.get(features.SEGMENT_IDS))
        in_text = np.asarray(found)[np.asarray(counts) > 0]
        frequencies += np.bincount(in_text, minlength=listing.num_features)
        num_texts += len(found)
    weighing.learn(frequencies, num_texts)
