"""Databases that cannot be read, each told in one line, and none changed by being asked."""

import contextlib
import hashlib
import os
import pathlib
import sqlite3
import subprocess
import sys
from collections.abc import Callable

import pytest

from pipeline import errors, lineage
from pipeline import workspace as workspace_lib
from tests.pipeline.lineage import stores

_LOCK = """
import sqlite3, sys
file = sqlite3.connect(sys.argv[1])
file.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def _refusal(workspace: workspace_lib.Workspace) -> str:
    with pytest.raises(errors.ConfigError) as refused:
        lineage.read(workspace)
    [problem] = refused.value.problems
    assert "\n" not in problem
    return problem


def _digest(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _statement(sql: str) -> Callable[[pathlib.Path], None]:
    def execute(path: pathlib.Path) -> None:
        with contextlib.closing(sqlite3.connect(path)) as file, file:
            file.execute(sql)

    return execute


def _tear(path: pathlib.Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _garble(path: pathlib.Path) -> None:
    """Breaks pages in the middle, which opening does not look at."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 3
    content[middle : 2 * middle] = os.urandom(middle)
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: path.write_bytes(b""), "it is empty"),
        (lambda path: path.write_bytes(b"no database\n" * 100), "it is torn, or no database"),
        (_tear, "it is torn, or no database"),
        (_garble, "malformed"),
        (_statement("UPDATE MLMDEnv SET schema_version = 99"), "version 99 is greater than"),
        (_statement("UPDATE MLMDEnv SET schema_version = 6"), "version 6 is older than"),
        (_statement("DROP TABLE MLMDEnv"), "it has other tables"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_stays_as_it_is(
    store: stores.Store, spoil: Callable[[pathlib.Path], object], reason: str
) -> None:
    store.run("first")
    path = store.workspace.metadata_db
    spoil(path)
    before = _digest(path)
    told = _refusal(store.workspace)
    assert told.startswith(f"the database of ML Metadata cannot be read. Received: {path} (")
    assert reason in told
    assert _digest(path) == before


def test_a_locked_database_is_told_soon(store: stores.Store) -> None:
    store.run("first")
    command = [sys.executable, "-c", _LOCK, str(store.workspace.metadata_db)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        told = _refusal(store.workspace)
        other.communicate()
    assert told.endswith("(it is locked: another process writes to it)")


def test_asking_makes_no_database(tmp_path: pathlib.Path) -> None:
    place = workspace_lib.Workspace.at(tmp_path, "reviews")
    assert "must hold a run" in _refusal(place)
    assert not place.root.exists()


def test_asking_changes_nothing(store: stores.Store) -> None:
    store.run("first")
    before = _digest(store.workspace.metadata_db)
    history = lineage.read(store.workspace)
    assert len(history.runs) == 1
    assert _digest(store.workspace.metadata_db) == before
    assert not store.workspace.metadata_db.with_name("metadata.db-journal").exists()
