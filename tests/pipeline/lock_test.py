import contextlib
import pathlib
from collections.abc import Callable

import pytest

from pipeline import errors, lock, workspace

_TAKEN = (
    r"`--workspace` must not be in use by another run, nor by `meritline lineage gc`\. Received"
)


@pytest.fixture
def place(tmp_path: pathlib.Path) -> workspace.Workspace:
    made = workspace.Workspace.at(tmp_path, "demo")
    made.make()
    return made


@pytest.mark.parametrize("other", [lock.alone, lock.together])
def test_whoever_is_alone_keeps_others_out_until_the_end(
    place: workspace.Workspace, other: Callable[..., contextlib.AbstractContextManager[None]]
) -> None:
    with (
        lock.alone(place),
        pytest.raises(errors.ConfigError, match=f"{_TAKEN}: {place.root}$"),
        other(place),
    ):
        pass
    with other(place):
        pass


def test_those_who_can_be_together_keep_out_whoever_must_be_alone(
    place: workspace.Workspace,
) -> None:
    with (
        lock.together(place),
        lock.together(place),
        pytest.raises(errors.ConfigError, match=_TAKEN),
        lock.alone(place),
    ):
        pass
    with lock.alone(place):
        pass


def test_a_place_that_cannot_be_written_is_told(place: workspace.Workspace) -> None:
    (place.root / ".lock").mkdir()
    with (
        pytest.raises(errors.ConfigError, match=r"must be a directory that can be written"),
        lock.alone(place),
    ):
        pass
