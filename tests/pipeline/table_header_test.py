"""The columns of files of every format, as the checks before a run see them."""

import gzip
import pathlib

import pyarrow
import pytest
from pyarrow import parquet

from pipeline import config, errors, preflight, table_header


@pytest.fixture(autouse=True)
def _in_a_directory_of_its_own(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _check(content: bytes | None, *overrides: str, name: str = "a.csv") -> str:
    """Returns what is said of a table, "" where nothing is wrong."""
    if content is not None:
        pathlib.Path(name).write_bytes(content)
    try:
        preflight.check(config.from_columns(name, overrides=overrides))
    except errors.ConfigError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("name", "content", "settings"),
    [
        ("a.csv", b"text;label\nx;1\n", ["data.delimiter=;"]),
        ("a.csv", b"text\tlabel\nx\t1\n", [r"data.delimiter=\t"]),
        ("a.csv", b"text|label\nx|1\n", ['data.delimiter="|"']),
        ("a.csv", b"x,1\n", ["data.header=[text, label]"]),
        ("a.tsv", b'te"xt\tlabel\nx\t1\n', ["data.text='te\"xt'"]),
        ("a.tsv", b"x\t1\n", ["data.header=[text, label]"]),
        ("a.csv", b'"never closed,1\n', ["data.header=[text, label]"]),
        ("a.csv", b"x" * (1 << 21) + b",1\n", ["data.header=[text, label]"]),
        ("a.tsv", b"text,label\nx,1\n", ["data.format=csv"]),
        ("a.csv.gz", gzip.compress(b"text,label\nx,1\n"), []),
        ("a.jsonl", b'\n{"text": "x", "label": 1}\n', []),
        ("a.jsonl", b'not JSON\n{"text": "x"}\n{"label": [], "text": "y"}\n', []),
        ("a.ndjson.gz", gzip.compress(b'{"text": "x", "label": 1}'), []),
        ("a.dat", b"text,label\nx,1\n", ["data.format=csv"]),
        ("a.tfrecord", b"whatever it is, Ingest tells", []),
    ],
)
def test_other_formats_pass(name: str, content: bytes, settings: list[str]) -> None:
    assert _check(content, *settings, name=name) == ""


@pytest.mark.parametrize(
    ("name", "content", "settings", "problem"),
    [
        (
            "a.tsv",
            b"text,label\nx,1\n",
            [],
            "`data.path` must be separated by tabs, or with commas take `--set data.format=csv`. "
            "Received: text,label in a.tsv",
        ),
        (
            "a.tsv",
            b"text;label\nx;1\n",
            [],
            "`data.path` must be separated by tabs, or with semicolons take `--set "
            'data.format=csv --set data.delimiter=";"`. Received: text;label in a.tsv',
        ),
        ("a.tsv", b"\n", [], "`data.path` must not be empty. Received: a.tsv"),
        (
            "a.csv",
            b"text,label\nx,1\n",
            ["data.delimiter=;"],
            "`data.path` must be separated by semicolons, or with commas take `--set "
            'data.delimiter=","`. Received: text,label in a.csv',
        ),
        (
            "a.csv",
            b"text,label\nx,1\n",
            ["data.header=[text, label]"],
            "`data.path` must begin with data where `data.header` is given. "
            "Received: a.csv, text, label",
        ),
        (
            "a.csv",
            b"x,1,2\n",
            ["data.header=[text, label]"],
            "`data.path` must have 2 columns, as `data.header` has. "
            "Received: a.csv, 3 in the first row",
        ),
        (
            "a.csv",
            b"x,1\n",
            ["data.header=[text, stars]"],
            "`data.label` must be a column of a.csv (text, stars). Received: label; "
            "--label COLUMN names it",
        ),
        (
            "a.csv",
            b"x,1\n",
            ["data.header=[text, 2023]"],
            "`data.label` must be a column of a.csv (text, 2023). Received: label; "
            "--label COLUMN names it",
        ),
        (
            "a.csv",
            b"",
            ["data.header=[text, label]"],
            "`data.path` must not be empty. Received: a.csv",
        ),
        (
            "a.csv.gz",
            b"text,label\nx,1\n",
            [],
            "`data.path` must be a gzip file that can be read. "
            "Received: a.csv.gz, Not a gzipped file (b'te')",
        ),
        (
            "a.csv.gz",
            gzip.compress(b"text,label\nx,1\n")[:20],
            [],
            "`data.path` must be a whole gzip file. Received: a.csv.gz, cut off",
        ),
        (
            "a.csv",
            gzip.compress(b"text,label\nx,1\n"),
            [],
            "`data.path` must be text in UTF-8. "
            "Received: a.csv, a gzip file, whose name must end in .gz",
        ),
        (
            "a.jsonl",
            b'{"Text": "x", "label": 1}\n',
            [],
            "`data.text` must be a column of a.jsonl (Text, label). Received: text. "
            "Did you mean `Text`?",
        ),
        ("a.jsonl", b" \n", [], "`data.path` must not be empty. Received: a.jsonl"),
        (
            "a.jsonl",
            b'[\n{"text": "x", "label": 1},\n',
            [],
            "`data.path` must hold a JSON object in each line. "
            "Received: a.jsonl, none in the first lines, an array",
        ),
        (
            "a.parquet",
            b"text,label\nx,1\n",
            [],
            "`data.path` must be a parquet file that can be read. Received: a.parquet, Parquet "
            "magic bytes not found in footer. Either the file is corrupted or this is not a "
            "parquet file.",
        ),
        (
            "a.dat",
            b"text,label\nx,1\n",
            [],
            "`data.path` must name files of a known format (.csv, .tsv, .jsonl, .ndjson, .parquet, "
            ".tfrecord, .tfrecords, .txt; each also with .gz), or `data.format` must say it. "
            "Received: a.dat",
        ),
    ],
)
def test_other_formats_are_told_in_exact_lines(
    name: str, content: bytes, settings: list[str], problem: str
) -> None:
    assert _check(content, *settings, name=name) == problem


def test_the_columns_of_parquet_are_told_by_its_schema() -> None:
    parquet.write_table(pyarrow.table({"text": ["x"], "lable": [1]}), "a.parquet")
    assert _check(None, name="a.parquet") == (
        "`data.label` must be a column of a.parquet (text, lable). Received: label. "
        "Did you mean `lable`?"
    )
    parquet.write_table(pyarrow.table({"text": ["x"], "label": [1]}), "a.parquet")
    assert _check(None, name="a.parquet") == ""
    parquet.write_table(pyarrow.table({"text": [], "label": []}), "a.parquet")
    assert _check(None, name="a.parquet") == (
        "`data.path` must have rows. Received: a.parquet, none"
    )


@pytest.mark.parametrize(
    ("names", "is_data"),
    [
        (["text", "label"], False),
        (["", "the text of a review", "Größe (cm)"], False),
        (["id", "1"], True),
        (["-2.5e3", "x"], True),
        (["one two three four five six"], True),
        (["x" * 101], True),
        (["x" * 100], False),
    ],
)
def test_names_are_told_from_data(names: list[str], is_data: bool) -> None:
    assert table_header.looks_like_data(names) is is_data
