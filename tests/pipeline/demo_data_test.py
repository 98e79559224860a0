"""Tests of the demo data, on small archives that the tests make."""

import csv
import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from pipeline import demo_data

MOVIES = demo_data.Source("movies", "hutto/movies.txt", "hutto/movie_ratings.txt", 3)
TWEETS = demo_data.Source("tweets", "hutto/tweets.txt", "hutto/tweet_ratings.txt", 1)
MOVIE_LINES = b'1\t-0.05\tA dull, long one\r\n2\t0\tA film\r\n3\t2.26666666667\tIt\'s "great"'
TWEET_LINES = "1_1\t-3.5\t ugh \u2026 &amp; no".encode()
# In another order than the sentences, and after a byte order mark.
MOVIE_RATINGS = "\ufeff3\t2.3\t0.5\t[3, 2, 2]\r\n1\t-0.05\t1\t[-1, 1]\r\n2\t0\t0\t[0, 0]".encode()
TWEET_RATINGS = b"1_1\t-3.5\t0.5\t[-3, -4]"


def make_tar(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def make_sdist(files: dict[str, bytes]) -> bytes:
    return make_tar({demo_data.ARCHIVE: make_tar(files)})


def make_python(directory: Path, script: str) -> Path:
    """Makes a stand-in for the Python that runs pip."""
    python = directory / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    return python


@pytest.fixture
def sdist() -> bytes:
    return make_sdist(
        {
            MOVIES.member: MOVIE_LINES,
            MOVIES.ratings_member: MOVIE_RATINGS,
            TWEETS.member: TWEET_LINES,
            TWEETS.ratings_member: TWEET_RATINGS,
        }
    )


def test_sentences_are_read_as_published_and_labelled_by_sign(sdist):
    assert demo_data.read_sentences(sdist, (MOVIES, TWEETS)) == [
        ("A dull, long one", "-0.05", "negative", "movies", "-1 1"),
        ("A film", "0", "positive", "movies", "0 0"),
        ('It\'s "great"', "2.26666666667", "positive", "movies", "3 2 2"),
        (" ugh \u2026 &amp; no", "-3.5", "negative", "tweets", "-3 -4"),
    ]


def test_csv_bytes(sdist):
    sentences = demo_data.read_sentences(sdist, (MOVIES, TWEETS))
    assert demo_data.to_csv(sentences).decode("utf-8") == (
        "text,rating,label,domain,ratings\n"
        '"A dull, long one",-0.05,negative,movies,-1 1\n'
        "A film,0,positive,movies,0 0\n"
        '"It\'s ""great""",2.26666666667,positive,movies,3 2 2\n'
        " ugh \u2026 &amp; no,-3.5,negative,tweets,-3 -4\n"
    )


def test_published_sources_hold_23703_sentences():
    counts = {source.domain: source.sentences for source in demo_data.SOURCES}
    assert counts == {"movies": 10_605, "nyt": 5_190, "tweets": 4_200, "amazon": 3_708}
    assert sum(counts.values()) == 23_703


def test_unexpected_count_is_an_error(sdist):
    source = MOVIES._replace(sentences=1_004)
    with pytest.raises(
        demo_data.DemoDataError, match=r"movies.txt must hold 1,004 sentences. Received: 3"
    ):
        demo_data.read_sentences(sdist, (source,))


@pytest.mark.parametrize("line", [b"1\tno tab after the rating", b"1\tgood\tno number", b""])
def test_line_of_another_form_is_an_error(line):
    lines = TWEET_LINES + b"\r\n" + line + b"\r\nlast"
    sdist = make_sdist({TWEETS.member: lines, TWEETS.ratings_member: TWEET_RATINGS})
    with pytest.raises(demo_data.DemoDataError, match=r"tweets.txt, line 2"):
        demo_data.read_sentences(sdist, (TWEETS,))


@pytest.mark.parametrize("line", [b"1\t0\t0", b"1\t0\t0\t[a, 2]", b"1\t0\t0\t[]"])
def test_ratings_of_another_form_are_an_error(line):
    lines = TWEET_RATINGS + b"\r\n" + line
    sdist = make_sdist({TWEETS.member: TWEET_LINES, TWEETS.ratings_member: lines})
    with pytest.raises(demo_data.DemoDataError, match=r"tweet_ratings.txt, line 2"):
        demo_data.read_sentences(sdist, (TWEETS,))


def test_a_sentence_without_ratings_is_an_error():
    sdist = make_sdist({TWEETS.member: TWEET_LINES, TWEETS.ratings_member: MOVIE_RATINGS})
    with pytest.raises(demo_data.DemoDataError, match=r"tweets.txt, line 1: '1_1'"):
        demo_data.read_sentences(sdist, (TWEETS,))


def test_absent_file_is_an_error(sdist):
    source = MOVIES._replace(member="hutto/other.txt")
    with pytest.raises(demo_data.DemoDataError, match=r"holds no file hutto/other.txt"):
        demo_data.read_sentences(sdist, (source,))


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b"GIF89a"])
def test_damaged_archive_is_an_error(sdist, damage):
    with pytest.raises(demo_data.DemoDataError, match="damaged"):
        demo_data.read_sentences(damage(sdist), (MOVIES,))


def test_damaged_deflate_stream_is_an_error():
    archive = bytearray(make_tar({MOVIES.member: " ".join(map(str, range(50_000))).encode()}))
    middle = len(archive) // 2
    archive[middle : middle + 20] = b"\xff" * 20
    with pytest.raises(demo_data.DemoDataError, match="damaged"):
        demo_data.read_sentences(make_tar({demo_data.ARCHIVE: bytes(archive)}), (MOVIES,))


