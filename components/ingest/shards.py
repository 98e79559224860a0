"""Writes tf.Examples as gzipped TFRecord shards, each a whole file or none."""

import os
import uuid
from collections.abc import Mapping
from types import TracebackType

import tensorflow as tf
from tfx.dsl.io import fileio

from components.ingest import columns as columns_lib
from components.ingest.rows import row as row_lib
from schemas import features

# Shards are what later components read in parallel; a shard is begun anew at either limit.
MAX_ROWS = 50_000
MAX_BYTES = 128 << 20  # before compression
# The fastest level: examples are read several times more often than they are kept.
_OPTIONS = tf.io.TFRecordOptions(compression_type="GZIP", compression_level=1)


def split_dir(examples_dir: str, split: str) -> str:
    """Names the directory of a split as TFX does."""
    return os.path.join(examples_dir, f"Split-{split}")  # noqa: PTH118 - may be a URI


def shard_name(batch: int, shard: int) -> str:
    """Names a shard by the batch of files that it comes from and its number among theirs."""
    return f"data_tfrecord-{batch:05d}-{shard:05d}.gz"


def write_empty(examples_dir: str, split: str) -> None:
    """Writes a shard without examples, so that readers of a split without rows find a file."""
    path = os.path.join(split_dir(examples_dir, split), shard_name(0, 0))  # noqa: PTH118
    tf.io.TFRecordWriter(path, _OPTIONS).close()


class Encoder:
    """Turns values into the bytes of a tf.Example, one after another.

    One proto is filled again and again: making one for each row takes several times as long.
    """

    def __init__(self, columns: columns_lib.Columns) -> None:
        """Makes the encoder.

        Args:
            columns: The features that examples have; values of others are left out.
        """
        self._example = tf.train.Example()
        by_feature = self._example.features.feature
        self._slots = []
        for name, column in columns.by_feature.items():
            if column.kind == "number":
                by_feature[name].float_list.value.append(0.0)
                self._slots.append((name, by_feature[name].float_list.value))
            else:
                by_feature[name].bytes_list.value.append(b"")
                self._slots.append((name, by_feature[name].bytes_list.value))
        by_feature[features.ORIGIN].bytes_list.value.append(b"")
        self._origin = by_feature[features.ORIGIN].bytes_list.value

    def encode(self, values: Mapping[str, row_lib.Value], origin: bytes) -> bytes:
        """Serializes one example; equal values always give the same bytes."""
        for name, slot in self._slots:
            slot[0] = values[name]
        self._origin[0] = origin
        return self._example.SerializeToString(deterministic=True)


class Writer:
    """Writes the examples of one batch of files to shards of all splits.

    A shard is written under a name of its own elsewhere and then renamed, over one of the same
    name: a batch that is tried again leaves the same files as one that ran once.
    """

    def __init__(self, examples_dir: str, temp_dir: str, batch: int) -> None:
        """Makes the writer; nothing is written yet.

        Args:
            examples_dir: The artifact's directory; those of the splits must be there.
            temp_dir: Where unfinished shards stand, on the same file system.
            batch: The batch's number.
        """
        self._examples_dir = examples_dir
        self._temp_dir = temp_dir
        self._batch = batch
        self._open: dict[str, _Shard] = {}
        self._shards: dict[str, int] = {}
        self.rows: dict[str, int] = {}

    def write(self, split: str, example: bytes) -> None:
        """Writes a serialized example."""
        shard = self._open.get(split)
        if shard is None:
            shard = self._open[split] = _Shard(self._temp_dir)
        shard.write(example)
        self.rows[split] = self.rows.get(split, 0) + 1
        if shard.rows >= MAX_ROWS or shard.size >= MAX_BYTES:
            self._finish(split)

    def _finish(self, split: str) -> None:
        number = self._shards.get(split, 0)
        name = shard_name(self._batch, number)
        self._open.pop(split).finish(
            os.path.join(split_dir(self._examples_dir, split), name)  # noqa: PTH118
        )
        self._shards[split] = number + 1

    def __enter__(self) -> "Writer":
        """Returns itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Finishes the open shards, or drops them after an error."""
        for split in list(self._open):
            if error is None:
                self._finish(split)
            else:
                self._open.pop(split).drop()


class _Shard:
    """A shard that is being written."""

    def __init__(self, temp_dir: str) -> None:
        self._path = os.path.join(temp_dir, uuid.uuid4().hex)  # noqa: PTH118
        self._writer = tf.io.TFRecordWriter(self._path, _OPTIONS)
        self.rows = 0
        self.size = 0

    def write(self, example: bytes) -> None:
        self._writer.write(example)
        self.rows += 1
        self.size += len(example)

    def finish(self, path: str) -> None:
        self._writer.close()
        fileio.rename(self._path, path, overwrite=True)

    def drop(self) -> None:
        self._writer.close()
        fileio.remove(self._path)
