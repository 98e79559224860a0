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
import yaml
from ml_metadata import proto

from pipeline import errors, lineage, metadata_section, stores, workspace

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


def test_the_lineage_is_read_from_a_server_too(
    server: int, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MERITLINE_METADATA_PASSWORD", _PASSWORD)
    told = metadata_section.MetadataConfig(**{**_told(server), "database": "lineage"})
    place = workspace.Workspace.at(tmp_path, "reviews", told)
    with pytest.raises(errors.ConfigError, match=r"cannot be read\. Received: mysql://"):
        lineage.read(place)
    store = ml_metadata.MetadataStore(stores.connection(place))
    _record(store, "reviews", "first")
    _record(store, "other", "second")
    history = lineage.read(place, "reviews")
    [run] = history.runs
    assert (run.id, history.store) == ("first", f"mysql://{_USER}@127.0.0.1:{server}/lineage")
    model = run.output("Trainer", "model")
    assert model is not None
    assert (model.uri, history.producer(model)) == ("/model", run.execution("Trainer"))
    assert _PASSWORD not in repr(history)


def test_the_newest_config_tells_that_a_server_has_the_records(tmp_path: pathlib.Path) -> None:
    told = metadata_section.MetadataConfig(**_told(3306))
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"metadata": told.model_dump()}))
    assert workspace.Workspace.found(tmp_path) == workspace.Workspace(tmp_path, told)
    (tmp_path / "config.yaml").write_text("metadata: {backend: oracle}\n")
    with pytest.raises(errors.ConfigError, match="`metadata` cannot be read"):
        workspace.Workspace.found(tmp_path)
    (tmp_path / "config.yaml").write_text("name: reviews\n")
    assert workspace.Workspace.found(tmp_path) is None


def _record(store: ml_metadata.MetadataStore, pipeline: str, run: str) -> None:
    """Writes a run of one node."""
    contexts = []
    for type_, name in (
        ("pipeline", pipeline),
        ("pipeline_run", run),
        ("node", f"{pipeline}.Trainer"),
    ):
        type_id = store.put_context_type(proto.ContextType(name=type_))
        contexts.append(proto.Context(type_id=type_id, name=name))
    execution_type = store.put_execution_type(proto.ExecutionType(name="Trainer"))
    model_type = store.put_artifact_type(proto.ArtifactType(name="Model"))
    event = proto.Event(type=proto.Event.OUTPUT)
    event.path.steps.add().key = "model"
    event.path.steps.add().index = 0
    model = proto.Artifact(type_id=model_type, uri="/model")
    execution = proto.Execution(type_id=execution_type, last_known_state=proto.Execution.COMPLETE)
    store.put_execution(execution, [(model, event)], contexts)
