"""Ingest as TFX runs it: no row is lost, none is twice, and twins never part."""

import collections
import gzip
import hashlib
import io
import json
import os
import pathlib

import pyarrow
import pytest
import tensorflow as tf
from pyarrow import parquet

from components.ingest import columns, jobs, origins, settings, splitting
from schemas import errors

_STARS = {"text": columns.Column("review"), "label": columns.Column("stars", "number")}
_TEXT = {"text": columns.Column("line")}


def _csv(rows: list[tuple[str, str]], header: str = "review,stars") -> bytes:
    return "".join(f"{line}\n" for line in (header, *map(",".join, rows))).encode()


def _parquet() -> bytes:
    stream = io.BytesIO()
    table = {"review": ["fine", None, "good", " ", "bad"], "stars": [1.0, 2.0, None, 4.0, 5.0]}
    parquet.write_table(pyarrow.table(table), stream)
    return stream.getvalue()


def _tfrecord(path: pathlib.Path) -> None:
    with tf.io.TFRecordWriter(str(path)) as writer:
        for review, stars in ((b"fine", 1.0), (b"caf\xe9", 2.0), (b"good", 3.0)):
            feature = {
                "review": tf.train.Feature(bytes_list=tf.train.BytesList(value=[review])),
                "stars": tf.train.Feature(float_list=tf.train.FloatList(value=[stars])),
            }
            example = tf.train.Example(features=tf.train.Features(feature=feature))
            writer.write(example.SerializeToString())
        writer.write(b"no example")


# Name, content, lines of good rows and lines of bad ones.
_HOSTILE = [
    (
        "rows.csv",
        b'\xef\xbb\xbfreview,stars\r\nfine,1\r\nshort\r\n"a\r\nb",2\r\ncaf\xe9,3\r\n,4\r\n\r\n'
        b'nul\0,5\r\nlong,6,7\r\ngood,n/a\r\n"open,8\r\nlast,9',
        [2, 4, 13],
        [3, 6, 7, 9, 10, 11, 12],
    ),
    (
        "rows.tsv",
        b'review\tstars\n"fine"\t1\nshort\ngood\tmany\n\xff\t3\nlast\t4\n',
        [2, 6],
        [3, 4, 5],
    ),
    (
        "rows.jsonl",
        b'{"review": "fine", "stars": 1}\n{"review": "cut", "st\n[]\n{"review": "no stars"}\n\n'
        b'{"review": "\\ud800", "stars": 1}\n{"review": {"a": 1}, "stars": 1}\n'
        b'{"stars": 2.5, "review": "la\\nst", "more": null}\n{"review": "x", "stars": NaN}',
        [1, 8],
        [2, 3, 4, 6, 7, 9],
    ),
    ("rows.parquet", _parquet(), [1, 5], [2, 3, 4]),
]


def _check_all_accounted_for(ingested, name, good, bad) -> None:
    assert sorted(row["origin"] for row in ingested.rows) == sorted(f"{name}:{n}" for n in good)
    assert [(file, line) for file, line, _, _ in ingested.aside] == [(name, n) for n in bad]
    aside = ingested.quarantine
    assert (aside.rows_in, aside.rows_out, aside.rows) == (len(good + bad), len(good), len(bad))
    examples = ingested.examples
    assert examples.get_int_custom_property("rows") == len(good)
    for split, rows in ingested.by_split.items():
        assert examples.get_int_custom_property(f"rows_{split}") == len(rows)
    assert (ingested.directory / "rows.jsonl").exists() == bool(bad)


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize(("name", "content", "good", "bad"), _HOSTILE, ids=lambda v: str(v)[:12])
def test_no_row_of_a_hostile_file_is_lost(tmp_path, ingest, name, content, good, bad, suffix):
    path = tmp_path / f"{name}{suffix}"
    path.write_bytes(gzip.compress(content) if suffix else content)
    ingested = ingest(path, wanted=_STARS)
    _check_all_accounted_for(ingested, f"{name}{suffix}", good, bad)


def test_no_record_of_a_hostile_tfrecord_file_is_lost(tmp_path, ingest):
    path = tmp_path / "rows.tfrecord"
    _tfrecord(path)
    _check_all_accounted_for(ingest(path, wanted=_STARS), path.name, [1, 3], [2, 4])


def test_no_line_of_a_hostile_text_is_lost(tmp_path, ingest):
    path = tmp_path / "lines.txt"
    path.write_bytes(b"fine\n\ncaf\xe9\nnul\0\nlast")
    _check_all_accounted_for(ingest(path, wanted=_TEXT), path.name, [1, 5], [3, 4])


