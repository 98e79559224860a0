"""`meritline schema` around a stand-in for what it imports."""

import dataclasses
import pathlib
import subprocess
import sys
import types

import click.testing
import pytest

import pipeline
from pipeline import cli, config, errors, workspace


@dataclasses.dataclass
class _Comparison:
    """Stands in for the comparison."""

    lines: tuple[str, ...]


class _Change:
    """Stands in for the module that compares, and keeps what it is given."""

    def __init__(self) -> None:
        self.lines: tuple[str, ...] = ("`label`: a new value, neutral (3 in train)",)
        self.configs: list[config.Config] = []
        self.written: list[_Comparison] = []
        self.fails: BaseException | None = None

    def compare(self, made: config.Config, place: workspace.Workspace) -> _Comparison:
        """Compares nothing, with noise."""
        sys.stdout.write("noise\n")
        self.configs.append(made)
        if self.fails:
            raise self.fails
        return _Comparison(self.lines)

    def tell(self, found: _Comparison) -> list[str]:
        """Tells the lines."""
        return ["s.pbtxt", *found.lines]

    def write(self, made: config.Config, found: _Comparison) -> list[str]:
        """Writes nothing."""
        self.written.append(found)
        return ["wrote s.pbtxt"]


@pytest.fixture
def change(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> _Change:
    monkeypatch.chdir(tmp_path)
    place = workspace.Workspace.at("workspace", "reviews")
    place.make()
    place.metadata_db.touch()
    stand_in = _Change()
    module = types.SimpleNamespace(
        compare=stand_in.compare, tell=stand_in.tell, write=stand_in.write
    )
    monkeypatch.setitem(sys.modules, "pipeline.schema_change", module)
    monkeypatch.setattr(pipeline, "schema_change", module, raising=False)
    return stand_in


def _invoke(*arguments: str) -> click.testing.Result:
    return click.testing.CliRunner().invoke(cli.main, ["schema", *arguments])


_DATA = ("--data", "reviews.csv", "--label", "stars")  # the file itself is not looked at


def test_a_difference_is_shown_and_has_a_status_of_its_own(change: _Change) -> None:
    result = _invoke("diff", *_DATA)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "s.pbtxt",
        "`label`: a new value, neutral (3 in train)",
        "`meritline schema accept` with the same arguments takes it as it is",
    ]
    assert result.stderr == ""
    assert change.configs == [config.from_columns("reviews.csv", label="stars")]
    assert change.written == []


def test_no_difference_has_status_0(change: _Change) -> None:
    change.lines = ()
    result = _invoke("diff", *_DATA)
    assert (result.exit_code, result.stdout) == (0, "s.pbtxt\n")


def test_accepting_tells_what_it_has_written(change: _Change) -> None:
    result = _invoke("accept", *_DATA)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-2:] == [*change.lines, "wrote s.pbtxt"]
    assert change.written == [_Comparison(change.lines)]


def test_a_config_finds_its_workspace(change: _Change) -> None:
    pathlib.Path("c.yaml").write_text("name: reviews\ndata: {path: a.csv}\n")
    assert _invoke("diff", "c.yaml", "--set", "data.label=stars").exit_code == 1
    assert change.configs[0].data.label == ("stars",)


def test_the_noise_is_in_the_log(change: _Change) -> None:
    assert "noise" not in _invoke("diff", *_DATA).output
    assert pathlib.Path("workspace/reviews/logs/schema.log").read_text() == "noise\n"


@pytest.mark.parametrize("command", ["diff", "accept"])
@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (
            ["--data", "others.csv"],
            "error: `--workspace` must hold a run of this config; `meritline run` makes one. "
            "Received: {here}/workspace/others",
        ),
        (
            ["--data", "reviews.csv", "--workspace", "nowhere"],
            "error: `--workspace` must hold a run of this config; `meritline run` makes one. "
            "Received: {here}/nowhere/reviews",
        ),
        (["nope.yaml"], "error: nope.yaml: no such file"),
        (
            ["--data", "reviews.csv", "--set", "train.epochs=0"],
            "error: --set: `train.epochs` must be at least 1. Received: 0",
        ),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    change: _Change, tmp_path: pathlib.Path, command: str, arguments: list[str], problem: str
) -> None:
    result = _invoke(command, *arguments)
    assert result.exit_code == 2
    assert result.stderr == problem.format(here=tmp_path.resolve()) + "\n"
    assert result.stdout == ""
    assert not pathlib.Path("nowhere").exists()


def test_a_rule_that_the_comparison_finds_broken_is_told(change: _Change) -> None:
    change.fails = errors.ConfigError("s.pbtxt: is no schema")
    result = _invoke("accept", *_DATA)
    assert (result.exit_code, result.stderr) == (2, "error: s.pbtxt: is no schema\n")


def test_a_crash_is_told_in_one_line_and_the_log_has_the_rest(change: _Change) -> None:
    change.fails = RuntimeError("no\nsuch table")
    result = _invoke("diff", *_DATA)
    log = pathlib.Path("workspace/reviews/logs/schema.log").resolve()
    assert result.exit_code == 2
    assert result.stderr == f"error: RuntimeError: no such table; log: {log}\n"
    assert "Traceback" in log.read_text()


def test_an_interrupt_ends_in_one_line(change: _Change) -> None:
    change.fails = KeyboardInterrupt()
    result = _invoke("diff", *_DATA)
    assert (result.exit_code, result.stderr) == (130, "interrupted\n")


def test_the_help_imports_neither_tensorflow_nor_tfx() -> None:
    script = (
        "import sys; from pipeline import cli\n"
        "try: cli.main(['schema', 'diff', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'tensorflow', 'tfx', 'keras', 'apache_beam'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "\n  meritline schema diff my.yaml\n" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
