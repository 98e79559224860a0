"""Versions, as a model server would find them."""

import os
import pathlib

import pytest

from serving import versions


def _version(directory: pathlib.Path, name: str, whole: bool = True) -> pathlib.Path:
    path = directory / name
    path.mkdir()
    (path / ("saved_model.pb" if whole else "variables")).touch()
    return path


def test_the_newest_is_the_largest_number_and_not_the_last_name(tmp_path: pathlib.Path) -> None:
    _version(tmp_path, "9")
    newest = _version(tmp_path, "10")
    assert versions.latest(tmp_path) == newest
    assert versions.latest(str(tmp_path)) == newest


@pytest.mark.parametrize(("newer", "older"), [("00000124", "123"), ("123", "00000122")])
def test_zeros_in_front_do_not_count(tmp_path: pathlib.Path, newer: str, older: str) -> None:
    _version(tmp_path, older)
    newest = _version(tmp_path, newer)
    assert versions.latest(tmp_path) == newest


@pytest.mark.parametrize("name", ["200", "v7", "-8", "9.5", "²", "٣", "temp-201"])
def test_what_is_no_whole_version_is_left_out(tmp_path: pathlib.Path, name: str) -> None:
    """`200` is being written; the others are no integers to a model server."""
    newest = _version(tmp_path, "5")
    _version(tmp_path, name, whole=name != "200")
    (tmp_path / "300").touch()  # a file
    assert versions.latest(tmp_path) == newest


def test_a_versions_own_directory_is_itself(tmp_path: pathlib.Path) -> None:
    assert versions.latest(_version(tmp_path, "7")) == tmp_path / "7"
    assert versions.latest(_version(tmp_path, "a model")) == tmp_path / "a model"


def test_without_a_version_it_says_what_there_must_be(tmp_path: pathlib.Path) -> None:
    _version(tmp_path, "1", whole=False)
    with pytest.raises(FileNotFoundError, match=r"must hold a version.*Received: /"):
        versions.latest(tmp_path)


def test_without_a_directory_it_says_so(tmp_path: pathlib.Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"must be a serving directory\. Received: .*/nope"):
        versions.latest(tmp_path / "nope")
    (tmp_path / "file").touch()
    with pytest.raises(FileNotFoundError, match="must be a serving directory"):
        versions.latest(tmp_path / "file")


def _write(path: pathlib.Path, *names: str) -> None:
    for name in names:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).touch()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["saved_model.pb"], True),
        (["assets/vocabulary"], False),
        (["variables/variables.data-00000-of-00001", "variables/variables.index"], False),
        (["saved_model.pb", "variables/variables.index"], False),
        (["saved_model.pb", "variables/variables.data-00000-of-00001"], False),
        (
            [
                "saved_model.pb",
                "variables/variables.index",
                "variables/variables.data-00000-of-00002",
            ],
            False,
        ),
        (
            [
                "saved_model.pb",
                "variables/variables.index",
                "variables/variables.data-00000-of-00002",
                "variables/variables.data-00001-of-00002",
            ],
            True,
        ),
    ],
)
def test_a_version_is_whole_once_all_its_files_are_there(
    tmp_path: pathlib.Path, names: list[str], expected: bool
) -> None:
    _write(tmp_path, *names)
    assert versions.is_whole(tmp_path, 0.0) is expected


def test_a_version_is_not_whole_while_it_changes(tmp_path: pathlib.Path) -> None:
    _write(tmp_path, "saved_model.pb")
    for path in (tmp_path / "saved_model.pb", tmp_path):
        os.utime(path, (0, 0))  # as `cp --preserve` would have it
    assert not versions.is_whole(tmp_path, 3600.0)
    assert not versions.is_whole(tmp_path / "nope", 0.0)


def test_all_versions_are_found_by_number(tmp_path: pathlib.Path) -> None:
    nine = _version(tmp_path, "0009")
    ten = _version(tmp_path, "10", whole=False)
    _version(tmp_path, "copy-11")
    assert versions.find(tmp_path) == {9: nine, 10: ten}
    assert versions.find(tmp_path / "nope") == {}
