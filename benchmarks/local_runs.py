"""Runs of `local_runner.py` for benchmarks, each in a process of its own."""

import json
import pathlib
import subprocess
import sys
from collections.abc import Iterable

ROOT = pathlib.Path(__file__).resolve().parents[1]


def run(
    config: pathlib.Path,
    directory: pathlib.Path,
    settings: Iterable[str],
    cwd: pathlib.Path = ROOT,
) -> str:
    """Runs a config in a workspace below a directory, and returns what it printed.

    Args:
        config: The YAML file.
        directory: Of the workspaces.
        settings: As `--set` takes them.
        cwd: Where the paths of the data start.

    Raises:
        RuntimeError: If it came to no verdict.
    """
    command = [sys.executable, str(ROOT / "local_runner.py"), str(config.resolve())]
    for setting in settings:
        command += ["--set", setting]
    done = subprocess.run(
        [*command, "--workspace", str(directory.resolve())],
        cwd=cwd,
        capture_output=True,
        text=True,
    )
    if done.returncode not in (0, 3):
        raise RuntimeError(
            f"{config} ended with status {done.returncode}: {done.stdout}{done.stderr}"
        )
    return done.stdout


def newest(artifacts: pathlib.Path) -> pathlib.Path:
    """Finds the newest artifact of an output, whose directories are numbered by executions.

    Raises:
        FileNotFoundError: If there is none.
    """
    found = [path for path in artifacts.glob("*") if path.name.isdecimal()]
    if not found:
        raise FileNotFoundError(f"There must be an artifact. Received: {artifacts}")
    return max(found, key=lambda path: int(path.name))


def accuracy(workspace: pathlib.Path) -> float:
    """Reads the accuracy on the test split from the newest verdict of a workspace."""
    verdict = newest(workspace / "artifacts" / "Evaluator" / "evaluation") / "verdict.json"
    values = json.loads(verdict.read_text())["values"]
    [found] = [v for v in values if (v["metric"], v["slice"]) == ("accuracy", "all rows")]
    return float(found["value"])
