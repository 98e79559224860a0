import pathlib
import runpy
import subprocess
import sys

import pytest

import local_runner
from pipeline import config

_SCRIPT = str(config.PROJECT / "local_runner.py")


def _run(*arguments: str, cwd: pathlib.Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, _SCRIPT, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_nothing_happens_on_import(capfd: pytest.CaptureFixture[str]) -> None:
    before = list(sys.path)
    runpy.run_path(_SCRIPT, run_name="imported")
    assert capfd.readouterr() == ("", "")
    assert sys.path == before
    assert local_runner.__doc__


def test_it_works_from_any_directory(tmp_path: pathlib.Path) -> None:
    (tmp_path / "reviews.csv").write_text("review,stars\nfine,5\n")
    done = _run(
        "--data", "reviews.csv", "--text", "review", "--label", "stars", "--dry-run", cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"files go to {tmp_path.resolve() / 'workspace' / 'reviews'}\n" in done.stdout


@pytest.mark.parametrize("text", ["name: Bad Name\ndata: {path: a.csv}\n", "{", "", "\x00"])
def test_a_bad_config_ends_with_status_2_and_plain_words(tmp_path: pathlib.Path, text: str) -> None:
    (tmp_path / "c.yaml").write_text(text)
    done = _run("c.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert all(line.startswith("error: c.yaml") for line in done.stderr.splitlines())
    assert "Traceback" not in done.stderr
    assert "pydantic" not in done.stderr


def test_a_name_that_is_not_utf8_is_told_in_one_line(tmp_path: pathlib.Path) -> None:
    done = _run("--data", "\udcff.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == 'error: --data: `data.path` must be UTF-8. Received: "\\udcff.csv"\n'


def test_it_says_how_it_is_called(tmp_path: pathlib.Path) -> None:
    done = _run("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: local_runner.py [OPTIONS] [CONFIG]")
