"""What a candidate answers to the rows of a split, and what would be right."""

from collections.abc import Iterator, Mapping, Sequence

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


def masks(columns: Mapping[str, Sequence[str]]) -> dict[str, np.ndarray]:
    """Lists the slices of columns, `column=value`, with the rows of each, a mask `(rows,)`."""
    return {
        f"{column}={value}": np.array([each == value for each in values])
        for column, values in columns.items()
        for value in sorted(set(values))
    }


def rectangle(values: Sequence[np.ndarray]) -> np.ndarray:
    """Stacks rows `(any,)` to `(rows, widest)`; NaN, or empty text, fills up."""
    width = max(map(len, values), default=0)
    if values and values[0].dtype.kind in "OSU":
        texts = [[_text(each) for each in row] for row in values]
        return np.array([row + [""] * (width - len(row)) for row in texts], np.str_)
    filled = np.full((len(values), width), np.nan)
    for i, row in enumerate(values):
        filled[i, : len(row)] = row
    return filled


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _batches(examples: Sequence[bytes]) -> Iterator[tf.Tensor]:
    for start in range(0, len(examples), _BATCH_SIZE):
        yield tf.constant(examples[start : start + _BATCH_SIZE])
