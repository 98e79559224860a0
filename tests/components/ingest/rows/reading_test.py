"""Files of every format are opened and read, or refused in one line that names file and rule."""

import errno
import gzip
import io
import pathlib

import pyarrow as pa
import pytest
import tensorflow as tf
from apache_beam.io import filesystems
from pyarrow import parquet

from components.ingest import columns, settings
from components.ingest.rows import reading, row
from schemas import errors

_COLUMNS = columns.Columns({"text": columns.Column("review")})
_FINE, _BAD = row.Row(2, {"text": b"fine"}), row.Row(3, {"text": b"bad"})


def _read(path: pathlib.Path | str, **dialect: object):
    return list(reading.read(str(path), _COLUMNS, settings.Dialect(**dialect)))


def _parquet() -> bytes:
    sink = io.BytesIO()
    parquet.write_table(pa.table({"review": ["fine", "bad"]}), sink)
    return sink.getvalue()


def _tfrecord(directory: pathlib.Path) -> bytes:
    path = directory / "written"
    with tf.io.TFRecordWriter(str(path)) as writer:
        for text in (b"fine", b"bad"):
            feature = tf.train.Feature(bytes_list=tf.train.BytesList(value=[text]))
            features = tf.train.Features(feature={"review": feature})
            writer.write(tf.train.Example(features=features).SerializeToString())
    return path.read_bytes()


_CONTENTS = {
    "csv": b"review,x\nfine,1\nbad,2\n",
    "tsv": b"review\tx\nfine\t1\nbad\t2\n",
    "jsonl": b'\n{"review": "fine"}\n{"review": "bad"}\n',
    "txt": b"\nfine\nbad\n",
    "parquet": _parquet(),
}


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize(
    ("extension", "name"),
    [
        ("csv", "csv"),
        ("CSV", "csv"),
        ("tsv", "tsv"),
        ("jsonl", "jsonl"),
        ("ndjson", "jsonl"),
        ("txt", "txt"),
        ("parquet", "parquet"),
        ("tfrecord", "tfrecord"),
    ],
)
def test_reads_each_format_by_its_name_or_by_the_config(tmp_path, extension, name, suffix):
    content = _CONTENTS.get(name) or _tfrecord(tmp_path)
    first = 1 if name in ("parquet", "tfrecord") else 2
    expected = [row.Row(first, {"text": b"fine"}), row.Row(first + 1, {"text": b"bad"})]
    path = tmp_path / f"[x] ü*.{extension}{suffix}"
    path.write_bytes(gzip.compress(content) if suffix else content)
    assert _read(path) == expected
    other = path.rename(tmp_path / f"data.txt{suffix}")
    assert _read(other, format=name) == expected


def test_reads_a_file_as_one_text_only_where_it_is_asked_to(tmp_path):
    path = tmp_path / "play.txt"
    path.write_bytes(b"a\nb\n")
    assert _read(path, format="whole_txt") == [row.Row(1, {"text": b"a\nb\n"})]
    assert len(_read(path)) == 2


