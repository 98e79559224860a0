"""Choosing tokens: each wish alone, by hand, and together over many draws."""

import numpy as np
import pytest
import tensorflow as tf

from trainer.generation import sampling

_PROBABILITIES = np.array([0.1, 0.4, 0.2, 0.3])
_NEUTRAL = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "repetition_penalty": 1.0, "seed": 1}
_DRAWS = (np.arange(10_000) + 0.5) / 10_000  # evenly, so that shares are exact


def _wishes(rows=1, **wishes):
    dtypes = {"top_k": tf.int32, "seed": tf.int64}
    return sampling.Wishes(
        **{
            name: tf.fill([rows], tf.constant(value, dtypes.get(name, tf.float32)))
            for name, value in {**_NEUTRAL, **wishes}.items()
        }
    )


def _shares(logits, seen=None, **wishes):
    """Tells how often each token is chosen over even draws."""
    rows = len(_DRAWS)
    logits = tf.tile(tf.constant(logits, tf.float32)[None], [rows, 1])
    seen = np.zeros(logits.shape[1], bool) if seen is None else np.array(seen)
    seen = tf.tile(tf.constant(seen)[None], [rows, 1])
    chosen = sampling.choose(
        logits, seen, tf.constant(_DRAWS, tf.float32), _wishes(rows, **wishes)
    ).numpy()
    return np.bincount(chosen, minlength=logits.shape[1]) / rows


def test_without_wishes_tokens_come_by_their_probabilities():
    np.testing.assert_allclose(_shares(np.log(_PROBABILITIES)), _PROBABILITIES, atol=1e-3)


def test_temperature_sharpens_and_flattens():
    squared = _PROBABILITIES**2 / (_PROBABILITIES**2).sum()
    roots = _PROBABILITIES**0.5 / (_PROBABILITIES**0.5).sum()
    logits = np.log(_PROBABILITIES)
    np.testing.assert_allclose(_shares(logits, temperature=0.5), squared, atol=1e-3)
    np.testing.assert_allclose(_shares(logits, temperature=2.0), roots, atol=1e-3)
    assert _shares(logits, temperature=0.0).tolist() == [0, 1, 0, 0]


def test_top_k_keeps_the_likeliest():
    logits = np.log(_PROBABILITIES)
    np.testing.assert_allclose(_shares(logits, top_k=2), [0, 4 / 7, 0, 3 / 7], atol=1e-3)
    np.testing.assert_allclose(_shares(logits, top_k=99), _PROBABILITIES, atol=1e-3)
    # As likely as the last that is kept.
    np.testing.assert_allclose(_shares(np.zeros(3), top_k=1), [1 / 3] * 3, atol=1e-3)


def test_top_p_keeps_the_likeliest_that_reach_it():
    logits = np.log(_PROBABILITIES)
    np.testing.assert_allclose(_shares(logits, top_p=0.3), [0, 1, 0, 0], atol=1e-3)
    np.testing.assert_allclose(_shares(logits, top_p=0.69), [0, 4 / 7, 0, 3 / 7], atol=1e-3)
    np.testing.assert_allclose(_shares(logits, top_p=0.71), [0, 4 / 9, 2 / 9, 3 / 9], atol=1e-3)


def test_top_p_looks_at_what_top_k_has_left():
    # Of 0.4 and 0.3 the first has 4/7, so more than a half.
    logits = np.log(_PROBABILITIES)
    np.testing.assert_allclose(_shares(logits, top_k=2, top_p=0.55), [0, 1, 0, 0], atol=1e-3)


def test_the_penalty_falls_on_what_was_seen_alone():
    # Logits of 2 and -1 become 1 and -2.
    expected = np.exp([1.0, -2.0, 2.0])
    found = _shares([2.0, -1.0, 2.0], seen=[True, True, False], repetition_penalty=2.0)
    np.testing.assert_allclose(found, expected / expected.sum(), atol=1e-3)
    greedy = _shares([2.0, 0, 1.5], [True, False, False], repetition_penalty=2.0, temperature=0.0)
    assert greedy.tolist() == [0, 0, 1]


def test_what_is_barred_never_comes():
    logits = np.log(_PROBABILITIES)
    logits[[0, 3]] = -np.inf
    np.testing.assert_allclose(_shares(logits), [0, 2 / 3, 1 / 3, 0], atol=1e-3)
    for draw in (0.0, np.nextafter(np.float32(1), np.float32(0))):
        chosen = sampling.choose(
            tf.constant(logits[None], tf.float32),
            tf.zeros([1, 4], tf.bool),
            tf.constant([draw], tf.float32),
            _wishes(),
        )
        assert int(chosen[0]) in (1, 2)


def test_each_row_has_its_own_wishes():
    wishes = sampling.Wishes(
        temperature=tf.constant([0.0, 1.0, 1.0]),
        top_k=tf.constant([0, 1, 0]),
        top_p=tf.constant([1.0, 1.0, 0.01]),
        repetition_penalty=tf.constant([1.0, 8.0, 1.0]),
        seed=tf.constant([1, 1, 1], tf.int64),
    )
    logits = tf.constant([[0.0, 1.0], [4.0, 1.0], [0.0, 1.0]])
    seen = tf.constant([[True, True], [True, False], [False, False]])
    chosen = sampling.choose(logits, seen, tf.constant([0.01] * 3), wishes)
    assert chosen.numpy().tolist() == [1, 1, 1]


def test_draws_go_by_the_rows_own_seed_and_count():
    seeds = tf.constant([1, 2, 1, 1], tf.int64)
    drawn = sampling.draws(seeds, tf.constant([3, 3, 3, 7])).numpy()
    assert drawn.shape == (4, 7)
    np.testing.assert_array_equal(drawn[0], drawn[2])
    assert (drawn[0, :3] != drawn[1, :3]).all()
    np.testing.assert_array_equal(drawn[0, 3:], 0.0)
    alone = sampling.draws(seeds[3:], tf.constant([7])).numpy()
    np.testing.assert_array_equal(alone[0], drawn[3])
    assert sampling.draws(seeds[:0], tf.constant([], tf.int32)).shape[0] == 0


@pytest.mark.parametrize("count", [1, 1000])
def test_draws_are_from_0_to_below_1(count):
    drawn = sampling.draws(tf.range(5, dtype=tf.int64), tf.fill([5], count)).numpy()
    assert drawn.min() >= 0.0
    assert drawn.max() < 1.0
    assert abs(drawn.mean() - 0.5) < (0.35 if count == 1 else 0.02)
