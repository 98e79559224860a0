import pathlib

import pytest

from pipeline import config, errors, preflight


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
    "content",
    [
        b"text,label\nhello,1\n",
        b"text,label\r\nhello,1\r\n",
        b"\xef\xbb\xbftext,label\nhello,1\n",
        b'id,"label","text"\n1,x,hello',
        b"\n\ntext,label\nhello,1\n",
        b'"a column\nof two lines",text,label\n1,2,3\n',
        "text,label\n日本語,1\n".encode(),
        # One text longer than what is read of a line at once, cut inside a character.
        b"text,label\nx" + "é".encode() * (1 << 20) + b",1\n",
    ],
)
def test_an_honest_table_passes(content: bytes) -> None:
    assert _check(content) == ""


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "`data.path` must not be empty. Received: a.csv"),
        (b"\n \n", "`data.path` must not be empty. Received: a.csv"),
        (b"\xef\xbb\xbf", "`data.path` must not be empty. Received: a.csv"),
        (b"text,label\n", "`data.path` must have rows below its header. Received: a.csv"),
        (b"text,label\n\n\n", "`data.path` must have rows below its header. Received: a.csv"),
        (
            "text,label,größe\nx,1,2\n".encode("latin-1"),
            "`data.path` must be UTF-8: line 1 holds the byte 0xf6. Received: a.csv",
        ),
        (
            b"text,label\ncaf\xe9,1\n",
            "`data.path` must be UTF-8: line 2 holds the byte 0xe9. Received: a.csv",
        ),
        (
            "text,label\nx,1\n".encode("utf-16"),
            "`data.path` must be text: line 1 holds a NUL byte. Received: a.csv",
        ),
        (
            b"x" * (1 << 21),
            "`data.path` must end its header within 1,048,576 bytes. Received: a.csv",
        ),
        (
            b'"text,label\nx,1\n',
            "`data.path` must have a header that can be parsed (unexpected end of data). "
            "Received: a.csv",
        ),
        (
            b"review,label\nx,1\n",
            "`data.text` must be a column of a.csv (review, label). Received: text; "
            "--text COLUMN names it",
        ),
        (
            b"Text,label\nx,1\n",
            "`data.text` must be a column of a.csv (Text, label). Received: text. "
            "Did you mean `Text`?",
        ),
        (
            b"text, label\nx,1\n",
            '`data.label` must be a column of a.csv (text, " label"). Received: label. '
            "Did you mean ` label`?",
        ),
        (
            b"a,b\nx,1\n",
            "`data.text` must be a column of a.csv (a, b). Received: text; --text COLUMN names it\n"
            "`data.label` must be a column of a.csv (a, b). Received: label; "
            "--label COLUMN names it",
        ),
        (
            b"text,label,text\nx,1,y\n",
            "`data.path` must not have two columns of one name. "
            "Received: text twice in text, label, text",
        ),
        (
            b"text;label\nx;1\n",
            "`data.path` must be separated by commas. Received: semicolons: text;label",
        ),
        (
            b"text\tlabel\nx\t1\n",
            '`data.path` must be separated by commas. Received: tabs: "text\\tlabel"',
        ),
        (
            b",".join(b"c%d" % i for i in range(14)) + b",label\nx\n",
            "`data.text` must be a column of a.csv (c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, "
            "c11, and 3 more). Received: text; --text COLUMN names it",
        ),
    ],
)
def test_a_table_that_cannot_be_read_is_told_in_exact_lines(content: bytes, problem: str) -> None:
    assert _check(content) == problem


def test_a_column_to_slice_by_must_be_there() -> None:
    problem = _check(b"text,label,domain\nx,1,y\n", "evaluate.slices=[domian]")
    assert problem == (
        "`evaluate.slices` must be a column of a.csv (text, label, domain). Received: domian. "
        "Did you mean `domain`?"
    )


def test_a_missing_table() -> None:
    assert _check(None) == "`data.path` must be a file that exists. Received: a.csv"


def test_a_missing_demo_comes_with_the_command_that_fetches_it() -> None:
    assert _check(None, name="data/sentences.csv") == (
        "`data.path` must be a file that exists. Received: data/sentences.csv; "
        "`make data` fetches it"
    )


def test_a_link_to_nothing_is_a_missing_table() -> None:
    pathlib.Path("a.csv").symlink_to("nowhere.csv")
    assert _check(None) == "`data.path` must be a file that exists. Received: a.csv"


def test_a_directory_is_no_table() -> None:
    pathlib.Path("a.csv").mkdir()
    assert _check(None) == "`data.path` must be a file. Received: a.csv, a directory"


def test_a_device_is_no_table() -> None:
    pathlib.Path("a.csv").symlink_to("/dev/null")
    assert _check(None) == "`data.path` must be a regular file. Received: a.csv"


@pytest.mark.parametrize("name", ["a.tsv", "a.csv.gz", "a.parquet", "a", "a.jsonl"])
def test_other_formats_are_refused_by_name(name: str) -> None:
    assert _check(b"text,label\nx,1\n", name=name) == (
        f"`data.path` must be a .csv file, the one format that is read. Received: {name}"
    )


def test_a_table_that_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    pathlib.Path("a.csv").write_bytes(b"text,label\nx,1\n")
    monkeypatch.setattr(pathlib.Path, "open", refuse)
    assert _check(None) == (
        "`data.path` must be a file that can be read. Received: a.csv (Permission denied)"
    )


@pytest.mark.parametrize("make", [lambda path: None, pathlib.Path.mkdir])
def test_a_schema_must_be_a_file(make: object) -> None:
    make(pathlib.Path("s.pbtxt"))  # type: ignore[operator]
    assert _check(b"text,label\nx,1\n", "data.schema=s.pbtxt") == (
        "`data.schema` must be a file that exists. Received: s.pbtxt"
    )


def test_only_the_first_rows_are_read() -> None:
    # Later rows are Ingest's to judge, however large the file.
    assert _check(b"text,label\nx,1\ncaf\xe9,1\n") == ""
