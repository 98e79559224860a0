"""Rows of tfrecord files of tf.Examples, by Beam's reader.

Not by tf.data's: it takes a file that ends within the 12 bytes before a record, or within the
last bytes of its gzip stream, for one that ends there, and says nothing of what it has lost.
"""

import typing
from collections.abc import Iterator

import numpy as np
import tensorflow as tf
from apache_beam.io import tfrecordio
from google.protobuf import message

from components.ingest import columns as columns_lib
from components.ingest import settings
from components.ingest.rows import row
from schemas import errors

_NO_FEATURE = tf.train.Feature()


def read(
    stream: typing.BinaryIO, path: str, columns: columns_lib.Columns, dialect: settings.Dialect
) -> Iterator[row.Row | row.BadRow]:
    """Yields the rows of a file of tf.Examples, numbered from 1.

    A wanted feature has one value: bytes, an integer or a float; numbers are read as the text that
    they are commonly written as.

    Args:
        stream: The file, opened for reading.
        path: Its name, for messages.
        columns: The wanted features.
        dialect: Not needed.

    Raises:
        DataError: If a record is cut off or does not match its checksum. Where the next one begins
            cannot be known then.
    """
    for number, record in enumerate(_records(stream, path), start=1):
        try:
            fields = tf.train.Example.FromString(record).features.feature
            values = {
                feature: row.value_of(column, _text(column.name, fields))
                for feature, column in columns.by_feature.items()
            }
            yield row.Row(number, row.judge(values, columns))
        except message.DecodeError:
            reason = f"must be a tf.Example. Received: {row.shown(record)}"
            yield row.BadRow(number, reason, record)
        except row.RuleError as error:
            yield row.BadRow(number, str(error), record)


def _records(stream: typing.BinaryIO, path: str) -> Iterator[bytes]:
    number = 1
    while True:
        try:
            record = tfrecordio._TFRecordUtil.read_record(stream)
        # The latter two are of a length that no file has, whose checksum matches nevertheless.
        except (ValueError, OverflowError, MemoryError) as error:
            [reason, *_] = str(error).split(":")  # and then come all of its bytes
            raise errors.DataError(
                f"{row.name_of(path)}: record {number:,} must be whole and match its "
                f"checksum. Received: {reason}"
            ) from error
        if record is None:
            return
        yield record
        number += 1


def _text(name: str, fields: typing.Mapping[str, tf.train.Feature]) -> bytes:
    feature = fields.get(name, _NO_FEATURE)
    # At most one of them is there.
    values = feature.bytes_list.value or feature.int64_list.value or feature.float_list.value
    if not values:
        raise row.RuleError(f"no `{name}`")
    if len(values) > 1:
        raise row.RuleError(f"`{name}` must have one value. Received: {len(values)}")
    [value] = values
    if isinstance(value, bytes):
        return value
    if isinstance(value, int):
        return str(value).encode()
    text = str(np.float32(value))
    row.number_of(name, text)  # so that NaN is no text
    return text.encode()
