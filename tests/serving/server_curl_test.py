"""The curl lines of the documentation work as they are pasted."""

import json
import pathlib
import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from serving import server
from tests.serving import tiny

_ROOT = pathlib.Path(__file__).resolve().parents[2]
_PLACE = "localhost:8501"


def _lines() -> list[str]:
    told = "".join((_ROOT / name).read_text() for name in ("README.md", "docs/serving.md"))
    return re.findall(r"^\$ (curl .*)$", told, re.MULTILINE)


@pytest.fixture(scope="module")
def serving(
    tmp_path_factory: pytest.TempPathFactory, saved: pathlib.Path, writer: pathlib.Path
) -> Iterator[server.Server]:
    """A server of models of the names that are asked for."""
    directory = tmp_path_factory.mktemp("told")
    models = tiny.put_all(directory, shakespeare=(writer, 7), sentiment=(saved, 123))
    with tiny.serving(tiny.settings(directory, models=models)) as one:
        yield one


def test_there_are_such_lines() -> None:
    kinds = "".join(_lines())
    assert all(kind in kinds for kind in (":predict", ":generate_stream", "models/sentiment"))


# The lines of the documentation are curl's: without it none of them can be run as it stands.
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("line", _lines())
def test_a_line_is_answered(serving: server.Server, line: str) -> None:
    assert _PLACE in line
    line = line.replace(_PLACE, f"127.0.0.1:{serving.port}")
    done = subprocess.run(  # noqa: S602 - as it is pasted
        f"{line} --silent --fail --noproxy '*'",
        shell=True,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    if ":generate_stream" in line:
        assert "event: end" in done.stdout
    else:
        assert "error" not in json.loads(done.stdout)
