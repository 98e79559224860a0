"""Transformed examples as batches of like length.

An epoch's batches are a pure function of the files, the seed and the epoch's number: a training
that was killed reads on from the batch where it stopped, and meets the same data in the same order.
"""

import dataclasses
import itertools
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import tensorflow as tf
import tensorflow_transform as tft

from schemas import errors
from trainer.tasks import task as task_lib

# Examples parsed together: large enough to spread the cost of the op.
_PARSE_BATCH = 512
# Examples held in memory to draw from. A larger split is shuffled within windows of this size.
_SHUFFLE_BUFFER = 100_000
# Buckets of every 8 tokens up to 64, then steps of an eighth: at most an eighth of padding.
_FINE_STEP, _FINE_UNTIL = 8, 64

# Inputs and targets by name: of a batch `(batch, ...)` each, of an example without that axis.
Batch = tuple[dict[str, tf.Tensor], dict[str, tf.Tensor]]

Draw = Callable[[dict[str, tf.Tensor], dict[str, tf.Tensor], int, int], Batch]

_NO_TARGET = -1  # stands in padded places of targets


def bucket_lengths(max_length: int) -> list[int]:
    """Lists the lengths, in tokens, that batches are padded to; the last is `max_length`."""
    lengths: list[int] = []
    length = _FINE_STEP
    while length < max_length:
        lengths.append(length)
        step = _FINE_STEP if length < _FINE_UNTIL else length // 8
        length += step
    return [*lengths, max_length]


class Batches(Protocol):
    """A transformed split as batches, whatever is made of its examples."""

    @property
    def num_batches(self) -> int:
        """Batches in an epoch, the same in every one."""

    def shuffled(self, seed: int, epoch: int, skip: int = 0) -> tf.data.Dataset:
        """Gives the batches of one epoch, without the first `skip`."""

    def in_order(self) -> tf.data.Dataset:
        """Gives the batches of one pass in the order of the files."""

    def targets(self) -> tf.data.Dataset:
        """Gives the targets of one example after the other, in the order of the files."""


