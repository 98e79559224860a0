"""How many heads there may be, and how they lie in a tensor."""

import numpy as np
import pytest

from trainer.layers import heads


@pytest.mark.parametrize(("num_kv_heads", "expected"), [(None, 6), (6, 6), (3, 3), (1, 1)])
def test_head_width_and_number_of_key_heads(num_kv_heads, expected):
    assert heads.check(24, 6, num_kv_heads) == (4, expected)


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(ValueError, match=r"`num_heads` must divide.*num_heads=3, hidden_dim=64"):
        heads.check(64, 3, None)


@pytest.mark.parametrize("num_kv_heads", [4, 12, 0])
def test_key_heads_that_do_not_divide_the_heads_are_refused(num_kv_heads):
    message = rf"`num_kv_heads` must divide.*num_kv_heads={num_kv_heads}, num_heads=6"
    with pytest.raises(ValueError, match=message):
        heads.check(24, 6, num_kv_heads)


def test_each_head_owns_neighbouring_units():
    x = np.arange(2 * 3 * 4).reshape(2, 3, 4)

    split = heads.split(x, 2)

    assert split.shape == (2, 2, 3, 2)
    np.testing.assert_array_equal(split[0, 0], [[0, 1], [4, 5], [8, 9]])
    np.testing.assert_array_equal(split[0, 1], [[2, 3], [6, 7], [10, 11]])
    np.testing.assert_array_equal(heads.merge(split), x)