def test_whole_files_are_rows(tmp_path, ingest):
    for number in range(20):
        (tmp_path / f"{number:02d}.txt").write_text(f"a\ntext {number}")
    (tmp_path / "bad.txt").write_bytes(b"\xff")
    ingested = ingest(tmp_path, wanted=_TEXT, dialect=settings.Dialect(format="whole_txt"))
    assert sorted(row["text"] for row in ingested.rows) == sorted(
        f"a\ntext {number}" for number in range(20)
    )
    assert [(file, raw) for file, _, _, raw in ingested.aside] == [("bad.txt", b"\xff")]


def test_a_directory_and_a_glob_mean_their_files(tmp_path, ingest):
    for name in ("a.csv", "b.csv", ".c.csv", "_SUCCESS"):
        (tmp_path / name).write_bytes(_csv([("fine", "1"), ("good", "")]))
    for source in (tmp_path, tmp_path / "*.csv", tmp_path / "[ab].csv"):
        ingested = ingest(source)
        assert sorted(ingested.places) == ["a.csv:2", "a.csv:3", "b.csv:2", "b.csv:3"]


def test_rows_are_named_below_the_common_directory(tmp_path, ingest):
    for day in ("2024-01-01", "2024-01-02"):
        (tmp_path / day).mkdir()
        (tmp_path / day / "a.csv").write_bytes(_csv([("fine", "1"), ("", "")]))
    ingested = ingest(tmp_path / "2024-*" / "a.csv")
    assert sorted(ingested.places) == [
        *("2024-01-01/a.csv:2", "2024-01-01/a.csv:3", "2024-01-02/a.csv:2", "2024-01-02/a.csv:3")
    ]


def test_the_very_files_are_noted_beside_the_examples(tmp_path, ingest):
    content = {name: _csv([(name, "1"), ("fine", "2"), ("bad", "")]) for name in ("a.csv", "b.csv")}
    for name, bytes_ in content.items():
        (tmp_path / name).write_bytes(bytes_)
    noted = origins.from_json(
        (pathlib.Path(ingest(tmp_path).examples.uri) / "sources.json").read_text()
    )
    assert noted == tuple(
        origins.Origin(
            path=str(tmp_path / name),
            source="all",
            bytes=len(bytes_),
            sha256=hashlib.sha256(bytes_).hexdigest(),
            rows=3,
            aside=1,
        )
        for name, bytes_ in content.items()
    )


def test_files_of_their_own_keep_their_split(tmp_path, ingest):
    for name in ("train", "eval", "test"):
        (tmp_path / f"{name}.csv").write_bytes(_csv([(f"{name} {i}", "1") for i in range(50)]))
    ingested = ingest({name: tmp_path / f"{name}.csv" for name in ("train", "eval", "test")})
    for name, rows in ingested.by_split.items():
        assert {row["text"].split(" ")[0] for row in rows} == {name}
        assert len(rows) == 50


def test_what_has_no_file_is_dealt_out_of_train(tmp_path, ingest):
    for name, rows in (("train", 700), ("test", 50)):
        (tmp_path / f"{name}.csv").write_bytes(_csv([(f"{name} {i}", "1") for i in range(rows)]))
    ingested = ingest({name: tmp_path / f"{name}.csv" for name in ("train", "test")})
    assert [len(ingested.by_split["test"]), len(ingested.rows)] == [50, 750]
    # 6 : 1 of 700, within 4 standard deviations.
    assert abs(len(ingested.by_split["eval"]) - 100) < 4 * 9.3
    assert {row["text"].split(" ")[0] for row in ingested.by_split["eval"]} == {"train"}


def test_one_file_for_two_splits_is_refused(tmp_path, ingest):
    (tmp_path / "a.csv").write_bytes(_csv([("fine", "1")]))
    with pytest.raises(errors.DataError, match=r"`data.test` must name other files than `data.tr"):
        ingest({"train": tmp_path, "test": tmp_path / "a.csv"})


# Each text three times, in another case or spacing and with a label of its own.
_TWINS = [
    (text, str(i % 7))
    for i in range(400)
    for text in (f"Text nº {i}", f"  tEXT   NO {i}", f"TEXT Nº {i} ")
]


def _in_several_splits(ingested) -> int:
    splits_of = collections.defaultdict(set)
    for split, rows in ingested.by_split.items():
        for row in rows:
            splits_of[row["text"].casefold().replace("nº", "no").split()[-1]].add(split)
    return sum(len(splits) > 1 for splits in splits_of.values())