def test_hands_the_dialect_on(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_bytes(b"1;fine\n")
    assert _read(path, delimiter=";", header=("id", "review")) == [row.Row(1, {"text": b"fine"})]


def test_yields_bad_rows_as_they_stand(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_bytes(b"review,x\nfine,1\nshort\nbad,2\n")
    reason = "must have 2 fields, as the header has. Received: 1"
    assert _read(path) == [_FINE, row.BadRow(3, reason, b"short\n"), _BAD._replace(line=4)]


def test_several_gzip_members_are_one_file(tmp_path):
    path = tmp_path / "reviews.csv.gz"
    path.write_bytes(gzip.compress(b"review,x\nfi") + gzip.compress(b"ne,1\nbad,2\n"))
    assert _read(path) == [_FINE, _BAD]


_ZIPPED = gzip.compress(_CONTENTS["csv"] + b"more,3\n" * 1000)
_CUT = "must be a whole gzip file. Received: one that is cut off"
_CHANGED = bytearray(_ZIPPED)
_CHANGED[-6] ^= 0xFF


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv.gz", _ZIPPED[: len(_ZIPPED) // 2], _CUT),
        ("a.csv.gz", _ZIPPED[:-8], _CUT),
        ("a.csv.gz", _ZIPPED[:-1], _CUT),
        ("a.tsv.gz", _ZIPPED[:5], _CUT),
        ("a.parquet.gz", gzip.compress(_CONTENTS["parquet"])[:-9], _CUT),
        (
            "a.csv.gz",
            _ZIPPED + b"more",
            "must be a gzip file that can be read. Received: Not a gzip",
        ),
        (
            "a.csv.gz",
            bytes(_CHANGED),
            "must be a gzip file that can be read. Received: CRC check f",
        ),
        (
            "a.csv.gz",
            _ZIPPED[:10] + b"\xff" * 40 + _ZIPPED[50:],
            "must be a gzip file that can be read. Received: Error -3 while decompressing data",
        ),
        (
            "a.csv.gz",
            _CONTENTS["csv"],
            "must be a gzip file that can be read. Received: Not a gzip",
        ),
        (
            "a.csv",
            _ZIPPED,
            "must be text in UTF-8. Received: a gzip file, whose name must end in .gz",
        ),
        ("a.csv", b"", "must have a header and rows. Received: no text"),
        ("a.csv.gz", b"", "must have a header and rows. Received: no text"),
        ("a.csv", b"review,x\n", "must have rows. Received: none"),
        ("a.tsv", b"review\tx\n\n", "must have rows. Received: none"),
        ("a.jsonl", b"\n", "must have rows. Received: none"),
        ("a.txt", b"", "must have rows. Received: none"),
        ("a.tfrecord", b"", "must have rows. Received: none"),
        ("a.parquet", b"", "must be a parquet file that can be read. Received: Parquet file size"),
        ("a\n.csv", b"", "must have a header and rows. Received: no text"),
        ("a.xlsx", b"PK", "must have a name that tells its format (.csv, .tsv, .jsonl, "),
        ("a", b"", "must have a name that tells its format (.csv, .tsv, .jsonl, "),
    ],
)
def test_refuses_a_file_in_one_line(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(errors.DataError) as refused:
        _read(path)
    assert str(refused.value).startswith(f"{row.name_of(name)}: {message}")
    assert "\n" not in str(refused.value)


def test_rows_before_the_cut_come_first(tmp_path):
    path = tmp_path / "reviews.csv.gz"
    path.write_bytes(gzip.compress(b"review,x\n" + b"fine,1\n" * 200_000)[:-8])
    rows = reading.read(str(path), _COLUMNS, settings.Dialect())
    assert next(rows) == _FINE
    with pytest.raises(errors.DataError, match="cut off"):
        list(rows)


def test_refuses_what_cannot_be_opened(tmp_path):
    refused = "must be a file that can be read. Received: "
    (tmp_path / "directory.csv").mkdir()
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "dangling.csv").symlink_to("nothing.csv")
    for name, reason in (
        ("directory.csv", "Is a directory"),
        ("loop.csv", "Too many levels of symbolic links"),
        ("dangling.csv", "No such file or directory"),
        ("missing.csv", "No such file or directory"),
    ):
        with pytest.raises(errors.DataError) as error:
            _read(tmp_path / name)
        assert str(error.value) == f"{name}: {refused}{reason}"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "/data/a.csv"), "Permission denied"),
        (OSError("read failed\nsee elsewhere"), "read failed"),
        (OSError(), "OSError"),
    ],
)
def test_refuses_what_may_not_be_read(monkeypatch, error, reason):
    # Tests may run as a user who may read all files, so nothing real refuses for sure.
    def refuse(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(filesystems.FileSystems, "open", refuse)
    with pytest.raises(errors.DataError) as refused:
        _read("/data/a.csv")
    assert str(refused.value) == f"a.csv: must be a file that can be read. Received: {reason}"


def test_closes_the_file_when_reading_is_given_up(tmp_path, monkeypatch):
    path = tmp_path / "reviews.csv"
    path.write_bytes(_CONTENTS["csv"])
    opened = []
    original = filesystems.FileSystems.open

    def remember(*arguments, **options):
        opened.append(original(*arguments, **options))
        return opened[-1]

    monkeypatch.setattr(filesystems.FileSystems, "open", remember)
    rows = reading.read(str(path), _COLUMNS, settings.Dialect())
    next(rows)
    rows.close()
    assert [stream.closed for stream in opened] == [True]
