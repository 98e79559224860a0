"""Rows of tfrecord files; what is cut off or corrupt is never taken for the end."""

import gzip
import io
import struct

import hypothesis
import pytest
import tensorflow as tf
from apache_beam.io import tfrecordio
from hypothesis import strategies

from components.ingest import columns, settings
from components.ingest.rows import row, tfrecord_rows
from schemas import errors

_COLUMNS = columns.Columns({"text": columns.Column("review"), "label": columns.Column("stars")})
_NUMBER = columns.Columns({"score": columns.Column("stars", "number")})


def _read(content: bytes, wanted: columns.Columns = _COLUMNS):
    stream = io.BytesIO(content)
    return list(tfrecord_rows.read(stream, "/data/r.tfrecord", wanted, settings.Dialect()))


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Gives `written(*records)`: a file as TensorFlow writes it."""
    path = tmp_path_factory.mktemp("tfrecord") / "r.tfrecord"

    def write(*records: bytes) -> bytes:
        with tf.io.TFRecordWriter(str(path)) as writer:
            for record in records:
                writer.write(record)
        return path.read_bytes()

    return write


def _feature(*values: object) -> tf.train.Feature:
    if isinstance(values[0], bytes):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
    if isinstance(values[0], int):
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))
    return tf.train.Feature(float_list=tf.train.FloatList(value=values))


def _example(**fields: tf.train.Feature) -> bytes:
    features = tf.train.Features(feature=fields)
    return tf.train.Example(features=features).SerializeToString()


def _fine(text: bytes = b"fine") -> bytes:
    return _example(review=_feature(text), stars=_feature(b"5"), other=_feature(1, 2))


def _row(line, text=b"fine", label=b"5"):
    return row.Row(line, {"text": text, "label": label})


@pytest.mark.parametrize(
    ("value", "text", "number"),
    [
        (b"5", b"5", 5.0),
        (5, b"5", 5.0),
        (-9_007_199_254_740_993, b"-9007199254740993", -9_007_199_254_740_992.0),
        (5.0, b"5.0", 5.0),
        (0.1, b"0.1", 0.1),
    ],
)
def test_reads_each_type(written, value, text, number):
    content = written(_example(review=_feature(b"a"), stars=_feature(value)))
    assert _read(content) == [_row(1, b"a", text)]
    assert _read(content, _NUMBER) == [row.Row(1, {"score": number})]


_FINITE = "`stars` must be a finite number of 32 bits at most. Received: "


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"no Example", "must be a tf.Example. Received: 'no Example'"),
        (b"", "no `review`"),
        (_example(stars=_feature(5)), "no `review`"),
        (_example(review=_feature(b"a"), stars=tf.train.Feature()), "no `stars`"),
        (
            _example(review=_feature(b"a"), stars=_feature(5, 6)),
            "`stars` must have one value. Received: 2",
        ),
        (
            _example(review=_feature(b" "), stars=_feature(5)),
            "`review` must not be empty. Received: ' '",
        ),
        (
            _example(review=_feature(b"caf\xe9"), stars=_feature(5)),
            "`review` must be UTF-8. Received: the byte 0xe9 at 3",
        ),
        (_example(review=_feature(b"a"), stars=_feature(float("nan"))), f"{_FINITE}'nan'"),
    ],
)
def test_a_bad_record_is_kept_and_reading_goes_on(written, record, reason):
    content = written(_fine(), record, _fine())
    assert _read(content) == [_row(1), row.BadRow(2, reason, record), _row(3)]


def test_an_empty_list_is_no_value(written):
    empty = tf.train.Feature(bytes_list=tf.train.BytesList())
    record = _example(review=empty, stars=_feature(5))
    assert _read(written(record)) == [row.BadRow(1, "no `review`", record)]


def test_a_text_is_no_number(written):
    record = _example(stars=_feature(b"five"))
    assert _read(written(record), _NUMBER) == [
        row.BadRow(1, "`stars` must be a number. Received: 'five'", record)
    ]


def _until_refused(content: bytes, is_gzip: bool = False):
    """Reads rows up to the error; returns both."""
    stream = io.BytesIO(content)
    unzipped = gzip.GzipFile(fileobj=stream) if is_gzip else stream
    read = []
    with pytest.raises(EOFError if is_gzip else errors.DataError) as refused:
        for each in tfrecord_rows.read(unzipped, "/data/r.tfrecord", _COLUMNS, settings.Dialect()):
            read.append(each)
    return read, str(refused.value)


_CHECKED = (
    "r.tfrecord: record 3 must be whole and match its checksum. Received: Not a valid TFRecord"
)


def test_every_cut_within_a_record_is_told(written):
    whole, two = written(_fine(), _fine(), _fine()), written(_fine(), _fine())
    for length in range(len(two) + 1, len(whole)):
        read, message = _until_refused(whole[:length])
        assert read == [_row(1), _row(2)]
        assert message.startswith(f"{_CHECKED}. Fewer than ")
        assert "\n" not in message
    assert _read(two) == [_row(1), _row(2)]


def test_every_cut_of_a_gzipped_file_is_told(written):
    whole = gzip.compress(written(_fine(), _fine()))
    for length in range(2, len(whole)):  # of fewer bytes gzip says that they are none of its
        read, _ = _until_refused(whole[:length], is_gzip=True)
        assert read in ([], [_row(1)], [_row(1), _row(2)])


def test_every_changed_byte_is_told(written):
    whole, two = written(_fine(), _fine(), _fine()), written(_fine(), _fine())
    for place in range(len(two), len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 0x10
        read, message = _until_refused(bytes(changed))
        assert read == [_row(1), _row(2)]
        assert message.startswith(f"{_CHECKED}. Mismatch of ")


@pytest.mark.parametrize("length", [1 << 45, 1 << 62, (1 << 64) - 5])
def test_a_length_that_no_file_has_is_told(length):
    encoded = struct.pack("<Q", length)
    checksum = struct.pack("<I", tfrecordio._TFRecordUtil._masked_crc32c(encoded))
    _, message = _until_refused(encoded + checksum + b"short")
    assert message.startswith("r.tfrecord: record 1 must be whole and match its checksum. Received")


def test_refuses_what_is_no_tfrecord_file():
    _, message = _until_refused(b"review,stars\nfine,5\n")
    assert message == (
        "r.tfrecord: record 1 must be whole and match its checksum. "
        "Received: Not a valid TFRecord. Mismatch of length mask"
    )


def test_no_records_are_no_rows():
    assert _read(b"") == []


@hypothesis.given(strategies.text(strategies.characters(blacklist_categories=("Cs",))))
def test_any_text_survives_byte_for_byte(written, text):
    record = _fine(text.encode())
    [read] = _read(written(record))
    if text.strip():
        assert read == _row(1, text.encode())
    else:
        reason = f"`review` must not be empty. Received: {row.shown(text)}"
        assert read == row.BadRow(1, reason, record)
