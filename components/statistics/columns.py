"""Batches of tf.Examples, as TFXIO reads them, to columns of texts, labels and origins."""

import dataclasses
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from components.statistics import settings as settings_lib
from schemas import features


@dataclasses.dataclass(frozen=True)
class Rows:
    """Some rows, each column `(rows,)`.

    Attributes:
        texts: Binary, no nulls: a row without a text has the empty one.
        labels: Binary; null where a row has no label.
        origins: Binary, no nulls.
    """

    texts: pa.Array
    labels: pa.Array
    origins: pa.Array


def rows_of(batch: pa.RecordBatch, settings: settings_lib.TextSettings) -> Rows:
    """Takes the columns that are counted out of a batch.

    Args:
        batch: Columns of lists, as in tf.Examples. A feature that no row of the batch has is no
            column of it.
        settings: Names of the features.
    """
    texts = [_first(batch, name).fill_null(b"") for name in settings.text_features]
    label = settings.label_feature
    return Rows(
        texts=pc.binary_join_element_wise(*texts, b"\n") if len(texts) > 1 else texts[0],
        labels=_first(batch, label) if label else pa.nulls(batch.num_rows, pa.binary()),
        origins=_first(batch, features.ORIGIN).fill_null(b""),
    )


def joined(rows: Sequence[Rows]) -> Rows:
    """Puts rows together; there must be some."""
    return Rows(
        **{
            field.name: pa.concat_arrays([getattr(part, field.name) for part in rows])
            for field in dataclasses.fields(Rows)
        }
    )


def without_origin(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Drops the origin, which no statistics, no schema and no model know of."""
    kept = [name for name in batch.schema.names if name != features.ORIGIN]
    return pa.RecordBatch.from_arrays([batch.column(name) for name in kept], kept)


def _first(batch: pa.RecordBatch, name: str) -> pa.Array:
    """Takes the first value of each row as binary `(rows,)`, null where a row has none."""
    if name not in batch.schema.names:
        return pa.nulls(batch.num_rows, pa.binary())
    column = batch.column(name)
    if pa.types.is_null(column.type):
        return pa.nulls(batch.num_rows, pa.binary())
    is_missing = pc.equal(pc.fill_null(pc.list_value_length(column), 0), 0)
    starts = pc.if_else(is_missing, None, column.offsets[:-1])
    values = column.values.take(starts)
    if pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type):
        return values.cast(pa.binary())
    return values.cast(pa.string()).cast(pa.binary())
