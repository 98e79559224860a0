"""ML Metadata in a file, and on a real server where there is one."""

import getpass
import json
import pathlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import ml_metadata
import pytest
from ml_metadata import proto

from pipeline import metadata_section, stores, workspace

_USER, _PASSWORD, _DATABASE = "meritline", "secret", "runs"


def test_a_file_lies_in_the_workspace(tmp_path: pathlib.Path) -> None:
    place = workspace.Workspace.at(tmp_path, "reviews")
    assert not place.has_runs
    assert stores.connection(place).sqlite.filename_uri == str(place.metadata_db)
    place.make()
    place.metadata_db.touch()
    assert place.has_runs


def test_a_mysql_server_is_told_all_of_it(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MERITLINE_METADATA_PASSWORD", "secret")
    told = metadata_section.MetadataConfig(
        backend="mysql", host="db", port=3307, database=_DATABASE, user=_USER
    )
    place = workspace.Workspace.at(tmp_path, "reviews", told)
    made = stores.connection(place).mysql
    assert (made.host, made.port, made.database) == ("db", 3307, _DATABASE)
    assert (made.user, made.password) == (_USER, "secret")
    assert place.has_runs


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server of MariaDB, which speaks as MySQL does, on a port of its own."""
    # It takes a server to show that one works, and the project's own set-up installs none.
    if shutil.which("mariadbd") is None or shutil.which("mariadb-install-db") is None:
        pytest.skip("no server of MySQL's kind is installed (Debian's package mariadb-server)")
    directory = tmp_path_factory.mktemp("mariadb")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    data = ("--no-defaults", f"--datadir={directory / 'data'}")
    # The server refuses to run as root unless it is told to.
    user = ("--user=root",) if getpass.getuser() == "root" else ()
    subprocess.run(
        ["mariadb-install-db", *data, *user, "--skip-test-db"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    listens = (f"--port={port}", "--bind-address=127.0.0.1", f"--socket={directory / 's'}")
    init = directory / "init.sql"
    init.write_text(  # a statement a line
        f"CREATE USER '{_USER}'@'%' IDENTIFIED BY '{_PASSWORD}';\n"
        f"GRANT ALL ON *.* TO '{_USER}'@'%';\n"
    )
    with (directory / "log").open("w") as log:
        process = subprocess.Popen(
            ["mariadbd", *data, *user, *listens, f"--init-file={init}"], stdout=log, stderr=log
        )
    told = metadata_section.MetadataConfig(**_told(port))
    for _ in range(300):
        if not list(metadata_section.problems(told)):
            break
        time.sleep(0.1)
    yield port
    process.terminate()
    process.wait(timeout=60)


def _told(port: int) -> dict[str, Any]:
    return {
        "backend": "mysql",
        "host": "127.0.0.1",
        "port": port,
        "database": _DATABASE,
        "user": _USER,
    }


def test_a_server_keeps_what_is_recorded(
    server: int, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MERITLINE_METADATA_PASSWORD", _PASSWORD)
    told = metadata_section.MetadataConfig(**_told(server))
    place = workspace.Workspace.at(tmp_path, "reviews", told)
    store = ml_metadata.MetadataStore(stores.connection(place))
    type_id = store.put_artifact_type(proto.ArtifactType(name="components.Quarantine"))
    made = proto.Artifact(type_id=type_id, uri="/q")
    # What settings are full of, and what ML Metadata's PostgreSQL does not take.
    settings = json.dumps({"text": json.dumps({"é": 'a "b" \\ \n'})})
    made.custom_properties["settings"].string_value = settings
    store.put_artifacts([made])
    again = ml_metadata.MetadataStore(stores.connection(place))
    [found] = again.get_artifacts_by_type("components.Quarantine")
    assert found.custom_properties["settings"].string_value == settings
    assert not place.root.exists()
