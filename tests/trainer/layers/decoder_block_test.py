"""One layer of a transformer decoder."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.layers import (
    decoder_block,
    encoder_block,
    learned_positions,
    sinusoidal_positions,
)

_RNG = np.random.default_rng(0)
_X = _RNG.normal(size=(2, 6, 8)).astype("float32")
_CONTEXT = _RNG.normal(size=(2, 3, 8)).astype("float32")
_CONTEXT_MASK = np.arange(3) < np.array([[3], [2]])
_EACH_CONTEXT = pytest.mark.parametrize("has_context", [False, True], ids=["alone", "context"])


def _random_weights(layer: keras.layers.Layer) -> None:
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(scale=0.5, size=w.shape) for w in layer.get_weights()])


def _block(has_context=False, **kwargs) -> decoder_block.DecoderBlock:
    """Makes a block with 4 heads whose weights, biases and norms too, are all random."""
    block = decoder_block.DecoderBlock(8, 4, 16, has_context=has_context, **kwargs)
    block.build((None, None, 8))
    _random_weights(block)
    return block


def _context(block) -> dict:
    return {"context": _CONTEXT, "context_mask": _CONTEXT_MASK} if block.has_context else {}


def test_without_a_context_it_is_an_encoder_block_that_sees_one_text_grow():
    block = _block()
    encoder = encoder_block.EncoderBlock(8, 4, 16)
    encoder.build((None, None, 8))
    encoder.set_weights(block.get_weights())

    outputs = block(_X)

    for length in range(1, 7):
        # The last token of a text sees all of it in both.
        expected = encoder(_X[:, :length])[:, -1]
        np.testing.assert_allclose(outputs[:, length - 1], expected, atol=1e-5)


@_EACH_CONTEXT
@pytest.mark.parametrize("norm", ["pre", "post"])
def test_what_comes_after_changes_nothing_and_gets_no_gradient(has_context, norm):
    block = _block(has_context, norm=norm)
    other = _X.copy()
    other[:, 4:] = 50.0
    x = tf.constant(_X)

    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs = block(x, **_context(block))
        loss = tf.reduce_sum(tf.square(outputs[:, :4]))
    gradient = tape.gradient(loss, x).numpy()

    np.testing.assert_array_equal(block(other, **_context(block))[:, :4], outputs[:, :4])
    np.testing.assert_array_equal(gradient[:, 4:], 0.0)
    assert (np.abs(gradient[:, :4]) > 0).all()


def test_padding_changes_no_real_token():
    block = _block()
    padding_mask = np.arange(6) >= np.array([[0], [2]])  # the second text starts at position 2
    other = _X.copy()
    other[1, :2] = 50.0

    outputs, others = (block(x, padding_mask=padding_mask) for x in (_X, other))

    np.testing.assert_array_equal(outputs[0], others[0])
    np.testing.assert_array_equal(outputs[1, 2:], others[1, 2:])
    np.testing.assert_allclose(outputs[1, 2:], block(_X[1:, 2:])[0], atol=1e-5)
    assert np.isfinite(outputs).all()


def test_each_part_stands_where_it_should():
    """Against the parts called one by one, in float32: they have float64 tests of their own."""
    pre, post = (_block(True, norm=norm, norm_kind="rms") for norm in ("pre", "post"))
    causal = np.tril(np.ones((6, 6), dtype=bool))

    x = _X + pre.attention(pre.attention_norm(_X), attention_mask=causal)
    x = x + pre.cross_attention(pre.cross_attention_norm(x), **_context(pre))
    expected = x + pre.feed_forward(pre.feed_forward_norm(x))
    np.testing.assert_allclose(pre(_X, **_context(pre)), expected, atol=1e-5)

    x = post.attention_norm(_X + post.attention(_X, attention_mask=causal))
    x = post.cross_attention_norm(x + post.cross_attention(x, **_context(post)))
    expected = post.feed_forward_norm(x + post.feed_forward(x))
    np.testing.assert_allclose(post(_X, **_context(post)), expected, atol=1e-5)


_GENERATED = pytest.mark.parametrize(
    ("positions", "num_kv_heads", "has_context"),
    itertools.product(("sinusoidal", "learned", "rotary"), (None, 2), (False, True)),
)


@_GENERATED
def test_generated_step_by_step_it_is_the_whole_pass(positions, num_kv_heads, has_context):
    places = {
        "sinusoidal": sinusoidal_positions.SinusoidalPositions(),
        "learned": learned_positions.LearnedPositions(8),
        "rotary": lambda x, position=0: x,
    }[positions]
    blocks = [
        _block(has_context, num_kv_heads=num_kv_heads, rotary=positions == "rotary")
        for _ in range(2)
    ]
    context = _context(blocks[0])
    whole = places(_X)
    for block in blocks:
        whole = block(whole, **context)
    if has_context:
        contexts = [{**context, "context": block.precompute(_CONTEXT)} for block in blocks]
    else:
        contexts = [{}, {}]

    caches = [block.empty_cache(2, 8) for block in blocks]
    # A prompt of three tokens at once, then one after the other.
    for start, end in ((0, 3), (3, 4), (4, 5), (5, 6)):
        x = places(_X[:, start:end], position=start)
        for index, block in enumerate(blocks):
            x, caches[index] = block(x, cache=caches[index], position=start, **contexts[index])
        np.testing.assert_allclose(x, whole[:, start:end], atol=1e-5)


def test_a_loop_in_the_graph_generates_the_same():
    block = _block(rotary=True, num_kv_heads=1)

    @tf.function(input_signature=[tf.TensorSpec((None, 6, 8))])
    def generate(x):
        def step(position, cache, outputs):
            output, cache = block(x[:, position : position + 1], cache=cache, position=position)
            return position + 1, cache, outputs.write(position, output[:, 0])

        _, _, outputs = tf.while_loop(
            lambda position, *_: position < 6,
            step,
            (0, block.empty_cache(tf.shape(x)[0], 6), tf.TensorArray(tf.float32, 6)),
        )
        return tf.transpose(outputs.stack(), (1, 0, 2))

    np.testing.assert_allclose(generate(_X), block(_X), atol=1e-5)


def test_a_cache_may_hold_texts_that_start_late():
    block = _block()
    padding_mask = np.arange(6) >= np.array([[0], [2]])
    whole = block(_X, padding_mask=padding_mask)

    cache = block.empty_cache(2, 6)
    first, cache = block(_X[:, :4], padding_mask=padding_mask, cache=cache)
    second, _ = block(_X[:, 4:], padding_mask=padding_mask, cache=cache, position=4)

    outputs = np.concatenate([first, second], axis=1)
    np.testing.assert_allclose(outputs[0], whole[0], atol=1e-5)
    np.testing.assert_allclose(outputs[1, 2:], whole[1, 2:], atol=1e-5)


def test_weights_are_returned_when_asked_for():
    block = _block(has_context=True)

    output, weights = block(_X, return_weights=True, **_context(block))

    np.testing.assert_array_equal(output, block(_X, **_context(block)))
    assert {name: w.shape for name, w in weights.items()} == {
        "self": (2, 4, 6, 6),
        "context": (2, 4, 6, 3),
    }
    np.testing.assert_array_equal(np.triu(weights["self"], 1), 0.0)
    np.testing.assert_array_equal(weights["context"][1, :, :, 2:], 0.0)
    for each in weights.values():
        np.testing.assert_allclose(np.sum(each, axis=-1), 1.0, atol=1e-6)

    _, with_cache, _ = block(
        _X, cache=block.empty_cache(2, 6), return_weights=True, **_context(block)
    )
    np.testing.assert_allclose(with_cache["self"], weights["self"], atol=1e-6)


@_EACH_CONTEXT
def test_recomputed_gradients_are_those_of_what_was_kept(has_context):
    gradients = []
    for recompute in (False, True):
        keras.utils.set_random_seed(3)  # the same dropout in both
        block = _block(has_context, dropout=0.5, recompute=recompute)
        context = tf.constant(_CONTEXT)
        with tf.GradientTape() as tape:
            tape.watch(context)
            more = {"context": context} if has_context else {}
            loss = tf.reduce_sum(tf.square(block(_X, training=True, **more)))
        gradients.append(
            tape.gradient(
                loss,
                [context, *(v.value for v in block.trainable_variables)],
                unconnected_gradients="zero",
            )
        )
    for plain, again in zip(*gradients, strict=True):
        np.testing.assert_allclose(again, plain, rtol=1e-4, atol=1e-5)


def test_a_context_for_a_block_without_one_and_none_for_one_with_are_refused():
    with pytest.raises(ValueError, match=r"`context` must be given.*has_context=False"):
        _block()(_X, context=_CONTEXT)
    with pytest.raises(ValueError, match=r"`context` must be given.*has_context=True.*None"):
        _block(has_context=True)(_X)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_half_precision_is_close_and_generates_what_the_whole_pass_gives(policy):
    expected = _block(has_context=True)(_X, **_context(_block(has_context=True)))
    block = _block(has_context=True, rotary=False, dtype=policy)
    whole = block(_X, **_context(block))

    cache = block.empty_cache(2, 6)
    outputs = []
    for position in range(6):
        step = _X[:, position : position + 1]
        output, cache = block(step, cache=cache, position=position, **_context(block))
        outputs.append(tf.cast(output, tf.float32))

    assert whole.dtype.name == policy.removeprefix("mixed_")
    tolerance = {"mixed_bfloat16": 0.3, "mixed_float16": 0.04}[policy]
    np.testing.assert_allclose(tf.cast(whole, tf.float32), expected, atol=tolerance)
    np.testing.assert_allclose(tf.concat(outputs, 1), expected, atol=tolerance)


@_EACH_CONTEXT
def test_in_a_functional_model_it_can_be_saved_and_loaded(has_context, tmp_path):
    inputs = {"x": keras.Input((None, 8))}
    if has_context:
        inputs["context"] = keras.Input((None, 8))
    block = decoder_block.DecoderBlock(8, 4, 16, has_context=has_context, rotary=True)
    model = keras.Model(inputs, block(**inputs))
    values = {"x": _X, **({"context": _CONTEXT} if has_context else {})}

    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")

    np.testing.assert_array_equal(loaded(values), model(values))


def test_config_round_trip():
    block = decoder_block.DecoderBlock(
        8, 4, 16, has_context=True, dropout=0.25, norm="post", num_kv_heads=2, name="block"
    )

    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(block))

    assert copy.get_config() == block.get_config()
    assert (copy.has_context, copy.dropout, copy.norm, copy.num_kv_heads) == (True, 0.25, "post", 2)
    assert copy.cross_attention.num_kv_heads == 2
    assert copy.cross_attention_dropout.rate == 0.25
