"""One layer of the transformer encoder."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.layers import encoder_block, layer_norm

_X = np.random.default_rng(0).normal(size=(2, 5, 4)).astype("float32")
_PADDING_MASK = np.arange(5) < np.array([[5], [3]])
_EACH_NORM = pytest.mark.parametrize("norm", ["pre", "post"])


def _block(**kwargs) -> encoder_block.EncoderBlock:
    """Makes a block with 2 heads whose weights, biases and norms too, are all random."""
    block = encoder_block.EncoderBlock(4, 2, 8, activation="relu", **kwargs)
    block.build((None, None, 4))
    rng = np.random.default_rng(1)
    block.set_weights([rng.normal(size=w.shape) for w in block.get_weights()])
    return block


def _reference(block, x, padding_mask):
    """Computes the block in float64, from nothing of ours but the weights."""
    weights = {v.path.split("/", 1)[1]: v.numpy().astype("float64") for v in block.variables}

    def linear(name, x):
        return x @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]

    def normalize(name, x):
        scale = np.sqrt(x.var(axis=-1, keepdims=True) + layer_norm.EPSILON)
        centered = x - x.mean(axis=-1, keepdims=True)
        return centered / scale * weights[f"{name}/gamma"] + weights[f"{name}/beta"]

    def attend(x):
        queries, keys, values = np.split(linear("attention/input_projection", x), 3, axis=-1)
        heads = []
        for units in (slice(0, 2), slice(2, 4)):
            query, key, value = queries[..., units], keys[..., units], values[..., units]
            powers = np.exp(query @ key.transpose(0, 2, 1) / np.sqrt(2)) * padding_mask[:, None]
            heads.append(powers / powers.sum(axis=-1, keepdims=True) @ value)
        return linear("attention/output_projection", np.concatenate(heads, axis=-1))

    def feed(x):
        expanded = np.maximum(linear("feed_forward/expansion", x), 0.0)
        return linear("feed_forward/contraction", expanded)

    if block.norm == "pre":
        x = x + attend(normalize("attention_norm", x))
        return x + feed(normalize("feed_forward_norm", x))
    x = normalize("attention_norm", x + attend(x))
    return normalize("feed_forward_norm", x + feed(x))


@_EACH_NORM
def test_agrees_with_float64(norm):
    block = _block(norm=norm)

    output = block(_X, padding_mask=_PADDING_MASK)

    expected = _reference(block, _X.astype("float64"), _PADDING_MASK)
    np.testing.assert_allclose(output, expected, atol=2e-5)


@_EACH_NORM
def test_padding_changes_no_real_token(norm):
    block = _block(norm=norm)
    other = _X.copy()
    other[1, 3:] = 50.0

    outputs = block(_X, padding_mask=_PADDING_MASK)
    others = block(other, padding_mask=_PADDING_MASK)
    shorter = block(_X[1:, :3])

    np.testing.assert_array_equal(others[1, :3], outputs[1, :3])
    np.testing.assert_allclose(shorter[0], outputs[1, :3], atol=1e-5)


@_EACH_NORM
def test_nothing_flows_from_real_tokens_to_padding(norm):
    block = _block(norm=norm)
    x = tf.constant(_X)

    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs = block(x, padding_mask=_PADDING_MASK)
        loss = tf.reduce_sum(tf.square(outputs[1, :3]))
    gradient = tape.gradient(loss, x).numpy()

    np.testing.assert_array_equal(gradient[0], 0.0)
    np.testing.assert_array_equal(gradient[1, 3:], 0.0)
    assert (np.abs(gradient[1, :3]) > 0).all()


@_EACH_NORM
def test_weights_are_returned_when_asked_for(norm):
    block = _block(norm=norm)

    output, weights = block(_X, padding_mask=_PADDING_MASK, return_weights=True)

    np.testing.assert_array_equal(output, block(_X, padding_mask=_PADDING_MASK))
    assert weights.shape == (2, 2, 5, 5)
    np.testing.assert_allclose(np.sum(weights, axis=-1), 1.0, atol=1e-6)
    np.testing.assert_array_equal(weights[1, :, :, 3:], 0.0)


@pytest.mark.parametrize("part", ["attention_dropout", "feed_forward_dropout"])
def test_each_dropout_acts_in_training_alone(part):
    block = _block(dropout=0.5)
    for name in {"attention_dropout", "feed_forward_dropout"} - {part}:
        getattr(block, name).rate = 0.0
    block.attention.weights_dropout.rate = 0.0

    plain = _block()(_X)

    np.testing.assert_array_equal(block(_X, training=False), plain)
    assert not np.allclose(block(_X, training=True), plain)


@pytest.mark.parametrize(
    ("option", "weights"),
    [
        ({"norm_kind": "rms"}, 10),
        ({"activation": "swiglu"}, 14),
        ({"num_kv_heads": 1}, 12),
        ({"rotary": True}, 12),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_each_option_changes_what_comes_out_and_padding_does_not(option, weights):
    block = encoder_block.EncoderBlock(4, 2, 8, **option)
    plain = encoder_block.EncoderBlock(4, 2, 8)
    for each in (block, plain):
        each.build((None, None, 4))
        rng = np.random.default_rng(1)
        for variable in each.trainable_variables:  # by their first units the same in both
            variable.assign(np.resize(rng.normal(size=64), variable.shape))
    other = _X.copy()
    other[1, 3:] = 50.0

    outputs = block(_X, padding_mask=_PADDING_MASK)

    assert len(block.weights) == weights
    assert np.abs(outputs - plain(_X, padding_mask=_PADDING_MASK)).max() > 0.01
    np.testing.assert_array_equal(block(other, padding_mask=_PADDING_MASK)[1, :3], outputs[1, :3])
    np.testing.assert_allclose(block(_X[1:, :3])[0], outputs[1, :3], atol=1e-5)


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_recomputed_gradients_are_those_of_what_was_kept_dropout_included(policy):
    results = []
    for recompute in (False, True):
        keras.utils.set_random_seed(3)  # the same weights and dropout in both
        block = encoder_block.EncoderBlock(4, 2, 8, dropout=0.5, recompute=recompute, dtype=policy)
        block.build((None, None, 4))
        x = tf.constant(_X)

        def step(x, block=block):
            with tf.GradientTape() as tape:
                tape.watch(x)
                output = tf.cast(block(x, padding_mask=_PADDING_MASK, training=True), tf.float32)
                loss = tf.reduce_sum(tf.square(output))
            variables = [v.value for v in block.trainable_variables]
            return output, *tape.gradient(loss, [x, *variables])

        # Traced where that rounds no other way: the graph's optimizer moves casts to bfloat16.
        run = tf.function(step) if policy == "float32" else step
        results.append([*run(x), *run(x)])
    plain, again = results
    for expected, values in zip(plain, again, strict=True):
        np.testing.assert_allclose(values, expected, atol=1e-6 * np.abs(expected).max())
    assert not np.allclose(plain[0], plain[len(plain) // 2])  # each step drops other units


def test_nothing_is_recomputed_where_nothing_is_trained(monkeypatch):
    block = _block(recompute=True)

    def fail(*args):
        raise AssertionError("recomputed")

    monkeypatch.setattr(encoder_block.recompute, "call", fail)

    np.testing.assert_array_equal(block(_X, training=False), _block()(_X))
    _, weights = block(_X, training=True, return_weights=True)
    assert weights.shape == (2, 2, 5, 5)
    with pytest.raises(AssertionError, match="recomputed"):
        block(_X, training=True)


def test_dropout_reaches_the_attention_weights():
    assert _block(dropout=0.5).attention.weights_dropout.rate == 0.5


def test_an_unknown_norm_is_refused():
    with pytest.raises(ValueError, match=r"`norm` must be one of .*norm='sandwich'"):
        encoder_block.EncoderBlock(4, 2, 8, norm="sandwich")


def test_config_round_trip():
    settings = {
        "hidden_dim": 4,
        "num_heads": 2,
        "intermediate_dim": 8,
        "dropout": 0.25,
        "norm": "post",
        "activation": "swiglu",
        "norm_kind": "rms",
        "num_kv_heads": 1,
        "rotary": True,
        "recompute": True,
    }
    block = encoder_block.EncoderBlock(**settings, name="block")

    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(block))

    assert copy.get_config() == block.get_config()
    assert {name: getattr(copy, name) for name in settings} == settings
    assert (copy.attention.num_kv_heads, copy.attention.rotary) == (1, True)
    assert copy.feed_forward.gated


def test_a_mixed_policy_reaches_every_part():
    block = encoder_block.EncoderBlock(4, 2, 8, dtype="mixed_bfloat16")

    for part in (block.attention, block.feed_forward, block.attention_norm):
        assert part.compute_dtype == "bfloat16"
    assert block.attention.input_projection.compute_dtype == "bfloat16"
    assert block(_X).dtype == tf.bfloat16
