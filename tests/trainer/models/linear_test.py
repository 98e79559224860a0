"""The linear model against scikit-learn's."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn import feature_extraction

from schemas import features
from trainer import rivals
from trainer.models import linear

_VOCABULARY_SIZE = 30
_BUCKETS = 1_000_003  # so many that no two pairs of the few tokens share one


def _texts(count: int = 60) -> list[list[int]]:
    rng = np.random.default_rng(4)
    return [rng.integers(5, _VOCABULARY_SIZE, rng.integers(1, 25)).tolist() for _ in range(count)]


def _batches(texts: list[list[int]], size: int = 7) -> tf.data.Dataset:
    """Puts marks around texts and pads them, a few to a batch."""
    marked = tf.ragged.constant([[2, *text, 3] for text in texts], dtype=tf.int64)
    batches = tf.data.Dataset.from_tensor_slices(marked).ragged_batch(size)
    return batches.map(lambda ids: ({features.TOKEN_IDS: ids.to_tensor()}, {}))


def _model(**settings) -> keras.Model:
    shape = rivals.Linear(**{"buckets": _BUCKETS, "min_texts": 1, **settings})
    return linear.build(shape, _VOCABULARY_SIZE, 32, keras.layers.Dense(2, name="logits"))


def _vectors(model: keras.Model, texts: list[list[int]]) -> list[list[float]]:
    """Returns the values of each text's features, in order."""
    listing, weighing = model.get_layer("n_grams"), model.get_layer("tf_idf")
    [(inputs, _)] = _batches(texts, size=len(texts))
    values = np.asarray(weighing(*listing(inputs[features.TOKEN_IDS])))
    return [sorted(row[row > 0].tolist()) for row in values]


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("min_texts", [1, 3])
def test_the_vectors_are_those_of_scikit_learn(order, min_texts):
    train, others = _texts()[:40], _texts()[40:]
    theirs = feature_extraction.text.TfidfVectorizer(
        analyzer=lambda text: [
            tuple(text[i : i + n]) for n in range(1, order + 1) for i in range(len(text) - n + 1)
        ],
        sublinear_tf=True,
        min_df=min_texts,
    ).fit(train)
    model = _model(order=order, min_texts=min_texts)
    linear.adapt(model, _batches(train))

    # Other texts hold n-grams that train has not.
    for texts in (train, others):
        expected = [sorted(row.data.tolist()) for row in theirs.transform(texts)]
        for ours, row in zip(_vectors(model, texts), expected, strict=True):
            np.testing.assert_allclose(ours, row, rtol=1e-5)


def test_outputs_are_the_features_weights_by_their_values():
    model = _model(order=1)
    linear.adapt(model, _batches([[5, 6], [5]]))
    kernel = np.arange(2 * _VOCABULARY_SIZE, dtype="float32").reshape(-1, 2)
    model.get_layer("logits").set_weights([kernel, np.array([1, -1], "float32")])

    # Both idf by hand: ln(3 / 3) + 1 of token 5, ln(3 / 2) + 1 of token 6.
    values = np.array([1.0, 1.0 + np.log(1.5)])
    expected = values / np.linalg.norm(values) @ kernel[[5, 6]] + [1, -1]
    outputs = model({features.TOKEN_IDS: np.array([[2, 6, 5, 3]])})
    np.testing.assert_allclose(outputs, [expected], rtol=1e-5)


def test_what_was_learned_does_not_depend_on_how_texts_fall_into_batches():
    one, other = _model(), _model()
    linear.adapt(one, _batches(_texts(), size=7))
    linear.adapt(other, _batches(_texts(), size=60))
    for mine, its in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)
