import pathlib
import subprocess
import sys

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
            "`data.path` must have a header in UTF-8. Received: a.csv, the byte 0xf6 in it",
        ),
        (
            "text,label\nx,1\n".encode("utf-16"),
            "`data.path` must be text in UTF-8. Received: a.csv, UTF-16 or UTF-32",
        ),
        (
            b"PK\x03\x04 and so on",
            "`data.path` must be text in UTF-8. Received: a.csv, a zip file or a spreadsheet",
        ),
        (
            b"x" * (1 << 21),
            "`data.path` must end its first row within 1,048,576 bytes. Received: a.csv",
        ),
        (
            b'"\n",' * (1 << 19),
            "`data.path` must end its first row within 1,048,576 bytes. Received: a.csv",
        ),
        (
            b'"text,label\nx,1\n',
            "`data.path` must have a first row that can be parsed (unexpected end of data). "
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
            "Received: text twice in a.csv (text, label, text)",
        ),
        (
            b"text;label\nx;1\n",
            "`data.path` must be separated by commas, or with semicolons take `--set "
            'data.delimiter=";"`. Received: text;label in a.csv',
        ),
        (
            b"text\tlabel\nx\t1\n",
            "`data.path` must be separated by commas, or with tabs take `--set "
            'data.delimiter="\\t"`. Received: "text\\tlabel" in a.csv',
        ),
        (
            b"text|label\nx|1\n",
            "`data.path` must be separated by commas, or with bars take `--set "
            "data.delimiter='\"|\"'`. Received: text|label in a.csv",
        ),
        (
            b"1,a text\n0,another\n",
            "`data.path` must begin with the names of its columns, or take them from "
            "`--set 'data.header=[column1, column2]'`. Received: 1, a text in a.csv",
        ),
        (
            b"so good that I have seen it twice,positive\nso bad,negative\n",
            "`data.path` must begin with the names of its columns, or take them from "
            "`--set 'data.header=[column1, column2]'`. "
            "Received: so good that I have seen it twice, positive in a.csv",
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


@pytest.mark.parametrize(
    ("setting", "key"),
    [
        ("data.keep={stars: number}", "data.keep"),
        ("data.split.group=stars", "data.split.group"),
        ("data.split.time=stars", "data.split.time"),
    ],
)
def test_every_column_that_the_config_names_must_be_there(setting: str, key: str) -> None:
    assert _check(b"text,label,star\nx,1,y\n", setting) == (
        f"`{key}` must be a column of a.csv (text, label, star). Received: stars. "
        "Did you mean `star`?"
    )
    assert _check(b"text,label,stars\nx,1,y\n", setting) == ""


@pytest.mark.parametrize(
    "content",
    [
        b"text,label,x,x\na,1,2,3\n",  # columns that nobody wants may be called alike
        b",text,label\n0,a,1\n",  # as pandas writes them
        b"text,label,2023\na,1,2\n",
        b"text,label\ncaf\xe9,1\n",  # bad rows are put aside one by one
        b'text,label\n"never closed,1\n',
        b"text,label\na,1,2,3\n",
    ],
)
def test_what_ingest_can_read_is_not_refused(content: bytes) -> None:
    assert _check(content) == ""


def test_every_file_of_a_directory_is_looked_at_and_the_first_fault_told() -> None:
    pathlib.Path("d").mkdir()
    for i in range(5):
        label = "label" if i < 3 else "stars"
        pathlib.Path(f"d/{i}.csv").write_text(f"text,{label}\nx,1\n")
    pathlib.Path("d/_SUCCESS").touch()
    problem = (
        "`data.label` must be a column of 3.csv (text, stars). Received: label; "
        "--label COLUMN names it"
    )
    assert _check(None, name="d") == problem
    assert _check(None, name="d/[2-4].csv") == problem
    assert _check(None, name="d/[0-2].csv") == ""


def test_only_the_first_hundred_files_are_opened_for_their_columns() -> None:
    for i in range(101):
        pathlib.Path(f"{i:03}.csv").write_text("text,label\nx,1\n")
    pathlib.Path("100.csv").write_text("text\nx\n")
    assert _check(None, name="*.csv") == ""
    pathlib.Path("099.csv").write_text("text\nx\n")
    assert _check(None, name="*.csv").startswith("`data.label` must be a column of 099.csv")


def test_each_source_has_problems_of_its_own() -> None:
    pathlib.Path("a.csv").write_text("text,label\nx,1\n")
    pathlib.Path("b.csv").write_text("text\nx\n")
    settings = ["data.path=null", "data.train=a.csv", "data.eval=b.csv", "data.test=nope.csv"]
    assert _check(None, *settings).splitlines() == [
        "`data.label` must be a column of b.csv (text). Received: label; --label COLUMN names it",
        "`data.test` must be a file that exists. Received: nope.csv",
    ]


def test_text_files_have_no_labels() -> None:
    pathlib.Path("d").mkdir()
    pathlib.Path("d/a.txt").write_text("x\n")
    assert _check(None, name="d") == (
        "`data.path` must be of a format with labels (csv, tsv, jsonl, parquet, tfrecord) for "
        "classification. Received: d/a.txt, text alone"
    )


def test_settings_of_csv_are_refused_where_a_directory_has_none() -> None:
    pathlib.Path("d").mkdir()
    pathlib.Path("d/a.jsonl").write_text('{"text": "x", "label": "y"}\n')
    assert _check(None, "data.delimiter=;", name="d") == (
        "`data.delimiter` must be left out where no file is csv. Received: ; for jsonl"
    )


def test_what_lies_elsewhere_is_left_to_ingest() -> None:
    assert _check(None, "data.schema=gs://b/s.pbtxt", name="gs://b/nothing.csv") == ""


def test_the_checks_import_nothing_heavy_and_take_no_time() -> None:
    pathlib.Path("a.csv").write_text("text,label\nx,1\n")
    script = (
        "import sys, time; from pipeline import config, preflight\n"
        "made = config.from_columns('a.csv'); start = time.perf_counter(); preflight.check(made)\n"
        "print(time.perf_counter() - start < 0.3)\n"
        "print(sorted({'tensorflow', 'tfx', 'apache_beam', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["True", "[]"]


def test_a_missing_table() -> None:
    assert _check(None) == "`data.path` must be a file that exists. Received: a.csv"


def test_a_missing_demo_comes_with_the_command_that_fetches_it() -> None:
    assert _check(None, name="data/sentences.csv") == (
        "`data.path` must be a file that exists. Received: data/sentences.csv; "
        "`make data` fetches it"
    )


def test_a_link_to_nothing_is_a_missing_table() -> None:
    pathlib.Path("a.csv").symlink_to("nowhere.csv")
    assert _check(None) == (
        "`data.path` must be a file that exists, not a link to none. Received: a.csv"
    )


def test_a_directory_may_be_empty_by_accident() -> None:
    pathlib.Path("a.csv").mkdir()
    assert _check(None) == "`data.path` must be a directory with files. Received: a.csv, empty"


def test_a_device_is_no_table() -> None:
    pathlib.Path("a.csv").symlink_to("/dev/null")
    assert _check(None) == "`data.path` must name regular files. Received: a.csv, a device"


def test_a_table_that_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    pathlib.Path("a.csv").write_bytes(b"text,label\nx,1\n")
    monkeypatch.setattr(pathlib.Path, "open", refuse)
    assert "(Permission denied)" in _check(None)


def test_a_name_that_no_file_can_have() -> None:
    assert _check(None, 'data.path="a\\0.csv"') == (
        "`data.path` must be a file that exists. Received: a\\x00.csv"
    )


@pytest.mark.parametrize("make", [lambda path: None, pathlib.Path.mkdir])
def test_a_schema_must_be_a_file(make: object) -> None:
    make(pathlib.Path("s.pbtxt"))  # type: ignore[operator]
    assert _check(b"text,label\nx,1\n", "data.schema=s.pbtxt") == (
        "`data.schema` must be a file that exists. Received: s.pbtxt"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"text,label\nx,1\n", 'no field named "text"'),
        (b'feature { name: "text"', 'Expected "}"'),
        (b"# caf\xe9\n", "can't decode byte 0xe9"),
    ],
)
def test_a_schema_must_be_one(content: bytes, reason: str) -> None:
    pathlib.Path("s.pbtxt").write_bytes(content)
    said = _check(b"text,label\nx,1\n", "data.schema=s.pbtxt")
    assert said.startswith("`data.schema` must be the text of a schema. Received: s.pbtxt (")
    assert reason in said
    assert len(said.splitlines()) == 1


