"""Batches: every example once an epoch, alike in length, the same for the same seed."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft

from schemas import errors
from trainer import input as input_lib
from trainer import tasks

_MAX_LENGTH = 32
_TASK = tasks.get(tasks.Settings("classification"))


@pytest.fixture(scope="module")
def split(transformed):
    return input_lib.read(
        "train",
        [transformed.train_files],
        tft.TFTransformOutput(transformed.directory),
        _TASK,
        batch_size=16,
        max_length=_MAX_LENGTH,
    )


def _batches(dataset):
    return [
        (inputs["token_ids"].numpy(), targets["label_id"].numpy()) for inputs, targets in dataset
    ]


def _examples(batches):
    """Lists the examples without their padding."""
    return [
        (tuple(ids[ids != 0].tolist()), int(label))
        for token_ids, labels in batches
        for ids, label in zip(token_ids, labels, strict=True)
    ]


def test_bucket_lengths_by_hand():
    assert input_lib.bucket_lengths(20) == [8, 16, 20]
    assert input_lib.bucket_lengths(8) == [8]
    assert input_lib.bucket_lengths(100) == [8, 16, 24, 32, 40, 48, 56, 64, 72, 81, 91, 100]


def test_bucket_lengths_waste_at_most_an_eighth_of_long_texts():
    lengths = input_lib.bucket_lengths(4096)
    long = [length for length in lengths if length >= 64]
    assert all(b - a <= a // 8 for a, b in itertools.pairwise(long))


def test_every_example_comes_once_an_epoch(split):
    in_order = _examples(_batches(split.in_order()))
    assert len(in_order) == split.num_examples == 333
    for epoch in (1, 2):
        shuffled = _examples(_batches(split.shuffled(seed=1, epoch=epoch)))
        assert sorted(shuffled) == sorted(in_order)


def test_the_number_of_batches_is_the_same_in_every_epoch(split):
    for epoch in (1, 2, 3):
        assert len(_batches(split.shuffled(1, epoch))) == split.num_batches


def test_a_batch_is_padded_to_its_bucket_and_no_further(split):
    seen = set()
    for token_ids, _ in _batches(split.in_order()):
        width = token_ids.shape[1]
        longest = (token_ids != 0).sum(axis=1).max()
        assert width in split.bucket_lengths
        assert longest > max([0, *(n for n in split.bucket_lengths if n < width)])
        seen.add(width)
    assert len(seen) >= 3  # short ones are not padded to the longest


def test_order_is_decided_by_seed_and_epoch(split):
    def order(seed, epoch):
        return _examples(_batches(split.shuffled(seed, epoch)))

    assert order(1, 1) == order(1, 1)
    assert order(1, 1) != order(1, 2)
    assert order(1, 1) != order(2, 1)


def test_skipping_leaves_exactly_the_rest(split):
    whole = _batches(split.shuffled(3, 2))
    rest = _batches(split.shuffled(3, 2, skip=7))
    assert len(rest) == len(whole) - 7
    for (ids, labels), (expected_ids, expected_labels) in zip(rest, whole[7:], strict=True):
        np.testing.assert_array_equal(ids, expected_ids)
        np.testing.assert_array_equal(labels, expected_labels)


class _OfTwo(type(_TASK)):
    """Packs two texts into one example, and tells the places of tokens as targets."""

    def length(self, inputs):
        return tf.maximum(tf.size(inputs["token_ids"]), 20)

    def arrange(self, examples):
        def pack(inputs, targets):
            ids = tf.reshape(inputs["token_ids"], [-1])
            ids = tf.boolean_mask(ids, ids != 0)[:_MAX_LENGTH]
            return {"token_ids": ids}, {"places": tf.range(tf.size(ids), dtype=tf.int32)}

        return examples.padded_batch(2, drop_remainder=True).map(pack)


def test_a_task_may_make_other_examples_and_tell_their_length(transformed):
    split = input_lib.read(
        "train",
        [transformed.train_files],
        tft.TFTransformOutput(transformed.directory),
        _OfTwo(_TASK.settings),
        batch_size=16,
        max_length=_MAX_LENGTH,
    )
    assert split.num_examples == 333 // 2
    for inputs, targets in split.in_order():
        ids, places = inputs["token_ids"].numpy(), targets["places"].numpy()
        assert ids.shape[1] >= 24  # the bucket of 20
        assert ((places == -1) == (ids == 0)).all()  # padded places have no target
        assert (
            np.where(places < 0, np.arange(ids.shape[1]), places) == np.arange(ids.shape[1])
        ).all()


def test_an_empty_split_is_refused_by_name(transformed, tmp_path):
    path = tmp_path / "empty.gz"
    with tf.io.TFRecordWriter(str(path), tf.io.TFRecordOptions(compression_type="GZIP")):
        pass
    with pytest.raises(errors.DataError, match=r"The eval split must have examples\. Received: 0"):
        input_lib.read(
            "eval",
            [str(path)],
            tft.TFTransformOutput(transformed.directory),
            _TASK,
            batch_size=8,
            max_length=32,
        )
