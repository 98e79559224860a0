"""Opens ML Metadata to read: nothing here ever writes to it, nor makes what is not there."""

import contextlib
import pathlib
import sqlite3
from collections.abc import Iterator

import ml_metadata
from ml_metadata import proto

from pipeline import errors, metadata_section, stores
from pipeline import workspace as workspace_lib

_TIMEOUT_SECONDS = 2.0  # for another process to end what it is writing


@contextlib.contextmanager
def opened(workspace: workspace_lib.Workspace) -> Iterator[ml_metadata.MetadataStore]:
    """Opens the database of a workspace; what goes wrong with it, then or later, is one line.

    Raises:
        ConfigError: If it is not there, locked, empty, torn, of another version or out of reach.
    """
    shown = stores.spell(workspace)
    config = stores.connection(workspace)
    if workspace.metadata.is_server:
        problems = list(metadata_section.problems(workspace.metadata))
        if problems:
            raise errors.ConfigError(problems)
        config.mysql.skip_db_creation = True
    else:
        _look_at(workspace.metadata_db)
        config.sqlite.connection_mode = proto.SqliteMetadataSourceConfig.READONLY
    with told(shown):
        # An older database is refused rather than made a newer one: to read must change nothing.
        yield ml_metadata.MetadataStore(config, enable_upgrade_migration=False)


@contextlib.contextmanager
def told(shown: str) -> Iterator[None]:
    """Makes one line of what goes wrong with a database under way.

    Raises:
        ConfigError: If anything does.
    """
    try:
        yield
    except (RuntimeError, ml_metadata.errors.StatusError) as error:
        # The first sentence says it; more of them are advice on upgrades, or a query.
        reason = " ".join(str(error).split()).partition(". ")[0].partition(" query: ")[0]
        raise _refused(shown, reason) from error


def _look_at(path: pathlib.Path) -> None:
    """Looks into a SQLite file: ML Metadata waits long for a lock, and then speaks of tables."""
    if not path.is_file():
        raise errors.ConfigError(
            f"`--workspace` must hold a run; `meritline run` makes one. Received: {path.parent}"
        )
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=_TIMEOUT_SECONDS)) as file:
            tables = {name for (name,) in file.execute("SELECT name FROM sqlite_master")}
            if "MLMDEnv" not in tables:
                what = "it has other tables" if tables else "it is empty"
                raise _refused(str(path), what)
            if not file.execute("SELECT COUNT(*) FROM Type").fetchone()[0]:
                raise _refused(str(path), "it is empty")
    except sqlite3.Error as error:
        if "locked" in str(error):
            raise _refused(str(path), "it is locked: another process writes to it") from error
        raise _refused(str(path), f"{error}: it is torn, or no database") from error


def _refused(shown: str, reason: str) -> errors.ConfigError:
    return errors.ConfigError(
        f"the database of ML Metadata cannot be read. Received: {shown} ({reason})"
    )