def test_a_schema_that_can_be_read_is_one() -> None:
    pathlib.Path("s.pbtxt").write_bytes(b'# Of two columns.\nfeature { name: "text" }\n')
    assert _check(b"text,label\nx,1\n", "data.schema=s.pbtxt") == ""


def test_only_the_first_rows_are_read() -> None:
    # Later rows are Ingest's to judge, however large the file.
    assert _check(b"text,label\nx,1\ncaf\xe9,1\n") == ""


def test_the_column_of_places_must_be_there() -> None:
    settings = ["task=question_answering", "data.text=[q, c]", "data.answer_start=place"]
    assert _check(b"q,c,label,place\nx,y,y,0\n", *settings) == ""
    said = _check(b"q,c,label,start\nx,y,y,0\n", *settings)
    assert said.startswith("`data.answer_start` must be a column of a.csv (q, c, label, start).")


def test_one_text_must_be_parted_itself() -> None:
    book = ("task=language_model", "data.format=whole_txt")
    assert _check(b"one\ntwo\nthree\n", *book, name="a.txt") == (
        "`data.path` must have at least 3 files to deal out, or be parted itself by "
        "`--set data.split.contiguous=true`. Received: 1"
    )
    assert _check(None, *book, "data.split.contiguous=true", name="a.txt") == ""
    for name in ("b.txt", "c.txt"):
        pathlib.Path(name).write_bytes(b"one\n")
    assert _check(None, *book, name=".") == ""


