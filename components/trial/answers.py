"""What a candidate answers to the rows of a split, and what would be right."""

from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf
import tensorflow_text  # noqa: F401 - registers the ops that the models are made of

_BATCH_SIZE = 64


def read(directory: str) -> list[bytes]:
    """Reads the serialized examples of a split, in the order of its files."""
    files = sorted(tf.io.gfile.glob(f"{directory}/*"))
    records = tf.data.TFRecordDataset(files, compression_type="GZIP") if files else []
    return [record.numpy() for record in records]


def ask(directory: str, signature: str, key: str, examples: Sequence[bytes]) -> list[np.ndarray]:
    """Asks an exported model.

    Args:
        directory: Of the SavedModel.
        signature: Takes serialized examples `(batch,)`.
        key: The entry of what it gives.
        examples: What is asked.

    Returns:
        For each example one axis, `(any,)`; numbers or bytes.
    """
    model = tf.saved_model.load(directory)
    answer = model.signatures[signature]
    rows: list[np.ndarray] = []
    for batch in _batches(examples):
        rows += [np.atleast_1d(row).reshape(-1) for row in answer(examples=batch)[key].numpy()]
    return rows


def column(examples: Sequence[bytes], name: str) -> list[str]:
    """Reads a column of text; empty where a row has none."""
    found = []
    for serialized in examples:
        values = tf.train.Example.FromString(serialized).features.feature[name].bytes_list.value
        found.append(values[0].decode("utf-8", "replace") if values else "")
    return found


def numbered(columns: Sequence[Sequence[str]]) -> np.ndarray:
    """Numbers rows from 0, those that are alike in all columns alike: `(rows,)`."""
    numbers: dict[tuple[str, ...], int] = {}
    rows = zip(*columns, strict=True)
    return np.array([numbers.setdefault(row, len(numbers)) for row in rows], np.int64)


def _batches(examples: Sequence[bytes]) -> Iterator[tf.Tensor]:
    for start in range(0, len(examples), _BATCH_SIZE):
        yield tf.constant(examples[start : start + _BATCH_SIZE])
