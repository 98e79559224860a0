"""A workspace with a run, and somebody who asks it on the command line."""

import pathlib
from collections.abc import Callable

import click.testing
import pytest

from pipeline import cli
from pipeline import workspace as workspace_lib
from tests.pipeline.lineage import stores, world

Ask = Callable[..., click.testing.Result]


@pytest.fixture
def made(tmp_path: pathlib.Path) -> world.World:
    """Version 17 of `reviews`, and what it was made of."""
    return world.build(stores.Store(workspace_lib.Workspace.at(tmp_path, "reviews")))


@pytest.fixture
def ask(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Asks where the default workspace is below the current directory."""
    monkeypatch.chdir(tmp_path)
    runner = click.testing.CliRunner()

    def run(*arguments: str) -> click.testing.Result:
        told = runner.invoke(cli.main, ["lineage", *arguments], catch_exceptions=False)
        assert "Traceback" not in told.output
        return told

    return run
