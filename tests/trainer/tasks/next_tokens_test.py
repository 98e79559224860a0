"""The loss of the next token, by hand."""

import numpy as np
import pytest
import tensorflow as tf

from trainer.tasks import next_tokens

# Two texts of two tokens over a vocabulary of 4; the last token is padding.
_TARGETS = {"next_ids": tf.constant([[0, 2], [1, -1]])}
_PROBABILITIES = np.array(
    [[[0.5, 0.2, 0.2, 0.1], [0.4, 0.3, 0.2, 0.1]], [[0.25, 0.5, 0.15, 0.1], [0.1, 0.1, 0.1, 0.7]]]
)
# Logits are known up to what is added to all of them.
_OUTPUTS = tf.constant(np.log(_PROBABILITIES) + 3.0, tf.float32)


def test_nats_of_tokens_and_none_of_padding():
    nats, own = next_tokens.nats(_TARGETS, _OUTPUTS)
    np.testing.assert_allclose(nats, -np.log([[0.5, 0.2], [0.5, 1.0]]), rtol=1e-5, atol=1e-7)
    np.testing.assert_array_equal(own, [[1.0, 1.0], [1.0, 0.0]])


@pytest.mark.parametrize("smoothing", [0.1, 0.5])
def test_smoothed_labels_are_those_of_a_smoothed_distribution(smoothing):
    nats, _ = next_tokens.nats(_TARGETS, _OUTPUTS, smoothing)
    wanted = np.eye(4)[[[0, 2], [1, 0]]] * (1.0 - smoothing) + smoothing / 4
    expected = -(wanted * np.log(_PROBABILITIES)).sum(axis=-1)
    expected[1, 1] = 0.0
    np.testing.assert_allclose(nats, expected, rtol=1e-5)


def test_accuracy_counts_no_padding():
    total, weight = next_tokens.accuracy(_TARGETS, _OUTPUTS)
    assert (total.numpy().tolist(), weight.numpy().tolist()) == ([1.0, 1.0], [2.0, 1.0])
