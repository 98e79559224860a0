"""The database that ML Metadata writes to."""

import socket

import pydantic
import pytest

from pipeline import metadata_section

_SERVER = {"backend": "mysql", "host": "127.0.0.1", "user": "me"}


def test_a_file_is_the_default_and_has_no_address() -> None:
    assert not metadata_section.MetadataConfig().is_server
    with pytest.raises(pydantic.ValidationError, match=r"`metadata\.host` is of a server"):
        metadata_section.MetadataConfig(host="db")


@pytest.mark.parametrize("key", ["host", "user"])
def test_a_server_needs_an_address_and_a_user(key: str) -> None:
    told = {name: value for name, value in _SERVER.items() if name != key}
    with pytest.raises(pydantic.ValidationError, match=rf"`metadata\.{key}` must be given"):
        metadata_section.MetadataConfig(**told)


def test_a_server_listens_where_such_servers_do() -> None:
    assert metadata_section.MetadataConfig(**_SERVER).address == ("127.0.0.1", 3306)


def test_the_password_is_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    told = metadata_section.MetadataConfig(**_SERVER, password_env="MINE")  # noqa: S106 - a name
    monkeypatch.delenv("MINE", raising=False)
    assert told.password == ""
    monkeypatch.setenv("MINE", "secret")
    assert told.password == "secret"
    assert "secret" not in repr(told)


def test_a_server_that_does_not_answer_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        told = metadata_section.MetadataConfig(**_SERVER, port=port)
        assert list(metadata_section.problems(told)) == []
    assert list(metadata_section.problems(told)) == [
        "`metadata.host` must be a server of mysql that can be reached. "
        f"Received: 127.0.0.1:{port} (Connection refused)"
    ]
    assert list(metadata_section.problems(metadata_section.MetadataConfig())) == []
