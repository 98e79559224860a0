"""The transformer encoder as a whole."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from schemas import features
from trainer import config
from trainer.layers import norms
from trainer.models import transformer

_VOCABULARY_SIZE = 11
_MAX_LENGTH = 32
_KINDS = [
    {"norm": norm, "pooling": pooling, "positions": positions}
    for norm, pooling, positions in itertools.product(
        ("pre", "post"), ("mean", "first"), ("sinusoidal", "learned")
    )
]
_EACH_KIND = pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: "-".join(kind.values()))
# Those that share no option, where the options' combination cannot matter.
_OPTIONS = [
    _KINDS[0],
    _KINDS[-1],
    {"positions": "rotary", "norm_kind": "rms", "activation": "swiglu", "num_kv_heads": 1},
    {
        **{"norm": "post", "norm_epsilon": 1e-12, "activation": "gelu_tanh", "pooling": "pooler"},
        **{"positions": "learned", "embedding_scale": False, "embedding_norm": True},
    },
]
_EACH_OPTION = pytest.mark.parametrize("kind", _OPTIONS, ids=["plain", "other", "modern", "bert"])


def _model(
    num_layers: int = 2, dropout: float = 0.0, num_segments: int | None = None, **kwargs
) -> keras.Model:
    """Makes a small model whose weights, biases and norms too, are all random."""
    model_config = config.ModelConfig(
        num_layers=num_layers,
        hidden_dim=8,
        num_heads=2,
        intermediate_dim=16,
        dropout=dropout,
        **kwargs,
    )
    model = transformer.build(
        model_config,
        _VOCABULARY_SIZE,
        _MAX_LENGTH,
        keras.layers.Dense(3, name="logits"),
        num_segments=num_segments,
    )
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(scale=0.5, size=w.shape) for w in model.get_weights()])
    return model


def _inputs(*sentences: list[int], length: int = 8) -> dict[str, np.ndarray]:
    """Pads sentences to a batch `(batch, length)`."""
    padded = [sentence + [0] * (length - len(sentence)) for sentence in sentences]
    return {features.TOKEN_IDS: np.array(padded, "int64").reshape(len(sentences), length)}


_SENTENCES = ([3, 1, 4, 1, 5], [9, 2, 6])


@pytest.fixture
def policy():
    """Gives a function that sets the global dtype policy, for this test only."""
    before = keras.config.dtype_policy()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before)


@pytest.mark.parametrize(
    "kind", [*_KINDS, _OPTIONS[-1]], ids=lambda kind: "-".join(map(str, kind.values()))
)
def test_padding_changes_nothing(kind):
    model = _model(**kind)

    short, long = (model(_inputs(*_SENTENCES, length=length)) for length in (8, 32))
    alone = model(_inputs(_SENTENCES[1], length=3))

    np.testing.assert_allclose(short, long, atol=1e-5)
    np.testing.assert_allclose(alone[0], short[1], atol=1e-5)


@_EACH_OPTION
def test_words_and_their_order_matter(kind):
    model = _model(**kind)

    outputs = model(_inputs([3, 1, 4], [3, 4, 1], [3, 1, 5])).numpy()

    assert np.abs(outputs[0] - outputs[1]).max() > 1e-3
    assert np.abs(outputs[0] - outputs[2]).max() > 1e-3


@_EACH_KIND
def test_an_empty_text_gets_the_same_finite_answer_however_it_is_padded(kind):
    model = _model(**kind)

    bias = model.get_layer("logits").bias.numpy()

    for length in (1, 8, 0):  # 0: a batch of nothing but empty texts
        np.testing.assert_allclose(model(_inputs([], length=length)), [bias], atol=1e-6)


def test_takes_token_ids_of_any_batch_and_length_in_one_trace():
    model = _model()

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.int64)])
    def traced(token_ids):
        return model({features.TOKEN_IDS: token_ids})

    for length in (3, 8):
        inputs = _inputs([3, 1, 4], length=length)
        np.testing.assert_allclose(traced(inputs[features.TOKEN_IDS]), model(inputs), atol=1e-6)
    assert traced.experimental_get_tracing_count() == 1


def test_the_interface_is_one_named_input_and_float32_outputs():
    model = _model()

    assert list(model.input) == [features.TOKEN_IDS]
    assert model.input[features.TOKEN_IDS].shape == (None, None)
    assert model.output.shape == (None, 3)
    assert model.output.dtype == "float32"


def test_a_pre_norm_stack_ends_in_a_norm_and_a_post_norm_stack_in_its_last_block():
    pre, post = ([layer.name for layer in _model(norm=norm).layers] for norm in ("pre", "post"))

    assert "final_norm" in pre
    assert "final_norm" not in post


def test_a_text_longer_than_the_learned_table_is_refused():
    model = _model(positions="learned")

    with pytest.raises(ValueError, match="seq_len=33, max_length=32"):
        model(_inputs([1], length=33))


def test_a_text_longer_than_max_length_is_taken_by_sinusoidal_positions():
    assert _model()(_inputs([1] * 40, length=40)).shape == (1, 3)


@_EACH_OPTION
def test_saved_and_loaded_it_answers_the_same(kind, tmp_path):
    model = _model(dropout=0.1, **kind)
    inputs = _inputs(*_SENTENCES)

    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")

    np.testing.assert_array_equal(loaded(inputs), model(inputs))
    np.testing.assert_array_equal(
        transformer.attention_weights(loaded, inputs), transformer.attention_weights(model, inputs)
    )


def test_rotary_positions_need_no_layer_and_no_length():
    model = _model(positions="rotary")
    assert "positions" not in [layer.name for layer in model.layers]
    assert model(_inputs([1] * 40, length=40)).shape == (1, 3)


@pytest.mark.parametrize("kind", [{"norm_kind": "layer"}, {"norm_kind": "rms"}])
def test_the_norm_at_the_end_is_of_the_kind_asked_for(kind):
    model = _model(**kind)
    expected = type(norms.build(kind["norm_kind"]))
    assert type(model.get_layer("final_norm")) is expected
    assert type(model.get_layer("encoder_block_1").feed_forward_norm) is expected


def _with_segments(*sentences: list[int], second_from: int, length: int = 8) -> dict:
    """Pads sentences whose tokens from `second_from` on belong to a second text."""
    inputs = _inputs(*sentences, length=length)
    token_ids = inputs[features.TOKEN_IDS]
    second = (np.arange(length) >= second_from) & (token_ids != transformer.PADDING_ID)
    return {**inputs, features.SEGMENT_IDS: second.astype("int64")}


def test_segments_tell_which_text_a_token_belongs_to():
    model = _model(num_segments=2)

    one, other = (model(_with_segments(*_SENTENCES, second_from=n)).numpy() for n in (2, 3))
    # With the same vector for both texts it makes no difference whose a token is.
    model.get_layer("segment_embedding").set_weights([np.ones((2, 8))])
    same = [model(_with_segments(*_SENTENCES, second_from=n)) for n in (2, 3)]

    assert list(model.input) == [features.TOKEN_IDS, features.SEGMENT_IDS]
    assert np.abs(one - other).max() > 1e-3
    np.testing.assert_allclose(*same, atol=1e-6)


def test_padding_changes_nothing_with_segments():
    model = _model(num_segments=2)

    short, long = (
        model(_with_segments(*_SENTENCES, second_from=2, length=length)) for length in (8, 32)
    )
    inputs = _with_segments(*_SENTENCES, second_from=2)
    inputs[features.SEGMENT_IDS][1, 3:] = 1  # what stands where there is padding does not matter

    np.testing.assert_allclose(short, long, atol=1e-5)
    np.testing.assert_allclose(model(inputs), short, atol=1e-6)


def test_attention_weights_know_segments():
    model = _model(num_segments=2)
    one, other = (
        transformer.attention_weights(model, _with_segments(*_SENTENCES, second_from=n)).numpy()
        for n in (2, 3)
    )
    assert one.shape == (2, 2, 2, 8, 8)
    assert np.abs(one - other).max() > 1e-3


def test_recomputing_changes_neither_outputs_nor_gradients():
    inputs = _inputs(*_SENTENCES)
    plain, again = (_model(recompute=recompute) for recompute in (False, True))

    assert again.get_layer("encoder_block_1").recompute
    np.testing.assert_array_equal(again(inputs), plain(inputs))
    expected = _gradients(plain, inputs)
    for path, gradient in _gradients(again, inputs).items():
        np.testing.assert_allclose(gradient, expected[path], rtol=1e-4, atol=1e-5, err_msg=path)


def test_exported_it_answers_the_same(tmp_path):
    model = _model()
    inputs = _inputs(*_SENTENCES)

    model.export(tmp_path / "saved_model", verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "saved_model"))

    served = loaded.serve({features.TOKEN_IDS: tf.cast(inputs[features.TOKEN_IDS], tf.int32)})
    np.testing.assert_allclose(served, model(inputs), atol=1e-6)


def _gradients(model: keras.Model, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Returns the gradient of some loss for each trainable variable, by its path."""
    variables = model.trainable_variables
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(model(inputs, training=True)))
    gradients = tape.gradient(loss, [v.value for v in variables])
    return {
        v.path: tf.convert_to_tensor(g).numpy() for v, g in zip(variables, gradients, strict=True)
    }


