"""Windows over texts of any length, against their definition."""

import pytest
import tensorflow as tf

from trainer.generation import windows


def test_starts_by_hand():
    # Up to 4 tokens are read; the fifth to tell forgets the first two, the seventh two more.
    found = windows.start(tf.range(1, 11), 4).numpy().tolist()
    assert found == [0, 0, 0, 0, 2, 2, 4, 4, 6, 6]


@pytest.mark.parametrize("length", [2, 3, 4, 7, 64])
def test_a_token_is_told_from_half_a_window_or_more_and_never_from_more_than_one(length):
    positions = tf.range(1, 300)
    read = (positions - windows.start(positions, length)).numpy()
    assert read.max() == length
    # Those before `length` have only what there is.
    assert read[:length].tolist() == list(range(1, length + 1))
    assert read[length:].min() == length - length // 2 + 1 if length > 2 else read.min() >= 1


@pytest.mark.parametrize("length", [2, 3, 5, 8])
def test_windows_are_counted_up_to_that_of_the_last_token(length):
    for tokens in range(1, 40):
        starts = set(windows.start(tf.range(1, tokens + 1), length).numpy().tolist())
        assert int(windows.count(tokens, length)) == len(starts)
        assert starts == {windows.step(length) * i for i in range(len(starts))}
