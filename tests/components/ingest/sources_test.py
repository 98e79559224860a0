"""Which files a path means, and one line for each that can't be meant."""

import contextlib
import os
import pathlib
import shutil
import tempfile
from collections.abc import Iterator

import pytest
from tfx.dsl.io import fileio

from components.ingest import sources

_NOBODY = 65534


def _problems(path: pathlib.Path | str, format_=None) -> list[str]:
    with pytest.raises(sources.SourceError) as refused:
        sources.list_files("data.path", str(path), format_)
    problems = refused.value.problems
    assert str(refused.value) == problems[0]
    assert not [problem for problem in problems if "\n" in problem]
    return [problem.replace(f"{path}/", "").replace(str(path), "PATH") for problem in problems]


def _names(paths: list[str]) -> list[str]:
    return [pathlib.PurePath(path).name for path in paths]


@pytest.fixture
def directory(tmp_path: pathlib.Path) -> pathlib.Path:
    """Two files of one format, hidden ones beside them, and one in a hidden directory."""
    for name in ("b.csv", "a.csv.gz", ".a.csv.swp", "_SUCCESS"):
        (tmp_path / name).write_text("x\n")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("", ["a.csv.gz", "b.csv"]),
        ("b.csv", ["b.csv"]),
        ("*.csv*", ["a.csv.gz", "b.csv"]),
        ("?.csv", ["b.csv"]),
        ("[a-b].csv*", ["a.csv.gz", "b.csv"]),
        ("[!a].csv", ["b.csv"]),
    ],
)
def test_lists_what_tfx_matches(directory, path, names):
    path = str(directory / path)
    assert _names(sources.list_files("data.path", path)) == names
    pattern = sources.to_pattern(path)
    assert _names(sources.visible(pattern, fileio.glob(pattern))) == names


def test_a_hidden_name_is_matched_only_if_it_is_asked_for(directory):
    for path in (".a*", ".a.csv.swp"):
        pattern = sources.to_pattern(str(directory / path))
        assert _names(sources.visible(pattern, fileio.glob(pattern))) == [".a.csv.swp"]


@pytest.mark.parametrize("name", ["[x].csv", "a*b?.csv", "x\\y.csv", "{SPAN}.csv", "[[!]].csv"])
def test_a_path_that_exists_means_itself(tmp_path, name):
    for other in ("x.csv", "axbxx.csv", "xy.csv", "1.csv", "a.csv", name):
        (tmp_path / other).write_text("x\n")
    path = str(tmp_path / name)
    assert sources.list_files("data.path", path) == [path]
    assert fileio.glob(sources.to_pattern(path)) == [path]
    assert "{SPAN}" not in sources.to_pattern(path)


def test_a_directory_whose_name_is_a_glob_means_itself(tmp_path):
    for name in ("d[1]", "d1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.csv").write_text("x\n")
    path = str(tmp_path / "d[1]")
    assert sources.list_files("data.path", path) == [f"{path}/a.csv"]
    assert fileio.glob(sources.to_pattern(path)) == [f"{path}/a.csv"]


def test_a_link_to_a_file_is_a_file(tmp_path):
    (tmp_path / "a.csv").write_text("x\n")
    (tmp_path / "link.csv").symlink_to("a.csv")
    link = str(tmp_path / "link.csv")
    assert sources.list_files("data.path", link) == [link]


@pytest.mark.parametrize("uri", ["gs://bucket/a b[1].csv", "gs://bucket/*.csv", "s3://b/x?.csv"])
def test_a_uri_stays_as_it_is(uri):
    assert sources.is_remote(uri)
    assert sources.to_pattern(uri) == uri


def test_a_uri_that_ends_in_a_slash_is_a_directory():
    assert sources.to_pattern("gs://bucket/dir/") == "gs://bucket/dir/[!._]*"


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("none.csv", "must be a file that exists. Received: PATH"),
        ("nul\0.csv", "must be a file that exists. Received: {}/nul\\x00.csv"),
        ("a.csv/b.csv", "must be a file that exists. Received: PATH"),
        ("none*.csv", "must match files. Received: PATH, which matches none"),
        ("**/a.csv", "must not use `**`: `*` matches names. Received: PATH"),
        ("x" * 300, "must be files that can be read. Received: {} (File name too long)"),
    ],
)
def test_refuses_what_is_not_there(tmp_path, path, problem):
    (tmp_path / "a.csv").write_text("x\n")
    [received] = _problems(tmp_path / path)
    start, _, end = problem.partition("{}")
    assert received.startswith(f"`data.path` {start}")
    assert received.endswith(end)


def test_refuses_an_empty_directory(tmp_path):
    (tmp_path / ".hidden.csv").write_text("x\n")
    assert _problems(tmp_path) == [
        "`data.path` must be a directory with files. Received: PATH, empty"
    ]


def test_refuses_a_directory_in_a_directory(directory):
    (directory / "more").mkdir()
    [problem, *_] = _problems(directory)
    assert problem == (
        "`data.path` must name files only; subdirectories are not looked into. "
        "Received: more, a directory"
    )


def test_names_the_stray_file(directory):
    (directory / "README.md").write_text("x\n")
    [problem] = _problems(directory)
    assert "`data.format` must say it. Received: README.md among 3 files" in problem
    assert ".csv, .tsv, .jsonl" in problem


