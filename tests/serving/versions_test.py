"""Versions, as a model server would find them."""

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
