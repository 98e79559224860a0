"""The life of versions: what is loaded when, who answers, and what a broken one changes."""

import pathlib
import shutil
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from serving import (
    background,
    config,
    errors,
    integrity,
    lifecycle,
    manager,
    memory,
    servable,
    version,
    versions,
    warmup,
)
from tests.serving import tiny

NAME = "m"
Make = Callable[..., manager.Manager]
_BROKEN = {"broken": errors.Code.DATA_LOSS, "too large": errors.Code.RESOURCE_EXHAUSTED}


class _Fake:
    """Stands for a loaded model; fails where its file says so."""

    loaded: list[int] = []  # noqa: RUF012 - reset by the fixture
    closed: list[int] = []  # noqa: RUF012

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.number = int(path.name)
        self.signatures: dict = {}
        self.loaded.append(self.number)
        content = (path / versions.MODEL_FILE).read_text()
        if content in _BROKEN:
            raise errors.ServingError(_BROKEN[content], f"it is {content}")

    def close(self) -> None:
        self.closed.append(self.number)


@pytest.fixture
def directory(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A serving directory whose models are not really loaded."""
    monkeypatch.setattr(servable, "Servable", _Fake)
    monkeypatch.setattr(integrity, "check", lambda path: None)
    _Fake.loaded, _Fake.closed = [], []
    return tmp_path


@pytest.fixture
def make(directory: pathlib.Path) -> Iterator[Make]:
    """Makes a manager without its thread: a test calls `update` itself."""

    def make(
        policy: dict | None = None, labels: dict | None = None, **loading: float
    ) -> manager.Manager:
        return manager.Manager(_settings(directory, policy, labels, **loading))

    yield make


def _settings(
    directory: pathlib.Path,
    policy: dict | None = None,
    labels: dict | None = None,
    **loading: float,
) -> config.ServerConfig:
    model = {
        "name": NAME,
        "base_path": str(directory),
        "version_policy": policy or {"latest": {}},
        "version_labels": labels or {},
    }
    given = {"settle_seconds": 0, "retry_seconds": 0, **loading}
    return config.build({"models": [model], "loading": given}, "test")


def _put(directory: pathlib.Path, number: int | str, content: str = "whole") -> pathlib.Path:
    path = directory / str(number)
    path.mkdir(exist_ok=True)
    (path / versions.MODEL_FILE).write_text(content)
    return path


def _answers(models: manager.Manager, number: int | None = None, label: str | None = None) -> int:
    with models.lease(NAME, number, label) as served:
        return served.number


def _states(models: manager.Manager) -> dict[int, str]:
    return {status.number: status.state.name for status in models.statuses(NAME)}


def test_the_newest_answers_and_the_old_one_is_unloaded(
    directory: pathlib.Path, make: Make
) -> None:
    models = make()
    _put(directory, "00000009")
    models.update()
    assert _answers(models) == 9
    _put(directory, 10)
    models.update()
    assert _answers(models) == 10
    assert _Fake.loaded == [9, 10]
    assert _Fake.closed == [9]
    assert _states(models) == {10: "AVAILABLE", 9: "END"}


def test_a_version_in_use_is_unloaded_when_it_is_let_go(
    directory: pathlib.Path, make: Make
) -> None:
    models = make()
    _put(directory, 1)
    models.update()
    with models.lease(NAME) as served:
        _put(directory, 2)
        models.update()
        assert _answers(models) == 2
        models.update()
        assert _states(models) == {2: "AVAILABLE", 1: "UNLOADING"}
        assert (served.number, _Fake.closed) == (1, [])
    models.update()
    assert _Fake.closed == [1]


def test_what_may_pass_is_tried_six_times_and_changes_nothing(
    directory: pathlib.Path, make: Make
) -> None:
    models = make()
    _put(directory, 1)
    models.update()
    _put(directory, 2, "too large")
    for _ in range(5):
        models.update()
        assert _states(models) == {2: "LOADING", 1: "AVAILABLE"}
    for _ in range(3):
        models.update()
        assert _states(models) == {2: "END", 1: "AVAILABLE"}
    assert _Fake.loaded == [1] + [2] * 6
    [status] = models.statuses(NAME, 2)
    assert status.error is not None
    assert status.error.code is errors.Code.RESOURCE_EXHAUSTED
    assert status.error.message == "it is too large"
    assert _answers(models) == 1


def test_what_is_wrong_with_its_files_is_tried_once_and_changes_nothing(
    directory: pathlib.Path, make: Make
) -> None:
    models = make()
    _put(directory, 1)
    models.update()
    _put(directory, 2, "broken")
    for _ in range(3):
        models.update()
        assert _states(models) == {2: "END", 1: "AVAILABLE"}
    assert _Fake.loaded == [1, 2]
    [status] = models.statuses(NAME, 2)
    assert status.error is not None
    assert (status.error.code, status.error.message) == (errors.Code.DATA_LOSS, "it is broken")
    assert _answers(models) == 1


def test_torn_files_are_not_even_loaded(
    directory: pathlib.Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(servable, "Servable", _Fake)
    models = make()
    _put(directory, 1)
    for _ in range(3):
        models.update()
    assert _Fake.loaded == []
    [status] = models.statuses(NAME, 1)
    assert status.state is lifecycle.State.END
    assert status.error is not None
    assert status.error.message == f"Can't parse {directory}/1/saved_model.pb as binary proto"


def test_a_version_that_fails_in_a_way_of_its_own_is_given_up_and_closed(
    directory: pathlib.Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(warmup, "run", fail)
    models = make(max_num_load_retries=1)
    _put(directory, 1)
    for _ in range(3):
        models.update()
    assert (_Fake.loaded, _Fake.closed) == ([1, 1], [1, 1])
    [status] = models.statuses(NAME, 1)
    assert status.state is lifecycle.State.END
    assert status.error is not None
    assert (status.error.code, status.error.message) == (errors.Code.INTERNAL, "oh")


def test_retries_wait_twice_as_long_each_time(
    directory: pathlib.Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = make(retry_seconds=1)
    _put(directory, 1, "too large")
    tried = []
    for second in range(40):
        monkeypatch.setattr(time, "monotonic", lambda now=second: float(now))
        before = len(_Fake.loaded)
        models.update()
        tried += [second] * (len(_Fake.loaded) - before)
    assert tried == [0, 1, 3, 7, 15, 31]


def test_what_was_given_up_is_tried_again_once_its_files_change(
    directory: pathlib.Path, make: Make
) -> None:
    models = make()
    path = _put(directory, 1, "broken")
    models.update()
    models.update()
    assert _states(models) == {1: "END"}
    time.sleep(0.02)  # the clock of inodes ticks more slowly than Python runs
    (path / versions.MODEL_FILE).write_text("whole")
    models.update()
    assert _answers(models) == 1


def test_an_older_version_stands_in_for_a_newest_that_is_broken_from_the_start(
    directory: pathlib.Path, make: Make
) -> None:
    models = make()
    _put(directory, 1)
    _put(directory, 2, "broken")
    models.update()
    models.update()
    assert _answers(models) == 1
    _put(directory, 3)
    models.update()
    assert _answers(models) == 3


def test_a_newest_that_is_taken_away_gives_back_the_one_before(
    directory: pathlib.Path, make: Make
) -> None:
    models = make()
    _put(directory, 1)
    _put(directory, 2)
    models.update()
    assert (_answers(models), _Fake.loaded) == (2, [2])
    shutil.rmtree(directory / "2")
    models.update()
    assert _answers(models) == 1
    assert _Fake.closed == [2]


def test_what_answers_goes_on_when_all_files_are_gone(directory: pathlib.Path, make: Make) -> None:
    models = make()
    _put(directory, 1)
    models.update()
    shutil.rmtree(directory / "1")
    models.update()
    assert _answers(models) == 1


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"latest": {"num_versions": 2}}, [2, 3]),
        ({"all": {}}, [1, 2, 3]),
        ({"specific": {"versions": [1, 3, 8]}}, [1, 3]),
    ],
)
def test_policies(directory: pathlib.Path, make: Make, policy: dict, expected: list[int]) -> None:
    models = make(policy)
    for number in (1, 2, 3):
        _put(directory, number)
    models.update()
    available = [status.number for status in models.statuses(NAME)]
    assert sorted(available) == expected
    assert _answers(models) == 3
    assert _answers(models, number=expected[0]) == expected[0]
    with pytest.raises(errors.ServingError, match=r"Specific\(m, 8\)"):
        _answers(models, number=8)


def test_rolling_back_by_policy_and_by_label(directory: pathlib.Path, make: Make) -> None:
    both = {"specific": {"versions": [1, 2]}}
    models = make(both, labels={"stable": 2})
    for number in (1, 2):
        _put(directory, number)
    models.update()
    assert (_answers(models), _answers(models, label="stable")) == (2, 2)
    models.apply(_settings(directory, both, {"stable": 1}).models)
    assert (_answers(models), _answers(models, label="stable")) == (2, 1)
    models.apply(_settings(directory, {"specific": {"versions": [1]}}).models)
    models.update()
    assert _answers(models) == 1
    with pytest.raises(errors.ServingError, match="Unrecognized servable version label: stable"):
        _answers(models, label="stable")


def test_a_model_that_is_served_no_more_is_unloaded(
    directory: pathlib.Path, make: Make, tmp_path: pathlib.Path
) -> None:
    models = make()
    _put(directory, 1)
    models.update()
    other = {"name": "other", "base_path": str(tmp_path / "other")}
    models.apply(config.build({"models": [other]}, "test").models)
    models.update()
    assert models.names == ["other"]
    assert _Fake.closed == [1]
    assert not models.is_ready()


def _moved(directory: pathlib.Path) -> tuple[config.ModelConfig, ...]:
    """The same model, at another directory."""
    return _settings(directory, labels={"stable": 1}).models


def test_a_model_that_moves_answers_from_its_old_directory_until_the_new_one_is_loaded(
    directory: pathlib.Path, make: Make
) -> None:
    models = make()
    _put(directory, 5)
    models.update()
    moved = directory / "moved"
    moved.mkdir()
    models.apply(_moved(moved))
    models.update()
    assert (_answers(models), models.is_ready()) == (5, True)
    with pytest.raises(errors.ServingError, match="Unrecognized servable version label"):
        _answers(models, label="stable")  # its labels come with it
    _put(moved, 1, "broken")
    models.update()
    assert (_answers(models), _states(models)) == (5, {5: "AVAILABLE", 1: "END"})
    assert _Fake.closed == []
    _put(moved, 2)
    models.update()
    assert (_answers(models), _states(models)) == (2, {2: "AVAILABLE", 1: "END"})
    assert _Fake.closed == [5]


def test_memory_is_given_back_but_for_the_end(
    directory: pathlib.Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[int] = []
    monkeypatch.setattr(memory, "give_back", lambda: given_back.append(len(_Fake.closed)))
    models = make()
    for number in (1, 2):
        _put(directory, number)
        models.update()
    assert given_back == [1]
    models.stop()
    assert (_Fake.closed, given_back) == ([1, 2], [1])


def test_loading_goes_behind_who_answers(
    directory: pathlib.Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind: list[int] = []

    def run(work: Callable[[], version.ServedVersion]) -> version.ServedVersion:
        served = work()
        behind.append(served.number)
        return served

    monkeypatch.setattr(background, "run", run)
    models = make()
    for number in (1, 2):
        _put(directory, number)
        models.update()
    assert behind == [2]  # for the first one, clients wait
    (directory / "moved").mkdir()
    _put(directory / "moved", 3)
    models.apply(_moved(directory / "moved"))
    models.update()
    assert (behind, _answers(models)) == ([2, 3], 3)


def test_a_model_that_moves_back_meanwhile_stays(directory: pathlib.Path, make: Make) -> None:
    models = make()
    _put(directory, 5)
    models.update()
    for number in (1, 2):
        (directory / f"moved-{number}").mkdir()
        models.apply(_moved(directory / f"moved-{number}"))
        models.update()
    models.apply(_settings(directory).models)
    _put(directory / "moved-2", 7)
    models.update()
    assert (_answers(models), _Fake.loaded) == (5, [5])
    models.stop()
    assert _Fake.closed == [5]


def test_a_model_of_which_nothing_answers_moves_at_once(
    directory: pathlib.Path, make: Make
) -> None:
    models = make()
    _put(directory, 5, "broken")
    models.update()
    (directory / "moved").mkdir()
    models.apply(_moved(directory / "moved"))
    with pytest.raises(errors.ServingError, match="Could not find any versions of model m"):
        models.statuses(NAME)


def test_stopping_waits_for_those_who_still_ask(directory: pathlib.Path, make: Make) -> None:
    models = make()
    _put(directory, 1)
    models.update()
    models.start()
    with models.lease(NAME):
        assert _Fake.closed == []
    models.stop()
    assert _Fake.closed == [1]
    with pytest.raises(errors.ServingError, match=r"Latest\(m\)"):
        _answers(models)


def test_a_directory_that_is_being_written_is_not_loaded(
    directory: pathlib.Path, make: Make
) -> None:
    models = make(settle_seconds=0.2)
    path = _put(directory, 1)
    began = time.time()
    (path / "assets").mkdir()
    while not _Fake.loaded:
        models.update()
        if time.time() - began < 0.3:
            (path / "assets" / "vocabulary").write_text(f"more {time.time()}")
    assert time.time() - began >= 0.45


def test_a_real_model_is_replaced_by_the_next(saved: pathlib.Path, tmp_path: pathlib.Path) -> None:
    tiny.put(saved, tmp_path, 1)
    models = manager.Manager(_settings(tmp_path))
    models.update()
    tiny.put(saved, tmp_path, 2)
    with models.lease(NAME) as old:
        models.update()
        with models.lease(NAME) as new:
            x = {"x": np.array([4.0], np.float32)}
            for served in (old, new):
                signature = served.model.signature("quotients")
                assert served.model.run(signature, x)["y"].tolist() == [0.25]
    models.stop()