def test_names_a_file_of_each_of_several_formats(directory):
    (directory / "c.jsonl").write_text("{}\n")
    assert _problems(directory) == [
        "`data.path` must name files of one format. Received: a.csv.gz (csv) and c.jsonl (jsonl)"
    ]


def test_a_format_that_is_said_goes_for_any_name(tmp_path):
    for name in ("part-00000", "part-00001.dat"):
        (tmp_path / name).write_text("x\n")
    assert _names(sources.list_files("data.path", str(tmp_path), "csv")) == [
        "part-00000",
        "part-00001.dat",
    ]
    [problem] = _problems(tmp_path / "part-00000")
    assert problem.endswith("`data.format` must say it. Received: part-00000")


def test_refuses_a_loop_of_links(tmp_path):
    (tmp_path / "a.csv").symlink_to("b.csv")
    (tmp_path / "b.csv").symlink_to("a.csv")
    loop = "`data.path` must not be a loop of symbolic links. Received: "
    assert _problems(tmp_path / "a.csv") == [f"{loop}PATH"]
    assert _problems(tmp_path) == [f"{loop}a.csv", f"{loop}b.csv"]
    assert _problems(tmp_path / "*.csv")[0].startswith(loop)


def test_refuses_a_link_to_nothing(tmp_path):
    (tmp_path / "a.csv").symlink_to("gone.csv")
    assert _problems(tmp_path / "a.csv") == [
        "`data.path` must be a file that exists, not a link to none. Received: PATH"
    ]


def test_refuses_a_pipe_without_opening_it(tmp_path):
    os.mkfifo(tmp_path / "a.csv")  # opening it would wait for a writer for ever
    assert _problems(tmp_path / "a.csv") == [
        "`data.path` must name regular files. Received: PATH, a named pipe"
    ]
    assert _problems("/dev/null", "csv") == [
        "`data.path` must name regular files. Received: PATH, a device"
    ]


def test_refuses_a_name_that_is_not_utf8(tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv")
    pathlib.Path(path).write_text("x\n")
    assert _problems(path) == [
        "`data.path` must name files whose names are UTF-8. Received: caf\\xe9.csv"
    ]


@contextlib.contextmanager
def _as_nobody() -> Iterator[pathlib.Path]:
    """Makes a directory that others may enter, and drops root's rights, which know no modes."""
    directory = pathlib.Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    user = os.geteuid()
    try:
        yield directory
    finally:
        os.seteuid(user)
        shutil.rmtree(directory)


def _drop_rights() -> None:
    if os.geteuid() == 0:
        os.seteuid(_NOBODY)


def test_refuses_a_file_without_permission():
    with _as_nobody() as directory:
        (directory / "a.csv").write_text("x\n")
        (directory / "a.csv").chmod(0)
        _drop_rights()
        assert _problems(directory / "a.csv") == [
            "`data.path` must be files that can be read. Received: PATH (Permission denied)"
        ]


def test_refuses_a_directory_without_permission():
    with _as_nobody() as directory:
        (directory / "closed").mkdir()
        (directory / "closed").chmod(0)
        _drop_rights()
        for path in ("closed", "closed/a.csv"):
            assert _problems(directory / path) == [
                "`data.path` must be files that can be read. Received: PATH (Permission denied)"
            ]
        os.seteuid(os.getuid())
        (directory / "closed").chmod(0o700)


@pytest.mark.parametrize(
    ("patterns", "base", "below"),
    [
        (["/d/a.csv"], "/d", ["a.csv"]),
        (["/d/2024-*/a.csv"], "/d", ["2024-*/a.csv"]),
        (["/d/e/a.csv", "/d/ef/b.csv"], "/d", ["e/a.csv", "ef/b.csv"]),
        (["/d[[]1]/a.csv"], "/d[[]1]", ["a.csv"]),
        (["/a.csv"], "/", ["a.csv"]),
        (["gs://b/d/a.csv", "gs://b/e/[!._]*"], "gs://b", ["d/a.csv", "e/[!._]*"]),
        (["gs://b/a.csv", "gs://c/a.csv"], "gs://", ["b/a.csv", "c/a.csv"]),
    ],
)
def test_parts_patterns_into_base_and_rest(patterns, base, below):
    by_source = dict(zip(("train", "eval"), patterns, strict=False))
    found, rest = sources.common_base(by_source)
    assert (found, list(rest.values())) == (base, below)
    assert [os.path.join(found, end) for end in below] == patterns  # noqa: PTH118 - as TFX does


def test_refuses_several_file_systems():
    with pytest.raises(sources.SourceError, match="must lie on one file system"):
        sources.common_base({"train": "/a.csv", "eval": "gs://b/c.csv"})


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["/d/a.csv"], ["a.csv"]),
        (["/d/e/a.csv", "/d/ef/a.csv"], ["e/a.csv", "ef/a.csv"]),
        (["gs://b/d/a.csv", "gs://c/a.csv"], ["b/d/a.csv", "c/a.csv"]),
        (["/d/two\nlines \x1b[2J ü.csv"], ["two\\nlines \\x1b[2J ü.csv"]),
    ],
)
def test_names_files_for_people(files, names):
    assert sources.origin_names(files) == names
