"""Workspaces with the records of a few runs."""

import pathlib

import pytest

from pipeline import workspace as workspace_lib
from tests.pipeline.lineage import stores


@pytest.fixture
def store(tmp_path: pathlib.Path) -> stores.Store:
    """A store without a run yet."""
    return stores.Store(workspace_lib.Workspace.at(tmp_path, "reviews"))
