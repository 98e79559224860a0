"""Blocks of a stream of documents: every token once, in an order that seed and epoch decide."""

import collections

import numpy as np
import pytest
import tensorflow as tf

from trainer import packing

# Documents of tokens that tell which they are: 11 12, 21, none, 41 42 43 44 45, ...
_DOCUMENTS = [[11, 12], [21], [], [41, 42, 43, 44, 45], [51, 52, 53], [61, 62]]
_STREAM = [11, 12, 3, 21, 3, 3, 41, 42, 43, 44, 45, 3, 51, 52, 53, 3, 61, 62, 3]


def _blocks(documents=_DOCUMENTS, length=4, batch_size=2, epoch_batches=None):
    def elements():
        for document in documents:
            # Two characters a token.
            yield {"token_ids": document}, {"characters": 2 * len(document)}

    signature = (
        {"token_ids": tf.TensorSpec([None], tf.int64)},
        {"characters": tf.TensorSpec([], tf.int64)},
    )
    return packing.Blocks(
        documents=tf.data.Dataset.from_generator(elements, output_signature=signature),
        num_documents=len(documents),
        num_tokens=sum(len(document) + 1 for document in documents),
        length=length,
        batch_size=batch_size,
        epoch_batches=epoch_batches,
    )


def _read(dataset):
    """Lists the blocks of all batches: what is read, what is to be told, characters."""
    return [
        (read.tolist(), told.tolist(), int(count))
        for inputs, targets in dataset.as_numpy_iterator()
        for read, told, count in zip(
            inputs["token_ids"], targets["next_ids"], targets["characters"], strict=True
        )
    ]


def test_in_order_by_hand():
    assert _read(_blocks(length=8).in_order()) == [
        ([3, 11, 12, 3, 21, 3, 3, 41], [11, 12, 3, 21, 3, 3, 41, 42], 6),
        ([42, 43, 44, 45, 3, 51, 52, 53], [43, 44, 45, 3, 51, 52, 53, 3], 16),
        ([3, 61, 62, 3, 0, 0, 0, 0], [61, 62, 3, -1, -1, -1, -1, -1], 4),
    ]


def test_in_order_without_a_rest_has_no_padding():
    [*_, (_, told, _)] = _read(_blocks(_DOCUMENTS[:2], length=5).in_order())
    assert told == [11, 12, 3, 21, 3]


@pytest.mark.parametrize("length", [2, 3, 4, 7, 19])
@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_a_pass_tells_every_token_once_but_for_the_rest(length, epoch):
    blocks = _blocks(length=length)
    told = [token for _, told, _ in _read(blocks.shuffled(5, epoch)) for token in told]
    assert len(told) == len(_STREAM) // length * length
    lacking = collections.Counter(_STREAM) - collections.Counter(told)
    assert not collections.Counter(told) - collections.Counter(_STREAM)
    assert sum(lacking.values()) == len(_STREAM) % length


@pytest.mark.parametrize("epoch", range(1, 9))
def test_what_is_read_comes_before_what_is_told(epoch):
    followers = collections.defaultdict(set)
    for document in _DOCUMENTS:
        for before, after in zip([3, *document], [*document, 3], strict=True):
            followers[before].add(after)
    for read, told, _ in _read(_blocks().shuffled(1, epoch)):
        assert read[1:] == told[:-1]
        assert all(after in followers[before] for before, after in zip(read, told, strict=True))


def test_the_characters_of_a_pass_are_those_of_its_whole_documents():
    for read, told, count in _read(_blocks(length=19, batch_size=1).shuffled(3, 2)):
        assert told.count(3) == len(_DOCUMENTS)
        assert count == 2 * sum(map(len, _DOCUMENTS))
        assert len(read) == 19


def test_passes_differ_in_order_and_in_where_blocks_begin():
    blocks = _blocks()
    passes = [_read(blocks.shuffled(1, epoch)) for epoch in range(1, 6)]
    assert len({str(blocks) for blocks in passes}) == 5
    assert len({tuple(read) for blocks in passes for read, _, _ in blocks}) > len(passes[0])
    # One document: only where blocks begin can differ.
    alone = _blocks([list(range(10, 30))])
    begins = {read[0] for epoch in range(1, 6) for read, _, _ in _read(alone.shuffled(1, epoch))}
    assert len(begins) > 5


def test_order_is_decided_by_seed_and_epoch():
    def order(seed, epoch):
        return _read(_blocks().shuffled(seed, epoch))

    assert order(1, 1) == order(1, 1)
    assert order(1, 1) != order(2, 1)


@pytest.mark.parametrize("epoch_batches", [None, 3])
def test_skipping_leaves_exactly_the_rest(epoch_batches):
    blocks = _blocks(length=2, epoch_batches=epoch_batches)
    whole = list(blocks.shuffled(3, 2).as_numpy_iterator())
    rest = list(blocks.shuffled(3, 2, skip=2).as_numpy_iterator())
    assert len(whole) == blocks.num_batches
    tf.nest.map_structure(np.testing.assert_array_equal, rest, whole[2:])


def test_epochs_of_so_many_batches_go_on_where_the_one_before_stopped():
    passes = _blocks(batch_size=1)  # of 4 blocks each
    parted = _blocks(batch_size=1, epoch_batches=3)
    in_passes = [block for epoch in (1, 2, 3) for block in _read(passes.shuffled(7, epoch))]
    in_parts = [block for epoch in (1, 2, 3, 4) for block in _read(parted.shuffled(7, epoch))]
    assert in_parts == in_passes
    assert parted.num_batches == 3


def test_an_epoch_may_be_longer_than_a_pass():
    passes = _blocks(batch_size=1)
    parted = _blocks(batch_size=2, epoch_batches=5)
    in_passes = [block for epoch in range(1, 6) for block in _read(passes.shuffled(7, epoch))]
    assert _read(parted.shuffled(7, 1)) + _read(parted.shuffled(7, 2)) == in_passes


def test_too_few_tokens_for_a_block_are_repeated():
    blocks = _blocks([[11, 12]], length=7)
    [(read, told, _)] = _read(blocks.shuffled(1, 1))
    assert blocks.num_batches == 1
    assert collections.Counter(told) in (
        collections.Counter([11, 12, 3] * 2 + [extra]) for extra in (11, 12, 3)
    )
    assert read[1:] == told[:-1]


def test_a_batch_says_its_length():
    inputs, targets = _blocks().shuffled(1, 1).element_spec
    assert inputs["token_ids"].shape.as_list() == [None, 4]
    assert targets["next_ids"].dtype == tf.int32
