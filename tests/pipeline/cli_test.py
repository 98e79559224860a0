import pathlib
import subprocess
import sys
import types

import click.testing
import pytest

import pipeline
from pipeline import cli, config, errors, workspace
from pipeline.spec_runner import command

_CSV = "text,label,review,stars\nhello,1,fine,5\n"


class _Runs:
    """Stands in for the module that runs pipelines, and keeps what it is given."""

    def __init__(self) -> None:
        self.configs: list[config.Config] = []
        self.workspaces: list[workspace.Workspace] = []
        self.argv: list[str] = []
        self.ends: int | BaseException = 0

    def run(self, made: config.Config, place: workspace.Workspace) -> int:
        self.configs.append(made)
        self.workspaces.append(place)
        self.argv = list(sys.argv)
        if isinstance(self.ends, BaseException):
            raise self.ends
        return self.ends


@pytest.fixture
def runs(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> _Runs:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["meritline", "run", "--set", "train.epochs=2"])
    pathlib.Path("a.csv").write_text(_CSV)
    pathlib.Path("b.csv").write_text(_CSV)
    pathlib.Path("c.yaml").write_text("name: demo\ndata: {path: a.csv}\n")
    stand_in = _Runs()
    module = types.SimpleNamespace(run=stand_in.run)
    monkeypatch.setitem(sys.modules, "pipeline.run", module)
    monkeypatch.setattr(pipeline, "run", module, raising=False)
    return stand_in


def _invoke(*arguments: str) -> click.testing.Result:
    return click.testing.CliRunner().invoke(cli.main, ["run", *arguments])


def test_a_config_is_run_in_its_workspace(runs: _Runs, tmp_path: pathlib.Path) -> None:
    result = _invoke("c.yaml", "--workspace", "w")
    assert (result.exit_code, result.output) == (0, "")
    assert runs.configs == [config.load("c.yaml")]
    assert runs.workspaces[0].root == tmp_path.resolve() / "w" / "demo"


def test_a_table_is_run_with_its_columns(runs: _Runs) -> None:
    assert _invoke("--data", "a.csv", "--text", "review", "--label", "stars").exit_code == 0
    assert runs.configs == [config.from_columns("a.csv", "review", "stars")]


def test_the_columns_of_a_table_have_defaults(runs: _Runs) -> None:
    assert _invoke("--data", "a.csv").exit_code == 0
    assert runs.configs == [config.from_columns("a.csv", "text", "label")]


def test_each_split_may_have_files_of_its_own(runs: _Runs) -> None:
    assert _invoke("--data", "a.csv", "--test", "b.csv").exit_code == 0
    assert _invoke("c.yaml", "--data", "a.csv", "--eval", "b.csv").exit_code == 0
    assert [made.data.given() for made in runs.configs] == [
        {"data.train": "a.csv", "data.test": "b.csv"},
        {"data.train": "a.csv", "data.eval": "b.csv"},
    ]
    assert [made.name for made in runs.configs] == ["a", "demo"]
    assert _invoke("--test", "b.csv").exit_code == errors.ExitStatus.CONFIG


def test_a_config_with_another_table_and_other_columns(runs: _Runs) -> None:
    assert _invoke("c.yaml", "--data", "b.csv", "--text", "review").exit_code == 0
    assert runs.configs[0].name == "demo"
    assert runs.configs[0].data.path == "b.csv"
    assert runs.configs[0].data.text == ("review",)
    assert runs.configs[0].data.label == ("label",)


def test_a_table_stands_in_place_of_all_files_of_the_config(runs: _Runs) -> None:
    text = "name: demo\ndata: {train: a.csv, eval: a.csv, test: a.csv}\n"
    pathlib.Path("c.yaml").write_text(text)
    assert _invoke("c.yaml", "--data", "b.csv").exit_code == 0
    assert runs.configs[0].data.given() == {"data.path": "b.csv"}


def test_files_of_any_format_are_run(runs: _Runs) -> None:
    pathlib.Path("d").mkdir()
    pathlib.Path("d/1.jsonl").write_text('{"text": "x", "label": "y"}\n')
    assert _invoke("--data", "d/*.jsonl").exit_code == 0
    assert (runs.configs[0].name, runs.configs[0].data.path) == ("d", "d/*.jsonl")


@pytest.mark.parametrize("name", ["a.csv.gz", "a.jsonl", "a.parquet", "a.tfrecord", "a.json"])
def test_a_table_for_a_config_is_told(runs: _Runs, name: str) -> None:
    result = _invoke(name)
    assert (result.exit_code, result.stderr) == (
        2,
        f"error: `CONFIG` must be a YAML file; a table is given with --data. Received: {name}\n",
    )


def test_a_setting_stands_above_the_options(runs: _Runs) -> None:
    assert _invoke("c.yaml", "--data", "a.csv", "--set", "data.path=b.csv").exit_code == 0
    assert runs.configs[0].data.path == "b.csv"


def test_the_name_of_a_table_is_no_yaml(runs: _Runs) -> None:
    pathlib.Path("[x].csv").write_text(_CSV)
    assert _invoke("c.yaml", "--data", "[x].csv").exit_code == 0
    assert runs.configs[0].data.path == "[x].csv"


def test_with_no_argument_it_is_the_sentiment_demo(runs: _Runs) -> None:
    result = _invoke("--dry-run")  # whether its data is there or not
    assert "\nname: sentiment\n" in result.stdout