def test_a_text_for_each_split_need_not_be_dealt_out() -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        pathlib.Path(name).write_bytes(b"one\n")
    own = ("data={train: a.txt, eval: b.txt, test: c.txt, format: whole_txt}",)
    assert _check(None, "task=language_model", *own) == ""
    assert "at least 2 files" in _check(
        None, "task=language_model", "data={train: a.txt, eval: b.txt, format: whole_txt}"
    )


_TWO_WORKERS = '{"cluster": {"worker": ["a:1", "b:2"]}, "task": {"type": "worker", "index": 2}}'


def test_a_cluster_that_is_none_is_told_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TF_CONFIG", _TWO_WORKERS)
    table = b"text,label\nhello,1\n"
    problem = "`task` of TF_CONFIG must have an `index` from 0 to 1. Received: 2"
    assert problem in _check(table, "train.strategy=multi_worker")
    assert _check(table) == ""  # who trains alone does not look


def test_a_pipeline_for_elsewhere_is_asked_for_its_files_alone(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight.metadata_section, "problems", lambda _: ["no server"])
    (tmp_path / "reviews.csv").write_text("review,stars\nfine,5\n")
    whole = config.from_columns(str(tmp_path / "reviews.csv"), "review", "stars")
    preflight.check_files(whole)
    with pytest.raises(errors.ConfigError, match="no server"):
        preflight.check(whole)
    missing = config.from_columns(str(tmp_path / "none.csv"), "review", "stars")
    with pytest.raises(errors.ConfigError, match=r"none\.csv"):
        preflight.check_files(missing)
