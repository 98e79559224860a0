"""Rules that hold for the whole repository."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging import requirements, utils

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
MAX_LINES = 400
# Tests of the project as a whole, which have no one source file.
OF_THE_WHOLE = ("tests/project_test.py", "tests/end_to_end/", "tests/images/")
# Written in two halves, so that this file keeps its own rule.
INDEX_HOSTS = ("pypi" + ".org", "python" + "hosted.org", "pypi" + ".python.org")


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """The files that git tracks or would track, relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip("this is no git checkout, so nobody knows which files are the project's")
    names = [Path(name) for name in done.stdout.split("\0") if name]
    return [name for name in names if (ROOT / name).is_file()]


def run_tool(*arguments: str) -> None:
    """Runs a Python tool on the project; fails with what it printed unless it exits with 0."""
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.fail(f"{' '.join(arguments)}:\n{done.stdout}{done.stderr}", pytrace=False)


def read_pins(path: Path) -> dict[str, str]:
    """Maps the first line of each requirement of a lock file to all of its lines."""
    text = re.sub(r"(?m)^\s*#.*\n?", "", path.read_text(encoding="utf-8"))
    pins = re.split(r"(?m)\n(?=\S)", text.strip())
    return {pin.partition("\n")[0]: pin for pin in pins}


def test_ruff_finds_nothing():
    run_tool("ruff", "check", "--quiet")


def test_code_is_formatted():
    run_tool("ruff", "format", "--check", "--quiet")


def test_types_hold():
    run_tool("mypy")


def test_imports_keep_their_direction():
    # In a process of its own: in this one it would meet all that other tests have imported.
    lint = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run(
        [lint, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if checked.returncode != 0:
        pytest.fail(checked.stdout + checked.stderr, pytrace=False)


def test_commits_are_checked_as_make_check_checks():
    make = ["make", "--dry-run", "check"]
    steps = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook["entry"] for repo in config["repos"] for hook in repo["hooks"]]
    assert hooks == [step for step in steps.splitlines() if step.startswith(".venv/bin/")]


def test_no_file_names_a_package_index(files):
    pattern = re.compile("|".join(map(re.escape, INDEX_HOSTS)).encode(), re.IGNORECASE)
    assert [str(name) for name in files if pattern.search((ROOT / name).read_bytes())] == []


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_package_is_pinned_with_hashes(path):
    pins = read_pins(path)
    assert pins
    assert [head for head, pin in pins.items() if "==" not in head] == []
    assert [head for head, pin in pins.items() if "--hash=sha256:" not in pin] == []


def test_dev_pins_what_runtime_pins():
    runtime, dev = (
        {head.split()[0] for head in read_pins(ROOT / "requirements" / name)}
        for name in ("runtime.txt", "dev.txt")
    )
    assert runtime - dev == set()


def test_what_the_package_needs_is_pinned():
    lines = metadata.requires("meritline") or []
    # The client of Kubeflow Pipelines goes with no other pins of this project.
    needed = [requirements.Requirement(line) for line in lines if 'extra == "kubeflow"' not in line]
    pinned = {head.partition("==")[0] for head in read_pins(ROOT / "requirements" / "dev.txt")}
    assert needed
    assert {utils.canonicalize_name(need.name) for need in needed} - pinned == set()


def mirrored(test: str) -> list[Path]:
    """Lists what a test may be of: room/thing of tests/room/thing_test.py or thing_so_test.py."""
    room, _, name = test.removeprefix("tests/").rpartition("/")
    words = name.removesuffix("_test.py").split("_")
    return [ROOT / room / "_".join(words[: i + 1]) for i in range(len(words))]


def is_source(path: Path) -> bool:
    """Whether there is a module or a package of that name."""
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def test_every_test_mirrors_a_source_file(files):
    tests = {name.as_posix() for name in files if name.name.endswith("_test.py")}
    tests = {name for name in tests if not name.startswith(OF_THE_WHOLE)}
    strays = [name for name in tests if not any(map(is_source, mirrored(name)))]
    assert tests
    assert sorted(strays) == []


def test_files_stay_short(files):
    sources = [name for name in files if name.suffix == ".py"]
    assert sources
    lengths = {str(name): (ROOT / name).read_bytes().count(b"\n") for name in sources}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}