@pytest.mark.parametrize("status", list(errors.ExitStatus))
def test_the_status_of_the_run_is_the_status_of_the_command(
    runs: _Runs, status: errors.ExitStatus
) -> None:
    runs.ends = status
    assert _invoke("c.yaml").exit_code == int(status)


def test_beam_finds_no_arguments_of_ours(runs: _Runs) -> None:
    _invoke("c.yaml", "--set", "train.epochs=2")
    assert runs.argv == ["meritline"]


def test_an_interrupt_ends_in_one_line(runs: _Runs) -> None:
    runs.ends = KeyboardInterrupt()
    result = _invoke("c.yaml")
    assert (result.exit_code, result.output) == (130, "interrupted\n")


def test_a_rule_that_the_run_itself_finds_broken_is_told(runs: _Runs) -> None:
    runs.ends = errors.ConfigError("`--workspace` must not be in use by another run")
    result = _invoke("c.yaml")
    assert result.exit_code == 2
    assert result.stderr == "error: `--workspace` must not be in use by another run\n"


def test_a_missing_column_stops_before_anything_runs(runs: _Runs) -> None:
    result = _invoke("--data", "a.csv", "--text", "txt")
    assert result.exit_code == 2
    assert result.stderr == (
        "error: `data.text` must be a column of a.csv (text, label, review, stars). "
        "Received: txt. Did you mean `text`?\n"
    )
    assert runs.configs == []
    assert not pathlib.Path("workspace").exists()


@pytest.mark.parametrize(
    ("arguments", "last_line"),
    [
        (["--text", "review"], "Error: --text and --label need --data or CONFIG."),
        (["--label", "stars"], "Error: --text and --label need --data or CONFIG."),
        (["c.yaml", "--epochs", "3"], "Error: No such option '--epochs'."),
        (["c.yaml", "d.yaml"], "Error: Got unexpected extra argument (d.yaml)"),
        (["c.yaml", "--set"], "Error: Option '--set' requires an argument."),
        (
            ["a.csv"],
            "error: `CONFIG` must be a YAML file; a table is given with --data. Received: a.csv",
        ),
        (["nope.yaml"], "error: nope.yaml: no such file"),
        (["."], "error: .: must be a file. Received: a directory"),
        (
            ["--data", "nope.csv"],
            "error: `data.path` must be a file that exists. Received: nope.csv",
        ),
        (
            ["--data", "a.csv", "--text", "stars", "--label", "stars"],
            "error: --text: `data.text` and `data.label` must be different columns. "
            "Received: stars for both",
        ),
    ],
)
def test_a_wrong_command_line_ends_with_status_2(
    runs: _Runs, arguments: list[str], last_line: str
) -> None:
    result = _invoke(*arguments)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == last_line
    assert result.stdout == ""
    assert runs.configs == []


def test_a_dry_run_shows_and_runs_nothing(runs: _Runs) -> None:
    result = _invoke("c.yaml", "--dry-run", "--set", "train.epochs=3")
    assert result.exit_code == 0
    assert "  epochs: 3\n" in result.stdout
    assert "latest_blessed" in result.stdout
    assert result.stderr == ""
    assert runs.configs == []
    assert not pathlib.Path("workspace").exists()


def test_a_dry_run_tells_what_would_stop_the_run(runs: _Runs) -> None:
    result = _invoke("c.yaml", "--dry-run", "--data", "nope.csv")
    assert result.exit_code == 2
    assert "path: nope.csv" in result.stdout
    assert result.stderr == "error: `data.path` must be a file that exists. Received: nope.csv\n"


def test_the_version() -> None:
    result = click.testing.CliRunner().invoke(cli.main, ["--version"])
    assert result.exit_code == 0
    assert result.output.startswith("meritline, version ")


def test_a_dry_run_imports_neither_tensorflow_nor_tfx(tmp_path: pathlib.Path) -> None:
    script = (
        "import sys; from pipeline import cli\n"
        "try: cli.main(['run', '--dry-run', '--data', 'a.csv'])\n"
        "except SystemExit as end: print('status', int(end.code))\n"
        "print('heavy', sorted({'tensorflow', 'tfx', 'keras', 'apache_beam'} & set(sys.modules)))"
    )
    (tmp_path / "a.csv").write_text(_CSV)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-2:] == ["status 0", "heavy []"]


def test_the_help_shows_the_commands_on_lines_of_their_own():
    shown = click.testing.CliRunner().invoke(cli.main, ["run", "--help"]).output
    assert "\n  meritline run my.yaml --set train.epochs=5\n" in shown


def test_a_compiled_pipeline_stands_in_place_of_a_config(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []

    def run(*arguments: object) -> int:
        told.extend(arguments)
        return 3

    monkeypatch.setattr(command, "run", run)
    runner = click.testing.CliRunner()
    asked = ["run", "--compiled", "p.json", "--parameter", "epochs=1", "--parallel", "4"]
    assert runner.invoke(cli.main, asked).exit_code == 3
    assert told == [pathlib.Path("p.json"), ("epochs=1",), 4]
    for more in (["my.yaml"], ["--set", "name=x"], ["--dry-run"]):
        refused = runner.invoke(cli.main, [*asked, *more])
        assert (refused.exit_code, "in place of a config" in refused.output) == (2, True)
    alone = runner.invoke(cli.main, ["run", "--parameter", "epochs=1"])
    assert (alone.exit_code, "--parameter needs --compiled" in alone.output) == (2, True)
