"""The vocabulary as an asset: counted in Beam, learned from the counts, written a line an entry.

One analyzer serves token and label vocabularies alike.
"""

import dataclasses
import os
from collections.abc import Callable, Iterator
from typing import Protocol

import apache_beam as beam
import numpy as np
import tensorflow as tf
import tensorflow_transform.beam as tft_beam

from components.transform import analyzer, config
from schemas import errors, tokens

RESERVED = tokens.RESERVED
PAD_ID, UNK_ID, CLS_ID, SEP_ID, MASK_ID = range(len(RESERVED))
UNK = RESERVED[UNK_ID]

MAX_WORD_BYTES = config.MAX_WORD_BYTES


@dataclasses.dataclass(frozen=True)
class Counted:
    """The strings of a column and how often each occurs.

    Attributes:
        most_frequent: Pairs of a string and its count; highest count first, ties by code point.
        distinct: How many strings there were, those that did not make it into the list included.
    """

    most_frequent: list[tuple[str, int]]
    distinct: int


@dataclasses.dataclass(frozen=True)
class Learned:
    """What is learned from the counts.

    Attributes:
        lines: The asset's lines; line number = id.
        companion: A value that the graph needs beside the asset, if it does.
    """

    lines: list[str]
    companion: np.ndarray | None = None


class WordLookup(Protocol):
    """Words to the ids of their pieces."""

    def __call__(self, words: tf.RaggedTensor) -> tf.RaggedTensor:
        """Turns words `(batch, None)` into int64 ids `(batch, None)`."""

    def with_offsets(
        self, words: tf.Tensor
    ) -> tuple[tf.RaggedTensor, tf.RaggedTensor, tf.RaggedTensor]:
        """Turns words `(words,)` into ids, and the bytes at which each piece starts and ends.

        All int64 `(words, None)`.
        """


Learn = Callable[[Counted], Learned]
# Strings to ids `(batch, None)`: words `(batch, None)`, or whole texts `(batch,)`.
Lookup = Callable[[tf.Tensor | tf.RaggedTensor], tf.RaggedTensor]


def analyze(
    values: tf.Tensor,
    asset_name: str,
    learn: Learn,
    limit: int,
    companion: tf.TensorSpec | None = None,
) -> tuple[tf.Tensor, ...]:
    """Counts strings over the whole split and learns an asset from the counts.

    Args:
        values: String tensor `(any,)`, valid UTF-8 without line breaks.
        asset_name: File name of the asset, by which `tft.TFTransformOutput` finds it.
        learn: Makes the asset of the counts. It is pickled to a Beam worker.
        limit: `learn` gets this many of the most frequent strings at most, which bounds the memory
            of the one worker that learns.
        companion: Shape and type of `Learned.companion`, if there is one.

    Returns:
        The path of the asset, string `()`, and the companion. Their values are known only after the
        analysis.
    """
    unique, _, counts = tf.unique_with_counts(values, out_idx=tf.int64)
    companions = [] if companion is None else [companion]
    learning = LearnAsset(asset_name, learn, limit, bool(companions))
    return analyzer.apply(learning, asset_name, (unique, counts), companions)


def frequent_words(counted: Counted, min_count: int) -> dict[str, int]:
    """Keeps the words that occur often enough to be learned from.

    Raises:
        DataError: If none does.
    """
    words = {word: count for word, count in counted.most_frequent if count >= min_count}
    if not words:
        raise errors.DataError(
            "The train split must have words that occur at least `tokenizer.min_count` times. "
            f"Received: none of {counted.distinct:,} distinct words, min_count={min_count}"
        )
    return words


class LearnAsset(tft_beam.experimental.PTransformAnalyzer):
    """Batches of `(strings, counts)` in; the asset's path, and the companion if any, out."""

    def __init__(self, asset_name: str, learn: Learn, limit: int, has_companion: bool) -> None:
        super().__init__()
        self._asset_name = asset_name
        self._learn = learn
        self._limit = limit
        self._has_companion = has_companion

    def expand(self, batches: beam.PCollection) -> tuple[beam.PCollection, ...]:
        """Counts, learns and writes."""
        counts = batches | "Pairs" >> beam.FlatMap(_pairs) | "Count" >> beam.CombinePerKey(sum)
        distinct = counts | "CountDistinct" >> beam.combiners.Count.Globally()
        learned = (
            counts
            | "MostFrequent" >> beam.combiners.Top.Of(self._limit, key=_rank, reverse=True)
            | "Learn" >> beam.ParDo(_Learn(self._learn), beam.pvalue.AsSingleton(distinct))
        )
        path = os.path.join(self.base_temp_dir, self._asset_name)  # noqa: PTH118 - may be gs://
        written = learned | "Write" >> beam.Map(_write, path)
        if not self._has_companion:
            return (written,)
        return written, learned | "Companion" >> beam.Map(_companion)


def _pairs(batch: tuple[np.ndarray, np.ndarray]) -> Iterator[tuple[bytes, int]]:
    values, counts = batch
    yield from zip(values.tolist(), counts.tolist(), strict=True)


def _rank(counted: tuple[bytes, int]) -> tuple[int, bytes]:
    """Orders by falling count; UTF-8 bytes sort as code points do."""
    return -counted[1], counted[0]


class _Learn(beam.DoFn):
    """Applies `learn` to the counts."""

    def __init__(self, learn: Learn) -> None:
        self._learn = learn

    def process(self, most_frequent: list[tuple[bytes, int]], distinct: int) -> Iterator[Learned]:
        """Decodes the strings, then learns."""
        decoded = [(value.decode(), count) for value, count in most_frequent]
        yield self._learn(Counted(decoded, distinct))


def _companion(learned: Learned) -> np.ndarray | None:
    return learned.companion


def _write(learned: Learned, path: str) -> np.ndarray:
    return analyzer.write_lines(learned.lines, path)
