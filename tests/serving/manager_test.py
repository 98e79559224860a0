"""The models of a server: who answers, and what happens as they come, move and go."""

import pathlib
from collections.abc import Callable

import numpy as np
import pytest

from serving import (
    background,
    config,
    errors,
    manager,
    memory,
    version,
)
from tests.serving import fakes, tiny


def test_the_newest_answers_and_the_old_one_is_unloaded(
    directory: pathlib.Path, make: fakes.Make
) -> None:
    models = make()
    fakes.put(directory, "00000009")
    models.update()
    assert fakes.answers(models) == 9
    fakes.put(directory, 10)
    models.update()
    assert fakes.answers(models) == 10
    assert fakes.Fake.loaded == [9, 10]
    assert fakes.Fake.closed == [9]
    assert fakes.states(models) == {10: "AVAILABLE", 9: "END"}


def test_a_version_in_use_is_unloaded_when_it_is_let_go(
    directory: pathlib.Path, make: fakes.Make
) -> None:
    models = make()
    fakes.put(directory, 1)
    models.update()
    with models.lease(fakes.NAME) as served:
        fakes.put(directory, 2)
        models.update()
        assert fakes.answers(models) == 2
        models.update()
        assert fakes.states(models) == {2: "AVAILABLE", 1: "UNLOADING"}
        assert (served.number, fakes.Fake.closed) == (1, [])
    models.update()
    assert fakes.Fake.closed == [1]


def test_rolling_back_by_policy_and_by_label(directory: pathlib.Path, make: fakes.Make) -> None:
    both = {"specific": {"versions": [1, 2]}}
    models = make(both, labels={"stable": 2})
    for number in (1, 2):
        fakes.put(directory, number)
    models.update()
    assert (fakes.answers(models), fakes.answers(models, label="stable")) == (2, 2)
    models.apply(fakes.settings(directory, both, {"stable": 1}).models)
    assert (fakes.answers(models), fakes.answers(models, label="stable")) == (2, 1)
    models.apply(fakes.settings(directory, {"specific": {"versions": [1]}}).models)
    models.update()
    assert fakes.answers(models) == 1
    with pytest.raises(errors.ServingError, match="Unrecognized servable version label: stable"):
        fakes.answers(models, label="stable")


def test_a_model_that_is_served_no_more_is_unloaded(
    directory: pathlib.Path, make: fakes.Make, tmp_path: pathlib.Path
) -> None:
    models = make()
    fakes.put(directory, 1)
    models.update()
    other = {"name": "other", "base_path": str(tmp_path / "other")}
    models.apply(config.build({"models": [other]}, "test").models)
    models.update()
    assert models.names == ["other"]
    assert fakes.Fake.closed == [1]
    assert not models.is_ready()


def _moved(directory: pathlib.Path) -> tuple[config.ModelConfig, ...]:
    """The same model, at another directory."""
    return fakes.settings(directory, labels={"stable": 1}).models


def test_a_model_that_moves_answers_from_its_old_directory_until_the_new_one_is_loaded(
    directory: pathlib.Path, make: fakes.Make
) -> None:
    models = make()
    fakes.put(directory, 5)
    models.update()
    moved = directory / "moved"
    moved.mkdir()
    models.apply(_moved(moved))
    models.update()
    assert (fakes.answers(models), models.is_ready()) == (5, True)
    with pytest.raises(errors.ServingError, match="Unrecognized servable version label"):
        fakes.answers(models, label="stable")  # its labels come with it
    fakes.put(moved, 1, "broken")
    models.update()
    assert (fakes.answers(models), fakes.states(models)) == (5, {5: "AVAILABLE", 1: "END"})
    assert fakes.Fake.closed == []
    fakes.put(moved, 2)
    models.update()
    assert (fakes.answers(models), fakes.states(models)) == (2, {2: "AVAILABLE", 1: "END"})
    assert fakes.Fake.closed == [5]


def test_memory_is_given_back_but_for_the_end(
    directory: pathlib.Path, make: fakes.Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[int] = []
    monkeypatch.setattr(memory, "give_back", lambda: given_back.append(len(fakes.Fake.closed)))
    models = make()
    for number in (1, 2):
        fakes.put(directory, number)
        models.update()
    assert given_back == [1]
    models.stop()
    assert (fakes.Fake.closed, given_back) == ([1, 2], [1])


def test_loading_goes_behind_who_answers(
    directory: pathlib.Path, make: fakes.Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind: list[int] = []

    def run(work: Callable[[], version.ServedVersion]) -> version.ServedVersion:
        served = work()
        behind.append(served.number)
        return served

    monkeypatch.setattr(background, "run", run)
    models = make()
    for number in (1, 2):
        fakes.put(directory, number)
        models.update()
    assert behind == [2]  # for the first one, clients wait
    (directory / "moved").mkdir()
    fakes.put(directory / "moved", 3)
    models.apply(_moved(directory / "moved"))
    models.update()
    assert (behind, fakes.answers(models)) == ([2, 3], 3)


def test_a_model_that_moves_back_meanwhile_stays(directory: pathlib.Path, make: fakes.Make) -> None:
    models = make()
    fakes.put(directory, 5)
    models.update()
    for number in (1, 2):
        (directory / f"moved-{number}").mkdir()
        models.apply(_moved(directory / f"moved-{number}"))
        models.update()
    models.apply(fakes.settings(directory).models)
    fakes.put(directory / "moved-2", 7)
    models.update()
    assert (fakes.answers(models), fakes.Fake.loaded) == (5, [5])
    models.stop()
    assert fakes.Fake.closed == [5]


def test_a_model_of_which_nothing_answers_moves_at_once(
    directory: pathlib.Path, make: fakes.Make
) -> None:
    models = make()
    fakes.put(directory, 5, "broken")
    models.update()
    (directory / "moved").mkdir()
    models.apply(_moved(directory / "moved"))
    with pytest.raises(errors.ServingError, match="Could not find any versions of model m"):
        models.statuses(fakes.NAME)


def test_stopping_waits_for_those_who_still_ask(directory: pathlib.Path, make: fakes.Make) -> None:
    models = make()
    fakes.put(directory, 1)
    models.update()
    models.start()
    with models.lease(fakes.NAME):
        assert fakes.Fake.closed == []
    models.stop()
    assert fakes.Fake.closed == [1]
    with pytest.raises(errors.ServingError, match=r"Latest\(m\)"):
        fakes.answers(models)


def test_a_real_model_is_replaced_by_the_next(saved: pathlib.Path, tmp_path: pathlib.Path) -> None:
    tiny.put(saved, tmp_path, 1)
    models = manager.Manager(fakes.settings(tmp_path))
    models.update()
    tiny.put(saved, tmp_path, 2)
    with models.lease(fakes.NAME) as old:
        models.update()
        with models.lease(fakes.NAME) as new:
            x = {"x": np.array([4.0], np.float32)}
            for served in (old, new):
                signature = served.model.signature("quotients")
                assert served.model.run(signature, x)["y"].tolist() == [0.25]
    models.stop()
