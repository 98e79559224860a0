"""Tiny models, saved once for all tests of serving."""

import pathlib
from collections.abc import Iterator

import pytest

from serving import integrity, manager, servable
from tests.serving import fakes, task_models, tiny


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


@pytest.fixture
def directory(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A serving directory whose models are not really loaded."""
    monkeypatch.setattr(servable, "Servable", fakes.Fake)
    monkeypatch.setattr(integrity, "check", lambda path: None)
    fakes.Fake.loaded, fakes.Fake.closed = [], []
    return tmp_path


@pytest.fixture
def make(directory: pathlib.Path) -> Iterator[fakes.Make]:
    """Makes a manager without its thread: a test calls `update` itself."""

    def make(
        policy: dict | None = None, labels: dict | None = None, **loading: float
    ) -> manager.Manager:
        return manager.Manager(fakes.settings(directory, policy, labels, **loading))

    yield make