@_EACH_OPTION
def test_every_variable_has_a_finite_gradient(kind):
    gradients = _gradients(_model(dropout=0.1, **kind), _inputs(*_SENTENCES, []))

    for path, gradient in gradients.items():
        assert np.isfinite(gradient).all(), path
        assert np.abs(gradient).max() > 0, path


@_EACH_KIND
def test_nothing_flows_back_to_padding(kind):
    gradients = _gradients(_model(**kind), _inputs(*_SENTENCES))

    to_embedding = gradients["token_embedding/embeddings"]
    np.testing.assert_array_equal(to_embedding[transformer.PADDING_ID], 0.0)
    assert (np.abs(to_embedding[[1, 2, 3, 4, 5, 6, 9]]).max(axis=-1) > 0).all()
    if kind.get("positions") == "learned":
        to_table = gradients["positions/table"]
        np.testing.assert_array_equal(to_table[5:], 0.0)  # the longest sentence has 5 tokens
        assert (np.abs(to_table[:5]).max(axis=-1) > 0).all()


@_EACH_OPTION
def test_training_learns_a_handful_of_sentences(kind):
    model_config = config.ModelConfig(
        num_layers=1, hidden_dim=16, num_heads=2, intermediate_dim=32, dropout=0.0, **kind
    )
    keras.utils.set_random_seed(1)
    model = transformer.build(model_config, _VOCABULARY_SIZE, _MAX_LENGTH, keras.layers.Dense(2))
    model.compile(
        keras.optimizers.Adam(1e-2),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,  # compiling takes longer than the training
    )
    inputs = _inputs([1, 2, 3], [3, 2, 4, 5], [1, 6, 2], [7])
    labels = np.array([0, 1, 1, 0])

    losses = model.fit(inputs, labels, batch_size=4, epochs=30, verbose=0).history["loss"]

    assert losses[0] > 0.4  # a coin's toss is at ln 2 = 0.69
    assert losses[-1] < 0.05


