"""Tiny models, saved once for all tests of serving."""

import pathlib

import pytest

from tests.serving import task_models, tiny


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The tiny model, with the mark 1."""
    path = tmp_path_factory.mktemp("saved") / "model"
    tiny.save(path, 1.0)
    return path


@pytest.fixture(scope="session")
def base_path(saved: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A serving directory with the tiny model as version 123; not to be changed."""
    directory = tmp_path_factory.mktemp("serving")
    tiny.put(saved, directory, 123)
    return directory


@pytest.fixture(scope="session")
def writer(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A language model that writes `task_models.SCRIPT`."""
    path = tmp_path_factory.mktemp("writer") / "model"
    task_models.language_model().save(path)
    return path
