"""What holds for every cheaper model of a text or a pair."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from schemas import features, tasks
from trainer import models, rivals

_VOCABULARY_SIZE = 12
_SETTINGS = {
    "linear": rivals.Linear(order=2, buckets=32, min_texts=1),
    "averaged_embeddings": rivals.Embeddings(embedding_dim=6, token_dropout=0.0),
    "cnn": rivals.Cnn(embedding_dim=6, widths=(2, 3), filters=4, dropout=0.0),
    "lstm": rivals.Lstm(num_layers=2, embedding_dim=6, hidden_dim=4, dropout=0.0),
}
_EACH = pytest.mark.parametrize("name", _SETTINGS)
_TEXTS = ([2, 5, 6, 7, 5, 3], [2, 8, 3], [2, 3])


def _model(name: str, num_segments: int | None = None, **changes) -> keras.Model:
    """Makes a small model whose weights, biases too, are all random and none is negative."""
    model = models.get(name).build(
        _SETTINGS[name].model_copy(update=changes),
        _VOCABULARY_SIZE,
        32,
        keras.layers.Dense(3, dtype="float32", name="logits"),
        num_segments=num_segments,
    )
    rng = np.random.default_rng(0)
    # An idf is never negative.
    model.set_weights([np.abs(rng.normal(scale=0.5, size=w.shape)) for w in model.get_weights()])
    return model


def _inputs(*texts: list[int], length: int = 8, second_from: int | None = None) -> dict:
    """Pads texts to a batch `(batch, length)`; from `second_from` on they are a second text's."""
    ids = np.array([[*text, *[0] * (length - len(text))] for text in texts], "int32")
    inputs = {features.TOKEN_IDS: ids.reshape(len(texts), length)}
    if second_from is not None:
        second = np.arange(length) >= second_from
        inputs[features.SEGMENT_IDS] = np.where(ids != 0, second, 0).astype("int32")
    return inputs


def test_every_rival_of_a_classifier_is_among_them():
    assert set(tasks.ENCODER_RIVALS.values()) == set(_SETTINGS)


@_EACH
def test_texts_become_outputs_of_the_head(name):
    outputs = _model(name)(_inputs(*_TEXTS))
    assert outputs.shape == (3, 3)
    assert outputs.dtype == tf.float32
    assert len({tuple(row) for row in np.asarray(outputs).round(4).tolist()}) == 3


@_EACH
@pytest.mark.parametrize("num_segments", [None, 2])
def test_padding_changes_nothing(name, num_segments):
    model = _model(name, num_segments)
    second_from = 3 if num_segments else None
    short, long = (
        model(_inputs(*_TEXTS, length=length, second_from=second_from)) for length in (6, 24)
    )
    alone = model(_inputs(_TEXTS[1], length=4, second_from=second_from))
    np.testing.assert_allclose(long, short, atol=1e-6)
    np.testing.assert_allclose(alone[0], short[1], atol=1e-6)


@_EACH
def test_what_stands_at_padding_in_the_segment_ids_does_not_matter(name):
    model = _model(name, 2)
    inputs = _inputs(*_TEXTS, second_from=3)
    other = {**inputs, features.SEGMENT_IDS: np.where(inputs["token_ids"] == 0, 1, 0)}
    plain = {**inputs, features.SEGMENT_IDS: np.zeros_like(inputs["token_ids"])}
    np.testing.assert_allclose(model(other), model(plain), atol=1e-6)


@_EACH
def test_whose_a_token_is_tells(name):
    model = _model(name, 2)
    one, other = (model(_inputs(_TEXTS[0], second_from=at)) for at in (2, 4))
    assert list(model.input) == [features.TOKEN_IDS, features.SEGMENT_IDS]
    assert np.abs(one - other).max() > 1e-3


@_EACH
def test_which_text_is_the_first_tells(name):
    model = _model(name, 2)
    one = model(_inputs([2, 5, 3, 6, 3], second_from=3))
    other = model(_inputs([2, 6, 3, 5, 3], second_from=3))
    assert np.abs(one - other).max() > 1e-3


@_EACH
def test_a_batch_without_rows_and_a_text_without_tokens_have_outputs(name):
    model = _model(name)
    assert model(_inputs(length=4)).shape == (0, 3)
    assert np.isfinite(model(_inputs([]))).all()


@_EACH
def test_every_weight_that_is_trained_has_a_gradient(name):
    model = _model(name, 2)
    variables = model.trainable_variables
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(model(_inputs(*_TEXTS, second_from=3), training=True)))
    gradients = tape.gradient(loss, [v.value for v in variables])
    for variable, gradient in zip(variables, gradients, strict=True):
        dense = tf.convert_to_tensor(gradient).numpy()
        assert np.isfinite(dense).all(), variable.path
        assert np.abs(dense).max() > 0, variable.path


@_EACH
def test_tokens_are_left_out_in_training_alone(name):
    model, plain = _model(name, token_dropout=0.6), _model(name)
    inputs = _inputs(*_TEXTS)
    np.testing.assert_array_equal(model(inputs, training=False), plain(inputs))
    assert np.abs(model(inputs, training=True) - plain(inputs)).max() > 1e-3


@_EACH
def test_training_learns_a_handful_of_texts(name):
    keras.utils.set_random_seed(1)
    module = models.get(name)
    head = keras.layers.Dense(2, name="logits")
    model = module.build(_SETTINGS[name], _VOCABULARY_SIZE, 32, head)
    inputs = _inputs([5, 6, 7], [8, 9, 10, 7], [5, 10, 6], [9])
    labels = np.array([0, 1, 0, 1])
    if hasattr(module, "adapt"):
        module.adapt(model, tf.data.Dataset.from_tensors((inputs, labels)))
    model.compile(
        keras.optimizers.Adam(5e-2),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,  # compiling takes longer than the training
    )
    losses = model.fit(inputs, labels, epochs=40, verbose=0).history["loss"]
    assert losses[0] > 0.4  # a coin's toss is at ln 2 = 0.69
    assert losses[-1] < 0.1


@_EACH
@pytest.mark.parametrize(("policy", "atol"), [("mixed_bfloat16", 0.1), ("mixed_float16", 0.01)])
def test_mixed_precision_is_close_to_float32(name, policy, atol):
    expected = _model(name)(_inputs(*_TEXTS))
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        model = _model(name)
        outputs = model(_inputs(*_TEXTS))
    finally:
        keras.config.set_dtype_policy(before)
    assert outputs.dtype == tf.float32
    assert {v.dtype for v in model.weights if v.dtype.startswith("float")} == {"float32"}
    np.testing.assert_allclose(outputs, expected, atol=atol)


@_EACH
def test_exported_it_answers_the_same(name, tmp_path):
    model = _model(name)
    inputs = _inputs(*_TEXTS)
    model.export(tmp_path / "saved_model", verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "saved_model"))
    served = loaded.serve({features.TOKEN_IDS: tf.constant(inputs[features.TOKEN_IDS])})
    np.testing.assert_allclose(served, model(inputs), atol=1e-6)