@dataclasses.dataclass(frozen=True)
class Split:
    """A transformed split, ready to be read as batches.

    Attributes:
        name: `train` or `eval`, for messages.
        examples: One example an element: inputs and targets.
        length: Tells the length of an example from its inputs.
        batch_size: Examples in a global batch.
        bucket_lengths: Lengths, in tokens, that batches are padded to.
        examples_by_bucket: How many examples fall into each.
        draw: Draws what is another in every epoch, of a batch's inputs and targets, the training's
            seed and the epoch.
    """

    name: str
    examples: tf.data.Dataset
    length: Callable[[dict[str, tf.Tensor]], tf.Tensor]
    batch_size: int
    bucket_lengths: tuple[int, ...]
    examples_by_bucket: tuple[int, ...]
    draw: Draw | None = None

    @property
    def num_examples(self) -> int:
        """Examples in the split."""
        return sum(self.examples_by_bucket)

    @property
    def num_batches(self) -> int:
        """Batches in one pass, the last of each bucket perhaps smaller; the same in every epoch."""
        return sum(-(-count // self.batch_size) for count in self.examples_by_bucket)

    def shuffled(self, seed: int, epoch: int, skip: int = 0) -> tf.data.Dataset:
        """Gives the batches of one epoch, without the first `skip`."""
        order = self.examples.shuffle(
            min(self.num_examples, _SHUFFLE_BUFFER),
            # Far apart, so that epochs of neighbouring seeds do not repeat each other's order.
            seed=seed * 1_000_003 + epoch,
            reshuffle_each_iteration=False,
        )
        batches = self._batches(order).skip(skip)
        return self._drawn(batches, seed, epoch).prefetch(tf.data.AUTOTUNE)

    def in_order(self) -> tf.data.Dataset:
        """Gives the batches of one pass in the order of the files."""
        # The seed is not the training's, so that models of several seeds are judged alike.
        return self._drawn(self._batches(self.examples), 0, 0).prefetch(tf.data.AUTOTUNE)

    def targets(self) -> tf.data.Dataset:
        """Gives the targets of one example after the other, in the order of the files."""
        return self.examples.map(lambda inputs, targets: targets)

    def _drawn(self, batches: tf.data.Dataset, seed: int, epoch: int) -> tf.data.Dataset:
        draw = self.draw
        if draw is None:
            return batches
        return batches.map(
            lambda inputs, targets: draw(inputs, targets, seed, epoch),
            num_parallel_calls=tf.data.AUTOTUNE,
        )

    def _batches(self, examples: tf.data.Dataset) -> tf.data.Dataset:
        inputs, targets = examples.element_spec
        return examples.bucket_by_sequence_length(
            lambda inputs, targets: self.length(inputs),
            # A boundary is the first length of the next bucket.
            bucket_boundaries=[length + 1 for length in self.bucket_lengths],
            bucket_batch_sizes=[self.batch_size] * (len(self.bucket_lengths) + 1),
            pad_to_bucket_boundary=True,
            padding_values=(_filled(inputs, 0), _filled(targets, _NO_TARGET)),
        )


def read(
    name: str,
    patterns: Iterable[str],
    transform_output: tft.TFTransformOutput,
    task: task_lib.Task,
    batch_size: int,
    max_length: int,
) -> Split:
    """Opens a transformed split and counts it.

    Args:
        name: Name of the split, for messages.
        patterns: File patterns of gzipped TFRecords of transformed tf.Examples.
        transform_output: Tells the features in them.
        task: Tells which of them are inputs, and what the targets are.
        batch_size: Examples in a global batch.
        max_length: Tokens of an example at most.

    Raises:
        DataError: If the split has no examples.
    """
    examples = open_examples(patterns, transform_output, task)
    examples = task.arrange(examples)
    lengths = bucket_lengths(max_length)
    counts = _count(examples, task.length, lengths)
    if not sum(counts):
        raise no_examples(name, patterns)
    return Split(
        name=name,
        examples=examples,
        length=task.length,
        batch_size=batch_size,
        bucket_lengths=tuple(lengths),
        examples_by_bucket=tuple(counts),
        draw=lambda inputs, targets, seed, epoch: task.draw(
            inputs, targets, transform_output, seed, epoch
        ),
    )


def open_examples(
    patterns: Iterable[str], transform_output: tft.TFTransformOutput, task: task_lib.Task
) -> tf.data.Dataset:
    """Reads a transformed split, an example an element: inputs and targets, in the files' order."""
    spec = _parsing_spec(transform_output.transformed_feature_spec())

    def inputs_and_targets(records: tf.Tensor) -> tuple[dict[str, Any], dict[str, Any]]:
        parsed = tf.io.parse_example(records, spec)
        inputs = {feature: parsed[feature] for feature in task.input_features}
        return inputs, task.targets(parsed, transform_output)

    return (
        tf.data.TFRecordDataset(_files(patterns), compression_type="GZIP")
        .batch(_PARSE_BATCH)
        .map(inputs_and_targets, num_parallel_calls=tf.data.AUTOTUNE)
        .unbatch()
        .map(lambda *example: tuple({k: _dense(v) for k, v in part.items()} for part in example))
    )


def no_examples(name: str, patterns: Iterable[str]) -> errors.DataError:
    """Makes the error for a split that is empty."""
    return errors.DataError(
        f"The {name} split must have examples. Received: 0 in {len(_files(patterns))} files. "
        "A larger file or another `data.split` gives it some."
    )


def _files(patterns: Iterable[str]) -> list[str]:
    return sorted(itertools.chain.from_iterable(tf.io.gfile.glob(p) for p in patterns))


def _parsing_spec(spec: dict[str, tf.io.FixedLenFeature]) -> dict[str, tf.io.FixedLenFeature]:
    """Reads features of varying length as ragged ones, which can be taken apart row by row."""
    return {
        name: (
            tf.io.RaggedFeature(feature.dtype, row_splits_dtype=tf.int64)
            if isinstance(feature, tf.io.VarLenFeature)
            else feature
        )
        for name, feature in spec.items()
    }


def _dense(value: tf.Tensor | tf.RaggedTensor) -> tf.Tensor:
    return value.to_tensor() if isinstance(value, tf.RaggedTensor) else value


def _filled(specs: dict[str, tf.TensorSpec], value: int) -> dict[str, tf.Tensor]:
    """Makes the value that each feature is padded with."""
    return {name: tf.cast(value, spec.dtype) for name, spec in specs.items()}


def _count(
    examples: tf.data.Dataset, length: Callable[[dict], tf.Tensor], lengths: list[int]
) -> list[int]:
    """Counts the examples of each bucket in one pass."""
    boundaries = tf.constant(lengths, tf.int32)

    def add(counts: tf.Tensor, example: Batch) -> tf.Tensor:
        size = tf.minimum(length(example[0]), lengths[-1])
        return counts + tf.one_hot(
            tf.searchsorted(boundaries, size[None])[0], len(lengths), dtype=tf.int64
        )

    return examples.reduce(tf.zeros(len(lengths), tf.int64), add).numpy().tolist()
