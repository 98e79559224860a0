"""The life of versions: what is loaded when, and what a broken one changes."""

import pathlib
import shutil
import time

import pytest

from serving import (
    errors,
    lifecycle,
    servable,
    versions,
    warmup,
)
from tests.serving import fakes


def test_what_may_pass_is_tried_six_times_and_changes_nothing(
    directory: pathlib.Path, make: fakes.Make
) -> None:
    models = make()
    fakes.put(directory, 1)
    models.update()
    fakes.put(directory, 2, "too large")
    for _ in range(5):
        models.update()
        assert fakes.states(models) == {2: "LOADING", 1: "AVAILABLE"}
    for _ in range(3):
        models.update()
        assert fakes.states(models) == {2: "END", 1: "AVAILABLE"}
    assert fakes.Fake.loaded == [1] + [2] * 6
    [status] = models.statuses(fakes.NAME, 2)
    assert status.error is not None
    assert status.error.code is errors.Code.RESOURCE_EXHAUSTED
    assert status.error.message == "it is too large"
    assert fakes.answers(models) == 1


def test_what_is_wrong_with_its_files_is_tried_once_and_changes_nothing(
    directory: pathlib.Path, make: fakes.Make
) -> None:
    models = make()
    fakes.put(directory, 1)
    models.update()
    fakes.put(directory, 2, "broken")
    for _ in range(3):
        models.update()
        assert fakes.states(models) == {2: "END", 1: "AVAILABLE"}
    assert fakes.Fake.loaded == [1, 2]
    [status] = models.statuses(fakes.NAME, 2)
    assert status.error is not None
    assert (status.error.code, status.error.message) == (errors.Code.DATA_LOSS, "it is broken")
    assert fakes.answers(models) == 1


def test_torn_files_are_not_even_loaded(
    directory: pathlib.Path, make: fakes.Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(servable, "Servable", fakes.Fake)
    models = make()
    fakes.put(directory, 1)
    for _ in range(3):
        models.update()
    assert fakes.Fake.loaded == []
    [status] = models.statuses(fakes.NAME, 1)
    assert status.state is lifecycle.State.END
    assert status.error is not None
    assert status.error.message == f"Can't parse {directory}/1/saved_model.pb as binary proto"


def test_a_version_that_fails_in_a_way_of_its_own_is_given_up_and_closed(
    directory: pathlib.Path, make: fakes.Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(warmup, "run", fail)
    models = make(max_num_load_retries=1)
    fakes.put(directory, 1)
    for _ in range(3):
        models.update()
    assert (fakes.Fake.loaded, fakes.Fake.closed) == ([1, 1], [1, 1])
    [status] = models.statuses(fakes.NAME, 1)
    assert status.state is lifecycle.State.END
    assert status.error is not None
    assert (status.error.code, status.error.message) == (errors.Code.INTERNAL, "oh")


def test_retries_wait_twice_as_long_each_time(
    directory: pathlib.Path, make: fakes.Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = make(retry_seconds=1)
    fakes.put(directory, 1, "too large")
    tried = []
    for second in range(40):
        monkeypatch.setattr(time, "monotonic", lambda now=second: float(now))
        before = len(fakes.Fake.loaded)
        models.update()
        tried += [second] * (len(fakes.Fake.loaded) - before)
    assert tried == [0, 1, 3, 7, 15, 31]


def test_what_was_given_up_is_tried_again_once_its_files_change(
    directory: pathlib.Path, make: fakes.Make
) -> None:
    models = make()
    path = fakes.put(directory, 1, "broken")
    models.update()
    models.update()
    assert fakes.states(models) == {1: "END"}
    time.sleep(0.02)  # the clock of inodes ticks more slowly than Python runs
    (path / versions.MODEL_FILE).write_text("whole")
    models.update()
    assert fakes.answers(models) == 1


def test_an_older_version_stands_in_for_a_newest_that_is_broken_from_the_start(
    directory: pathlib.Path, make: fakes.Make
) -> None:
    models = make()
    fakes.put(directory, 1)
    fakes.put(directory, 2, "broken")
    models.update()
    models.update()
    assert fakes.answers(models) == 1
    fakes.put(directory, 3)
    models.update()
    assert fakes.answers(models) == 3


def test_a_newest_that_is_taken_away_gives_back_the_one_before(
    directory: pathlib.Path, make: fakes.Make
) -> None:
    models = make()
    fakes.put(directory, 1)
    fakes.put(directory, 2)
    models.update()
    assert (fakes.answers(models), fakes.Fake.loaded) == (2, [2])
    shutil.rmtree(directory / "2")
    models.update()
    assert fakes.answers(models) == 1
    assert fakes.Fake.closed == [2]


def test_what_answers_goes_on_when_all_files_are_gone(
    directory: pathlib.Path, make: fakes.Make
) -> None:
    models = make()
    fakes.put(directory, 1)
    models.update()
    shutil.rmtree(directory / "1")
    models.update()
    assert fakes.answers(models) == 1


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"latest": {"num_versions": 2}}, [2, 3]),
        ({"all": {}}, [1, 2, 3]),
        ({"specific": {"versions": [1, 3, 8]}}, [1, 3]),
    ],
)
def test_policies(
    directory: pathlib.Path, make: fakes.Make, policy: dict, expected: list[int]
) -> None:
    models = make(policy)
    for number in (1, 2, 3):
        fakes.put(directory, number)
    models.update()
    available = [status.number for status in models.statuses(fakes.NAME)]
    assert sorted(available) == expected
    assert fakes.answers(models) == 3
    assert fakes.answers(models, number=expected[0]) == expected[0]
    with pytest.raises(errors.ServingError, match=r"Specific\(m, 8\)"):
        fakes.answers(models, number=8)


def test_a_directory_that_is_being_written_is_not_loaded(
    directory: pathlib.Path, make: fakes.Make
) -> None:
    models = make(settle_seconds=0.2)
    path = fakes.put(directory, 1)
    began = time.time()
    (path / "assets").mkdir()
    while not fakes.Fake.loaded:
        models.update()
        if time.time() - began < 0.3:
            (path / "assets" / "vocabulary").write_text(f"more {time.time()}")
    assert time.time() - began >= 0.45