@pytest.fixture(scope="module")
def twins(tmp_path_factory, ingest):
    """The twins, spread over two files."""
    directory = tmp_path_factory.mktemp("twins")
    (directory / "a.csv").write_bytes(_csv(_TWINS[::2]))
    (directory / "b.csv").write_bytes(_csv(_TWINS[1::2]))
    return ingest(directory)


def test_twins_never_part(twins):
    assert len(twins.rows) == len(_TWINS)
    assert _in_several_splits(twins) == 0
    assert all(len(rows) > 60 for rows in twins.by_split.values())


def test_a_split_by_bytes_would_part_twins(tmp_path, ingest, monkeypatch):
    """Shows that the test of twins can fail."""
    monkeypatch.setattr(splitting, "fold", lambda text: text)
    (tmp_path / "a.csv").write_bytes(_csv(_TWINS))
    leaky = ingest(tmp_path)
    assert len(leaky.rows) == len(_TWINS)
    assert _in_several_splits(leaky) > 100


def test_a_table_that_grows_does_not_move_its_rows(tmp_path, ingest, twins):
    (tmp_path / "half.csv").write_bytes(_csv(_TWINS[:600]))
    half = ingest(tmp_path)
    where = {row["text"]: split for split, rows in twins.by_split.items() for row in rows}
    assert [
        (row["text"], split)
        for split, rows in half.by_split.items()
        for row in rows
        if where[row["text"]] != split
    ] == []


def test_a_group_never_parts(tmp_path, ingest):
    rows = [(f"text {i}", "1", f"user {i % 60}") for i in range(900)]
    (tmp_path / "a.csv").write_bytes(_csv([*rows, ("no user", "1", " ")], "review,stars,user"))
    ingested = ingest(tmp_path, group="user")
    splits_of = collections.defaultdict(set)
    for split, of_split in ingested.by_split.items():
        for row in of_split:
            assert "ingest group" not in row
            splits_of[int(row["text"].split()[1]) % 60].add(split)
    assert len(splits_of) == 60
    assert all(len(splits) == 1 for splits in splits_of.values())
    assert all(len(of_split) > 30 for of_split in ingested.by_split.values())
    assert [reason for _, _, reason, _ in ingested.aside] == [
        "`user` must not be empty. Received: ' '"
    ]


def test_the_newest_rows_are_the_test_split(tmp_path, ingest):
    days = [(f"text {i}", "1", f"2024-01-{i % 20 + 1:02d}") for i in range(200)]
    (tmp_path / "a.csv").write_bytes(_csv(days[:120], "review,stars,day"))
    late = [("when", "1", "soon"), ("never", "1", "2024-02-30")]
    (tmp_path / "b.csv").write_bytes(_csv([*days[120:], *late], "review,stars,day"))
    ingested = ingest(tmp_path, time="day")
    found = {
        split: {int(row["text"].split()[1]) % 20 + 1 for row in rows}
        for split, rows in ingested.by_split.items()
    }
    # 6 : 1 : 3 of 20 days with 10 rows each.
    assert found == {
        "train": set(range(1, 13)),
        "eval": {13, 14},
        "test": set(range(15, 21)),
    }
    assert [(file, line, reason) for file, line, reason, _ in ingested.aside] == [
        ("b.csv", 82, "`day` must be a date or a number. Received: 'soon'"),
        ("b.csv", 83, "`day` must be a date or a number. Received: '2024-02-30'"),
    ]
    assert ingested.quarantine.rows_in == 202


def test_a_time_that_is_wanted_too_is_written(tmp_path, ingest):
    (tmp_path / "a.csv").write_bytes(_csv([(f"t{i}", str(i)) for i in range(10)]))
    ingested = ingest(tmp_path, wanted=_STARS, time="stars")
    assert sorted(row["label"] for row in ingested.by_split["test"]) == [7.0, 8.0, 9.0]


def test_dates_and_numbers_do_not_mix(tmp_path, ingest):
    rows = [("a", "1", "2024-01-01"), ("b", "1", "2024"), ("c", "1", "2024-01-02")]
    (tmp_path / "a.csv").write_bytes(_csv(rows, "review,stars,day"))
    with pytest.raises(errors.DataError) as refused:
        ingest(tmp_path, time="day")
    assert str(refused.value) == (
        "`day` must hold dates or numbers, not both. "
        "Received: a date at a.csv:2 and a number at a.csv:3"
    )


