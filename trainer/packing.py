"""Documents as one stream of tokens, cut into blocks of one length: no token is padding.

Every document ends with `[SEP]`, and what follows is the next one. A block is an example: it reads
`length` tokens of the stream and is to tell the one after each of them.
"""

import dataclasses
import functools
from collections.abc import Iterable

import numpy as np
import tensorflow as tf
import tensorflow_transform as tft

from schemas import features, tokens
from trainer import input as input_lib
from trainer.tasks import task as task_lib

# Tokens held in memory to draw documents from, and as many again for blocks. A larger split is
# shuffled within windows of this size.
_SHUFFLE_TOKENS = 1 << 23
# Documents put into the stream together: large enough to spread the cost of the op.
_JOINED_DOCUMENTS = 64
# Columns of the stream: a token as it is read, the same as it is to be told, and the characters
# that it accounts for; see `_ended`.
_COLUMNS = 3
_NO_TARGET = -1


@dataclasses.dataclass(frozen=True)
class Blocks:
    """A transformed split as blocks.

    An epoch takes the next blocks of an endless sequence of passes over the split. In each pass,
    documents come in another order and blocks begin at other tokens; each token is told once, but
    for the rest that fills no block.

    Attributes:
        documents: One document an element: inputs with its token ids, targets with the number of
            its characters.
        num_documents: How many there are.
        num_tokens: How many tokens those have, each `[SEP]` among them.
        length: Tokens of a block.
        batch_size: Blocks in a global batch.
        epoch_batches: Batches in an epoch; None for those of one pass.
    """

    documents: tf.data.Dataset
    num_documents: int
    num_tokens: int
    length: int
    batch_size: int
    epoch_batches: int | None = None

    @property
    def num_blocks(self) -> int:
        """Whole blocks in a pass; where all tokens are too few for one, they are repeated in it."""
        return max(1, self.num_tokens // self.length)

    @property
    def num_batches(self) -> int:
        """Batches in an epoch; the last of one pass may be smaller."""
        return self.epoch_batches or -(-self.num_blocks // self.batch_size)

    def shuffled(self, seed: int, epoch: int, skip: int = 0) -> tf.data.Dataset:
        """Gives the batches of one epoch, without the first `skip`."""
        if self.epoch_batches is None:
            batches = self._pass(seed, epoch).batch(self.batch_size)
        else:
            wanted = self.epoch_batches * self.batch_size
            first = (epoch - 1) * wanted
            passes = range(first // self.num_blocks, (first + wanted - 1) // self.num_blocks + 1)
            blocks = functools.reduce(
                tf.data.Dataset.concatenate, (self._pass(seed, number + 1) for number in passes)
            )
            batches = blocks.skip(first % self.num_blocks).take(wanted).batch(self.batch_size)
        return batches.skip(skip).prefetch(tf.data.AUTOTUNE)

    def in_order(self) -> tf.data.Dataset:
        """Gives every token of one pass in the order of the files; the last block is padded."""
        rest = -self.num_tokens % self.length
        padding = tf.data.Dataset.from_tensors(
            tf.tile(tf.constant([[tokens.PAD_ID, _NO_TARGET, 0]], tf.int32), [rest, 1])
        )
        stream = _joined(self.documents).concatenate(padding)
        blocks = _cut(stream, self.length, dropped=0)
        return blocks.batch(self.batch_size).prefetch(tf.data.AUTOTUNE)

    def targets(self) -> tf.data.Dataset:
        """Gives the targets of one document after the other, in the order of the files."""
        return self.documents.map(lambda inputs, targets: targets)

    def _pass(self, seed: int, number: int) -> tf.data.Dataset:
        """Gives the blocks of one pass, counted from 1."""
        # Far apart, so that passes of neighbouring seeds do not repeat each other's order.
        drawn = seed * 1_000_003 + number
        window = _SHUFFLE_TOKENS * self.num_documents // self.num_tokens
        order = self.documents.shuffle(
            max(1, min(self.num_documents, window)), seed=drawn, reshuffle_each_iteration=False
        )
        dropped = int(np.random.default_rng(drawn).integers(self.length))
        # Those dropped at the beginning come at the end: after the last document stands the first.
        blocks = _cut(_joined(order.repeat()), self.length, dropped).take(self.num_blocks)
        window = max(1, min(self.num_blocks, _SHUFFLE_TOKENS // self.length))
        return blocks.shuffle(window, seed=drawn, reshuffle_each_iteration=False)


def read(
    name: str,
    patterns: Iterable[str],
    transform_output: tft.TFTransformOutput,
    task: task_lib.Task,
    batch_size: int,
    length: int,
    epoch_batches: int | None = None,
) -> Blocks:
    """Opens a transformed split and counts its tokens.

    Args:
        name: Name of the split, for messages.
        patterns: File patterns of gzipped TFRecords of transformed tf.Examples.
        transform_output: Tells the features in them.
        task: Its input is `features.TOKEN_IDS` of documents, without any marks, and its target
            `features.CHARACTERS`.
        batch_size: Blocks in a global batch.
        length: Tokens of a block.
        epoch_batches: Batches in an epoch; None for those of one pass.

    Raises:
        DataError: If the split has no examples.
    """
    documents = input_lib.open_examples(patterns, transform_output, task)
    start = tf.zeros(2, tf.int64)
    num_documents, num_tokens = documents.reduce(start, _counted).numpy().tolist()
    if not num_documents:
        raise input_lib.no_examples(name, patterns)
    return Blocks(documents, num_documents, num_tokens, length, batch_size, epoch_batches)


def _counted(counts: tf.Tensor, document: input_lib.Batch) -> tf.Tensor:
    token_ids = document[0][features.TOKEN_IDS]
    return counts + tf.stack([1, tf.size(token_ids, out_type=tf.int64) + 1])


def _joined(documents: tf.data.Dataset) -> tf.data.Dataset:
    """Puts documents one after another: elements are parts of the stream, `(any, columns)`."""
    return (
        documents.map(_ended, num_parallel_calls=tf.data.AUTOTUNE)
        .ragged_batch(_JOINED_DOCUMENTS)
        .map(lambda part: tf.ensure_shape(part.values, [None, _COLUMNS]))
    )


def _ended(inputs: dict[str, tf.Tensor], targets: dict[str, tf.Tensor]) -> tf.Tensor:
    """Makes a document's part of the stream, `(its tokens + 1, columns)`, int32.

    The `[SEP]` at its end accounts for all of its characters, since what a token of words or their
    pieces stands for is not known; so sums over whole documents are exact.
    """
    ids = tf.cast(inputs[features.TOKEN_IDS], tf.int32)
    ended = tf.concat([ids, [tokens.SEP_ID]], axis=0)
    count = tf.cast(targets[features.CHARACTERS], tf.int32)
    characters = tf.concat([tf.zeros_like(ids), [count]], axis=0)
    return tf.stack([ended, ended, characters], axis=1)


def _cut(stream: tf.data.Dataset, length: int, dropped: int) -> tf.data.Dataset:
    """Cuts the stream into blocks, without its first tokens and the rest at its end.

    Args:
        stream: Parts of it, as of `_joined`.
        length: Tokens of a block.
        dropped: Tokens to leave out at the beginning, fewer than `length`.

    Returns:
        One block an element: inputs with token ids `(length,)`; targets with the ids after each,
        `(length,)`, and the number of characters that those account for, `()`. All int32.
    """
    # Before the first token stands the end of a document that was never there. With as many more
    # as those dropped lack of a block, the first block has them, and is dropped whole.
    before = 1 + (length - dropped if dropped else 0)
    start = tf.tile(tf.constant([[tokens.SEP_ID, tokens.SEP_ID, 0]], tf.int32), [before, 1])

    def cut(rest: tf.Tensor, part: tf.Tensor) -> tuple[tf.Tensor, tuple[tf.Tensor, ...]]:
        known = tf.concat([rest, part], axis=0)
        blocks = (tf.shape(known)[0] - 1) // length
        read = tf.reshape(known[: blocks * length, 0], [-1, length])
        told = tf.reshape(known[1 : blocks * length + 1, 1:], [-1, length, _COLUMNS - 1])
        characters = tf.reduce_sum(told[:, :, 1], axis=1)
        return known[blocks * length :], (read, told[:, :, 0], characters)

    blocks = stream.scan(start, cut).unbatch().skip(1 if dropped else 0)
    return blocks.map(
        lambda read, told, characters: (
            {features.TOKEN_IDS: read},
            {features.NEXT_IDS: told, features.CHARACTERS: characters},
        )
    )
