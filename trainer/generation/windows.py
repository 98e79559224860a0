"""Which tokens are read to tell one of a text of any length.

A model reads `length` tokens at most. The text's first tokens are told from all before them. Those
beyond are told from the last ones, half of `length` or more: when the model has read as many as it
can, it forgets the older half and reads the newer half once more, from position 0 on. So a token
costs the same however long the text is, and the model never stands where it was not trained.
"""

import tensorflow as tf


def step(length: int) -> int:
    """Returns by how many tokens one window begins after another."""
    return max(1, length // 2)


def start(position: tf.Tensor, length: int) -> tf.Tensor:
    """Returns the first of the tokens that one is told from.

    Args:
        position: Place of the token to tell, integers of any shape; it is told from those before
            it.
        length: Tokens read at most, 2 or more.
    """
    beyond = tf.maximum(position - length, 0)
    return (beyond + step(length) - 1) // step(length) * step(length)


def count(tokens: tf.Tensor, length: int) -> tf.Tensor:
    """Returns the number of windows by which so many tokens, after a first that is given, are told.

    Args:
        tokens: Tokens to tell, integers of any shape.
        length: Tokens read at most.
    """
    return start(tokens, length) // step(length) + 1
