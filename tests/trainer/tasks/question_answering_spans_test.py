import itertools

import numpy as np
import pytest
import tensorflow as tf

from trainer.tasks import question_answering_spans as spans


def test_logits_are_left_to_the_context_and_the_opening_mark():
    token_ids = tf.constant([[2, 9, 3, 7, 8, 3, 0]])
    segment_ids = tf.constant([[0, 0, 0, 1, 2, 1, 0]])
    masked = spans.mask(tf.ones([1, 7, 2]), token_ids, segment_ids)
    left = [place for place in range(7) if masked[0, place, 0] == 1.0]
    assert left == [0, 3, 4]
    np.testing.assert_array_equal(masked[:, :, 0], masked[:, :, 1])


def _brute_force(logits, max_tokens):
    logs = logits - np.log(np.exp(logits).sum(axis=0))
    ranked = [
        (logs[first, 0] + logs[last, 1], first, last)
        for first, last in itertools.product(range(1, len(logits)), repeat=2)
        if first <= last < first + max_tokens
    ]
    return max(ranked, key=lambda entry: entry[0])


@pytest.mark.parametrize("max_tokens", [1, 2, 5, 40])
def test_the_best_span_is_that_of_a_search_through_all(max_tokens):
    logits = np.random.default_rng(max_tokens).normal(0, 3, (20, 12, 2)).astype(np.float32)
    found = spans.best(tf.constant(logits), max_tokens)
    for i, of_window in enumerate(logits.astype(np.float64)):
        score, first, last = _brute_force(of_window, max_tokens)
        assert (found.firsts[i], found.lasts[i]) == (first, last)
        assert found.scores[i].numpy() == pytest.approx(score, rel=1e-4)


def test_a_span_never_ends_before_it_begins():
    logits = np.zeros([1, 5, 2], np.float32)
    logits[0, 4, 0] = logits[0, 1, 1] = 9.0  # the likeliest first and last in the wrong order
    found = spans.best(tf.constant(logits), 5)
    assert found.firsts[0] <= found.lasts[0]


def test_a_score_is_a_probability_beside_that_of_no_answer():
    logits = np.full([2, 4, 2], spans.NEVER, np.float32)
    logits[:, 2] = 0.0
    logits[:, 0] = [[0.0, 0.0], [9.0, 9.0]]  # [CLS]: as likely as the token, and much likelier
    sure, unsure = np.exp(spans.best(tf.constant(logits), 3).scores)
    assert sure == pytest.approx(0.25)
    assert unsure < 1e-6


def test_a_window_without_context_scores_next_to_nothing():
    logits = np.full([1, 4, 2], spans.NEVER, np.float32)
    logits[0, 0] = 0.0
    [score] = spans.best(tf.constant(logits), 3).scores
    assert np.isfinite(score) and score < -1e29


def test_the_best_window_of_each_row_the_first_of_equal_ones():
    scores = tf.constant([-3.0, -1.0, -2.0, -5.0, -4.0, -4.0])
    numbers = tf.constant([0, 1, 2, 0, 0, 1], tf.int64)
    assert spans.best_windows(scores, numbers).numpy().tolist() == [1, 3, 4]


def test_no_windows_have_no_best():
    found = spans.best(tf.zeros([0, 0, 2]), 3)
    assert spans.best_windows(found.scores, tf.zeros([0], tf.int64)).shape == (0,)
