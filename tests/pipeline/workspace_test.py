import pathlib

import pytest

from pipeline import errors, workspace


def test_paths_are_absolute_and_under_the_runs_name(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = workspace.Workspace.at("w/../w", "demo")
    root = tmp_path.resolve() / "w" / "demo"
    assert made.root == root
    assert made.artifacts == root / "artifacts"
    assert made.metadata_db == root / "metadata.db"
    assert made.serving == root / "serving" / "demo"
    assert {path.parent for path in (made.logs, made.backups, made.report)} == {root}
    assert not root.exists()


def test_it_is_made_with_its_parents(tmp_path: pathlib.Path) -> None:
    made = workspace.Workspace.at(tmp_path / "a" / "b", "demo")
    made.make()
    made.make()
    assert made.root.is_dir()


def test_a_file_in_its_place_is_told(tmp_path: pathlib.Path) -> None:
    (tmp_path / "w").write_text("")
    made = workspace.Workspace.at(tmp_path / "w", "demo")
    with pytest.raises(errors.ConfigError) as caught:
        made.make()
    assert str(caught.value) == (
        "`--workspace` must be a directory that can be written. "
        f"Received: {made.root} (Not a directory)"
    )
