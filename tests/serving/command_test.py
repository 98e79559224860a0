"""What the command line, a file and the environment come to."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import textwrap
from typing import Any

import pytest
from click.testing import CliRunner

from serving import command, config
from tests.serving import tiny


def _read(directory: pathlib.Path | None = None, **given: Any) -> config.ServerConfig:
    return command.read(directory, given.pop("environment", {}), **given)


def test_a_directory_is_a_model_of_its_name(tmp_path: pathlib.Path) -> None:
    settings = _read(tmp_path / ".", port=9000, max_batch_size=8, no_batching=True)
    assert (settings.models[0].name, settings.models[0].base_path) == (tmp_path.name, tmp_path)
    assert (settings.port, settings.batching.max_batch_size) == (9000, 8)
    assert not settings.batching.enabled
    assert _read(tmp_path, model_name="m").models[0].name == "m"


def test_several_models(tmp_path: pathlib.Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    settings = _read(models=(f"a={tmp_path}/a", f"b={tmp_path}/b"))
    assert [model.name for model in settings.models] == ["a", "b"]


def test_a_versions_own_directory_is_the_only_version(tmp_path: pathlib.Path) -> None:
    for name in ("m/7", "loose"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "saved_model.pb").touch()
    [model] = _read(tmp_path / "m" / "7").models
    assert (model.name, model.base_path) == ("m", tmp_path / "m")
    assert model.version_policy.specific == config.Specific(versions=(7,))
    [model] = _read(tmp_path / "loose").models
    assert model.name == "loose"
    assert (model.base_path / "1").resolve() == tmp_path / "loose"


FILES = {
    "models.yaml": """
        models:
          - name: m
            base_path: there
            version_policy: {specific: {versions: [3, 4]}}
            version_labels: {stable: 3}
        port: 9001
        """,
    "models.json": """
        {"models": [{"name": "m", "base_path": "there", "version_labels": {"stable": 3},
                     "version_policy": {"specific": {"versions": [3, 4]}}}], "port": 9001}
        """,
    "models.config": """
        model_config_list { config {
          name: "m" base_path: "there" model_platform: "tensorflow"
          model_version_policy { specific { versions: 3 versions: 4 } }
          version_labels { key: "stable" value: 3 } } }
        """,
}


@pytest.mark.parametrize("name", FILES)
def test_files_of_settings(tmp_path: pathlib.Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(textwrap.dedent(FILES[name]))
    settings = _read(file=file)
    [model] = settings.models
    assert (model.name, model.base_path) == ("m", tmp_path / "there")
    assert model.version_policy.specific == config.Specific(versions=(3, 4))
    assert model.version_labels == {"stable": 3}
    assert settings.port == (8501 if name == "models.config" else 9001)
    assert _read(file=file, port=9002).port == 9002  # the command line counts for more


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.yaml", None, "cannot be read"),
        ("x.yaml", "[", "cannot be parsed"),
        ("x.json", "{", "cannot be parsed"),
        ("x.yaml", "models", "must hold `key: value` lines"),
        ("x.config", "model {", "is no ModelServerConfig"),
        ("x.yaml", "port: 1", "`models`: .*at least 1"),
        ("x.yaml", "models: 5", "`models`: .*Received: 5"),
        ("x.yaml", "models: {name: m}", "`models`: .*Received: {'name': 'm'}"),
        ("x.yaml", "models: [{base_path: m/7}]", r"`models\.0\.name`: Field required"),
    ],
)
def test_a_bad_file_is_told(
    tmp_path: pathlib.Path, name: str, content: str | None, message: str
) -> None:
    (tmp_path / "m" / "7").mkdir(parents=True)
    (tmp_path / "m" / "7" / "saved_model.pb").touch()
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(config.ConfigError, match=message):
        _read(file=tmp_path / name)


def test_the_environment_of_vertex_ai(tmp_path: pathlib.Path, saved: pathlib.Path) -> None:
    environment = {
        "AIP_HTTP_PORT": "8080",
        "AIP_HEALTH_ROUTE": "/health",
        "AIP_PREDICT_ROUTE": "/predict",
        "AIP_STORAGE_URI": f"file://{saved}",
    }
    settings = _read(environment=environment)
    assert (settings.host, settings.port, settings.grpc_port) == ("0.0.0.0", 8080, None)  # noqa: S104
    assert (settings.health_route, settings.predict_route) == ("/health", "/predict")
    assert settings.limits.max_body_bytes == 1_500_000
    fetched = settings.models[0].base_path / "1"
    names = {path.relative_to(saved) for path in saved.rglob("*")}
    assert {path.relative_to(fetched.resolve()) for path in fetched.resolve().rglob("*")} == names
    for path in (fetched.resolve(), settings.models[0].base_path):
        shutil.rmtree(path)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"AIP_HTTP_PORT": "http"}, "`AIP_HTTP_PORT` must be a number. Received: 'http'"),
        ({"AIP_HTTP_PORT": "1", "AIP_STORAGE_URI": "file:///nope"}, "`AIP_STORAGE_URI` must be"),
    ],
)
def test_a_bad_environment_is_told(environment: dict[str, str], message: str) -> None:
    with pytest.raises(config.ConfigError, match=message):
        _read(environment=environment)


def test_the_key_is_in_the_environment_and_nowhere_else(tmp_path: pathlib.Path) -> None:
    settings = _read(tmp_path, environment={"MERITLINE_API_KEY": "secret"})
    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == "secret"
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["/nope"], "error: There must be a serving directory. Received: /nope\n"),
        (["--model", "x"], "error: `--model` must be NAME=DIR. Received: 'x'\n"),
        ([], "error: settings: `models`: "),
    ],
)
def test_what_is_wrong_is_told_in_one_line(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(command.main, arguments)
    assert result.exit_code == 2
    assert result.output.startswith(message)
    assert result.output.count("\n") == 1


_TWO_VERSIONS = """
models:
  - name: tiny
    base_path: there
    version_policy: {all: {}}
    version_labels: {stable: %d}
loading: {poll_seconds: 0.05}
"""


def test_the_program_serves_follows_its_file_and_ends_when_told(
    saved: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "there").mkdir()
    for number in (1, 2):
        tiny.put(saved, tmp_path / "there", number)
    file = tmp_path / "models.yaml"
    file.write_text(_TWO_VERSIONS % 2)
    root = pathlib.Path(command.__file__).resolve().parents[1]
    ports = ["--port", "0", "--grpc-port", "0"]
    with subprocess.Popen(
        [sys.executable, "-m", "serving", "--config", str(file), *ports],
        cwd=root,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    ) as process:
        assert process.stderr is not None
        told: list[str] = []
        while sum("is available" in line for line in told) < 2:
            told.append(process.stderr.readline())
            assert told[-1], told
        port = next(int(line.rsplit(":", 1)[1]) for line in told if "REST on" in line)
        client = tiny.Client(port)
        assert client.post("/v1/models/tiny:predict", {"instances": ["a"]})[0] == 200

        def stable() -> str:
            [status] = client.get("/v1/models/tiny/labels/stable")[1]["model_version_status"]
            return status["version"]

        assert stable() == "2"
        file.write_text(_TWO_VERSIONS % 1)  # rolled back
        tiny.wait_for(lambda: stable() == "1")
        client.close()
        process.send_signal(signal.SIGTERM)
        told += process.stderr.readlines()
    assert process.returncode == 0
    # Nothing but our own lines.
    assert [line for line in told if " serving." not in line] == []