def test_write_makes_the_folder_and_leaves_no_part(tmp_path):
    path = tmp_path / "data" / "sentences.csv"
    demo_data.write_atomically(path, b"first")
    demo_data.write_atomically(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(path.parent.iterdir()) == [path]


def test_failed_write_leaves_the_old_file_and_no_part(tmp_path, monkeypatch):
    path = tmp_path / "sentences.csv"
    path.write_bytes(b"old")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(demo_data.DemoDataError, match=r"`--output` cannot be written: .*No space"):
        demo_data.write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_download_asks_pip_for_the_pinned_source_only(tmp_path):
    python = make_python(tmp_path, 'echo "$@" > vaderSentiment.tar.gz')
    directory = tmp_path / "download"
    directory.mkdir()
    arguments = demo_data.download(python, directory).decode().split()
    assert arguments[:3] == ["-m", "pip", "download"]
    assert {"--no-deps", "--require-hashes", "--no-build-isolation"} <= set(arguments)
    assert arguments[arguments.index("--no-binary") + 1] == ":all:"
    assert Path(arguments[arguments.index("--requirement") + 1]).is_file()


def test_failed_download_is_one_line(tmp_path):
    python = make_python(tmp_path, "echo 'WARNING: x' >&2; echo 'ERROR: disk is full' >&2; exit 1")
    directory = tmp_path / "download"
    directory.mkdir()
    with pytest.raises(demo_data.DemoDataError, match=r"vaderSentiment 3.3.2: disk is full$"):
        demo_data.download(python, directory)


def test_absent_python_for_pip_is_an_error(tmp_path):
    with pytest.raises(demo_data.DemoDataError, match="`--pip-python` cannot be run"):
        demo_data.download(tmp_path / "python", tmp_path)


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM ...\n", "other bytes than demo.txt"),
        ("/usr/bin/python: No module named pip\n", "has no pip"),
        ("ERROR: Could not find a version ... (from versions: none)\n", "is the network"),
        ("error: subprocess-exited\n  error: bad command x\nhint: above\n", "3.3.2: bad command x"),
        ("Killed\n", "3.3.2: Killed"),
        ("", "no reason given"),
    ],
)
def test_pip_failures_are_explained_in_one_line(stderr, reason):
    explanation = demo_data.explain_pip_failure(stderr)
    assert reason in explanation
    assert "\n" not in explanation


def test_other_bytes_than_recorded_are_refused(sdist, monkeypatch):
    monkeypatch.setattr(demo_data, "download", lambda *_: sdist)
    monkeypatch.setattr(demo_data, "read_sentences", lambda _: [])
    with pytest.raises(demo_data.DemoDataError, match="must have the SHA-256"):
        demo_data.fetch(Path(sys.executable))


def test_main_writes_what_is_absent_and_then_leaves_it(tmp_path, monkeypatch, capsys):
    calls = []
    monkeypatch.setattr(demo_data, "fetch", lambda python: calls.append(python) or b"whole")
    # SHA-256 of b"whole", by sha256sum.
    monkeypatch.setattr(
        demo_data,
        "CSV_SHA256",
        "5d5766cf2d78701614200418ee1450690d9af12c84d52545e4802f001ad53099",
    )
    path = tmp_path / "sentences.csv"
    assert demo_data.main(["--output", str(path)]) == 0
    assert demo_data.main(["--output", str(path)]) == 0
    assert path.read_bytes() == b"whole"
    assert len(calls) == 1
    assert capsys.readouterr().out.splitlines()[1:] == [
        f"Wrote {path}: 23,703 sentences",
        f"{path} is whole: 23,703 sentences",
    ]


def test_main_replaces_what_an_earlier_version_wrote(tmp_path, monkeypatch):
    monkeypatch.setattr(demo_data, "fetch", lambda python: b"new")
    # SHA-256 of b"whole", by sha256sum.
    monkeypatch.setattr(
        demo_data,
        "OLD_CSV_SHA256",
        "5d5766cf2d78701614200418ee1450690d9af12c84d52545e4802f001ad53099",
    )
    path = tmp_path / "sentences.csv"
    path.write_bytes(b"whole")
    assert demo_data.main(["--output", str(path)]) == 0
    assert path.read_bytes() == b"new"


def test_main_leaves_another_file_as_it_is(tmp_path, capsys):
    path = tmp_path / "sentences.csv"
    path.write_bytes(b"somebody's work")
    assert demo_data.main(["--output", str(path)]) == 1
    assert path.read_bytes() == b"somebody's work"
    assert capsys.readouterr().err == (
        f"demo data: {path} is not the demo data as published: move it away and try again\n"
    )


def test_only_the_standard_library_is_imported():
    command = [sys.executable, "-S", "-m", "pipeline.demo_data", "--help"]
    subprocess.run(command, cwd=demo_data.ROOT, check=True, capture_output=True)


def test_the_real_file_is_the_recorded_one():
    path = demo_data.ROOT / "data" / "sentences.csv"
    if not path.is_file() or not demo_data.is_whole(path):
        # No test may need it: `make test` does not fetch what is not part of the project.
        pytest.skip("the demo data is not there, or an older one: `make data` fetches it")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 23_703
    assert sum(float(row["rating"]) == 0 for row in rows) == 383
    assert sum(row["label"] == "negative" for row in rows) == 10_849
    numbers = [len(row["ratings"].split()) for row in rows]
    assert (min(numbers), max(numbers)) == (15, 99)