def test_without_one_good_time_the_quarantine_says_why(tmp_path, ingest):
    (tmp_path / "a.csv").write_bytes(_csv([("a", "1", "soon")], "review,stars,day"))
    with pytest.raises(errors.DataError, match=r"^1 of 1 rows could not be used: a.csv:2: `day`"):
        ingest(tmp_path, time="day")


def test_too_many_bad_rows_are_refused_and_there_to_see(tmp_path, ingest):
    (tmp_path / "a.csv").write_bytes(_csv([("fine", "1")] * 97 + [("bad", "")] * 3))
    directory = tmp_path / "out"
    directory.mkdir()
    with pytest.raises(errors.DataError) as refused:
        ingest(tmp_path / "a.csv", directory=directory, max_bad_fraction=0.02)
    assert str(refused.value) == (
        "3 of 100 rows could not be used (3 %, at most 2 % may be): "
        "a.csv:99: `stars` must not be empty. Received: ''"
    )
    assert "`--set data.max_bad_fraction=0.03` goes on without them" in refused.value.details
    rows = (directory / "for people" / "rows.jsonl").read_text().splitlines()
    assert [json.loads(row)["line"] for row in rows] == [99, 100, 101]
    # What people look into is never that of an earlier run.
    (tmp_path / "a.csv").write_bytes(_csv([("fine", "1")]))
    ingested = ingest(tmp_path / "a.csv", directory=directory, max_bad_fraction=0.02)
    assert not ingested.directory.exists()
    assert list(ingest(tmp_path / "a.csv", max_bad_fraction=0.0).aside) == []


def test_files_that_cannot_be_read_are_all_named(tmp_path, ingest):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(_csv([("fine", "1")] * 1000))[:-20])
    (tmp_path / "b.csv").write_bytes(b"other,columns\n1,2\n")
    (tmp_path / "c.csv").write_bytes(_csv([("fine", "1")]))
    for split in ({}, {"time": "stars"}):
        with pytest.raises(errors.DataError) as refused:
            ingest(tmp_path, **split)
        [cut, other] = [str(refused.value), *refused.value.details]
        assert cut.startswith("a.csv.gz: must be a whole gzip file")
        assert other.startswith("b.csv: must have the column 'stars'")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a.csv", "notes.md"], "`data.path` must name files of a known format"),
        (["a.csv", "b.jsonl"], "`data.path` must name files of one format"),
        ([], "`data.path` must match files. Received: "),
    ],
)
def test_files_of_no_table_are_refused(tmp_path, ingest, names, message):
    for name in names:
        (tmp_path / name).write_bytes(_csv([("fine", "1")]))
    with pytest.raises(errors.DataError) as refused:
        ingest(tmp_path)
    assert str(refused.value).startswith(message)


def test_a_second_run_writes_the_same_bytes(tmp_path, ingest):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(_csv([*_TWINS, ("bad", "")]))
    assert _files(ingest(tmp_path)) == _files(ingest(tmp_path))


def test_workers_in_processes_of_their_own_write_the_same_bytes(tmp_path, ingest, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH_BYTES", 1)
    for name in ("a.csv", "b.csv", "c.csv"):
        (tmp_path / name).write_bytes(_csv([(name, "1"), *_TWINS[:100], ("bad", "")]))
    workers = ["--direct_running_mode=multi_processing", "--direct_num_workers=2"]
    assert _files(ingest(tmp_path, beam=workers)) == _files(ingest(tmp_path))


def _files(ingested) -> dict[str, bytes]:
    roots = [pathlib.Path(artifact.uri) for artifact in (ingested.examples, ingested.quarantine)]
    return {
        str(path.relative_to(root.parent)): path.read_bytes()
        for root in roots
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_nothing_is_left_but_shards_and_the_quarantine(tmp_path, ingest):
    (tmp_path / "a.csv").write_bytes(_csv([("one", "1"), ("bad", "")]))
    ingested = ingest(tmp_path)
    [split] = [split for split, rows in ingested.by_split.items() if rows]
    assert sorted(_files(ingested)) == sorted(
        [
            f"examples/Split-{name}/data_tfrecord-00000-00000.gz"
            for name in ("train", "eval", "test")
        ]
        + ["examples/sources.json", "quarantine/rows.jsonl"]
    )
    assert split in ingested.examples.splits
    assert ingested.examples.get_string_custom_property("file_format") == "tfrecords_gzip"
    assert ingested.examples.get_string_custom_property("payload_format") == "FORMAT_TF_EXAMPLE"
    assert not os.path.lexists(f"{ingested.quarantine.uri}/work")