@_EACH_OPTION
@pytest.mark.parametrize(("name", "tolerance"), [("mixed_bfloat16", 0.1), ("mixed_float16", 0.01)])
def test_mixed_precision_is_close_to_float32(policy, name, tolerance, kind):
    inputs = _inputs(*_SENTENCES, [], length=8)
    expected = _model(**kind)(inputs)

    policy(name)
    model = _model(**kind)

    assert model.get_layer("encoder_block_0").compute_dtype == name.removeprefix("mixed_")
    assert {v.dtype for v in model.trainable_variables} == {"float32"}
    outputs = model(inputs)
    assert outputs.dtype == tf.float32
    np.testing.assert_allclose(outputs, expected, atol=tolerance)
    for path, gradient in _gradients(model, inputs).items():
        assert np.isfinite(gradient).all(), path


def test_dropout_acts_in_training_alone():
    inputs = _inputs(*_SENTENCES)
    dropping = _model(num_layers=1, dropout=0.5)

    plain = _model(num_layers=1)(inputs)

    np.testing.assert_array_equal(dropping(inputs, training=False), plain)
    assert not np.allclose(dropping(inputs, training=True), plain)


@_EACH_OPTION
def test_attention_weights_by_layer_and_head(kind):
    model = _model(num_layers=3, **kind)

    weights = transformer.attention_weights(model, _inputs(*_SENTENCES)).numpy()

    assert weights.shape == (2, 3, 2, 8, 8)
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights.sum(axis=-1), 1.0, atol=1e-6)
    np.testing.assert_array_equal(weights[0, ..., 5:], 0.0)
    np.testing.assert_array_equal(weights[1, ..., 3:], 0.0)


def test_attention_weights_come_in_the_order_of_the_blocks():
    model = _model(num_layers=2)
    inputs = _inputs(*_SENTENCES)
    # With no queries and keys in a block, its tokens attend evenly.
    projection = model.get_layer("encoder_block_1").attention.input_projection
    projection.set_weights([np.zeros_like(w) for w in projection.get_weights()])

    weights = transformer.attention_weights(model, inputs).numpy()

    np.testing.assert_allclose(weights[0, 1, :, :, :5], 1 / 5, atol=1e-6)
    assert np.abs(weights[0, 0, :, :, :5] - 1 / 5).max() > 0.01


def test_attention_weights_are_without_dropout_and_can_be_traced():
    inputs = _inputs(*_SENTENCES)
    model = _model(dropout=0.5)

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.int64)])
    def traced(token_ids):
        return transformer.attention_weights(model, {features.TOKEN_IDS: token_ids})

    np.testing.assert_allclose(
        traced(inputs[features.TOKEN_IDS]),
        transformer.attention_weights(_model(dropout=0.0), inputs),
        atol=1e-6,
    )
