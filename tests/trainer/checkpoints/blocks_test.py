"""Rows of an embedding in another order."""

import numpy as np

from trainer.checkpoints import blocks


def test_rows_are_taken_in_order_and_a_new_one_is_the_mean():
    table = np.array([[1, 2], [3, 4], [8, 0]], "float32")
    taken = blocks.rows(table, (2, -1, 0))
    np.testing.assert_array_equal(taken, [[8, 0], [4, 2], [1, 2]])
    np.testing.assert_array_equal(table, [[1, 2], [3, 4], [8, 0]])


def test_a_new_tokens_probability_is_at_most_a_part_of_the_others():
    rng = np.random.default_rng(0)
    table, x = rng.normal(size=(20, 8)), rng.normal(scale=3, size=8)
    logits = blocks.rows(table, (*range(20), -1)) @ x
    probabilities = np.exp(logits) / np.exp(logits).sum()
    assert probabilities[-1] <= probabilities[:-1].sum() / 20
