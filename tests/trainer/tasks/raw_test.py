"""Raw features as the schema may have them parsed."""

import pytest
import tensorflow as tf

from trainer.tasks import raw


@pytest.mark.parametrize(
    "value",
    [
        tf.constant(["a", "", "c"]),
        tf.constant([["a"], [""], ["c"]]),
        tf.SparseTensor([[0, 0], [2, 0]], ["a", "c"], [3, 1]),
        tf.SparseTensor([[0, 0], [2, 0], [2, 1]], ["a", "c", "d"], [3, 2]),
    ],
)
def test_a_raw_feature_becomes_one_value_a_row(value):
    assert raw.column(value).numpy().tolist() == [b"a", b"", b"c"]


def test_a_batch_without_any_value_becomes_empty_ones():
    nothing = tf.SparseTensor(tf.zeros([0, 2], tf.int64), tf.constant([], tf.string), [2, 0])
    assert raw.column(nothing).numpy().tolist() == [b"", b""]
