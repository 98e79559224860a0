"""The page's files, how they are guarded, and what it is told of the models."""

import http.client
import json
import pathlib
import re

import pytest

from serving.rest import page
from tests.serving import task_models, tiny

_FILES = pathlib.Path(page.__file__).resolve().parents[1] / "page"


def _get(client: tiny.Client, path: str, method: str = "GET", **headers: str):
    """Gets a file; returns status, headers and content."""
    connection: http.client.HTTPConnection = client._connection
    connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    response = connection.getresponse()
    return response.status, dict(response.getheaders()), response.read()


@pytest.mark.parametrize(
    ("path", "name", "kind"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/index.html", "index.html", "text/html; charset=utf-8"),
        ("/page/page.css", "page.css", "text/css; charset=utf-8"),
        ("/page/main.js", "main.js", "text/javascript; charset=utf-8"),
        ("/page/icon.svg", "icon.svg", "image/svg+xml"),
    ],
)
def test_files_come_as_they_are_and_guarded(client, path, name, kind) -> None:
    status, headers, content = _get(client, path)
    assert (status, headers["content-type"]) == (200, kind)
    assert content == (_FILES / name).read_bytes()
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert {policy[f"{what}-src"] for what in ("script", "style", "img", "connect")} == {"'self'"}
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"


def test_a_file_that_has_not_changed_is_not_sent_again(client) -> None:
    _, headers, _ = _get(client, "/page/main.js")
    status, _, content = _get(client, "/page/main.js", if_none_match=headers["etag"])
    assert (status, content) == (304, b"")
    assert _get(client, "/page/main.js", if_none_match='"other"')[0] == 200
    assert _get(client, "/", method="HEAD")[2] == b""


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/page/none.js", 404),
        ("/page/__init__.py", 404),
        ("/page/../page/main.js", 400),
        ("/page/%2e%2e%2fmain.js", 400),
        ("/page/", 400),
    ],
)
def test_nothing_else_is_a_file(client, path, status) -> None:
    answered, _, content = _get(client, path)
    assert answered == status
    assert set(json.loads(content)) == {"error"}


def test_files_name_no_other_host_and_hold_no_code_of_their_own() -> None:
    sources = [path for path in _FILES.iterdir() if path.suffix in (".html", ".css", ".js")]
    assert len(sources) > 5
    for path in sources:
        text = path.read_text()
        assert re.findall(r"https?://|//\w|@import|url\(", text) == [], path
        assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(", text) == [], path
        assert re.findall(r"<style|style=|\son\w+=|javascript:", text) == [], path


def test_every_file_is_asked_for_by_another() -> None:
    texts = "".join(path.read_text() for path in _FILES.iterdir() if path.suffix != ".py")
    for path in _FILES.iterdir():
        if path.suffix in (".css", ".js", ".svg"):
            assert path.name in texts, path


def test_what_there_is_to_ask(tmp_path: pathlib.Path, saved: pathlib.Path) -> None:
    task_models.question_answering().save(tmp_path / "qa" / "4")
    task_models.regression().save(tmp_path / "odd" / "2")
    (tmp_path / "odd" / "2" / "assets.extra" / "task.json").write_text("[torn")
    (tmp_path / "none").mkdir()
    models = [{"name": name, "base_path": str(tmp_path / name)} for name in ("qa", "odd", "none")]
    with tiny.serving(tiny.settings(tmp_path, models=models), ready=False) as server:
        tiny.wait_for(lambda: server.models.is_ready("qa") and server.models.is_ready("odd"))
        client = tiny.Client(server.port)
        status, told = client.get("/page/models")
        client.close()
    assert status == 200
    answering, odd, none = told["models"]
    assert (answering["name"], answering["version"]) == ("qa", "4")
    assert answering["task"] == task_models.question_answering().task
    text = {"dtype": "string", "shape": [None]}
    [signature] = answering["signatures"].values()
    assert signature["inputs"] == [{"name": "context", **text}, {"name": "question", **text}]
    assert [one["name"] for one in signature["outputs"]] == ["answer", "end", "score", "start"]
    assert (odd["version"], odd["task"]) == ("2", None)
    assert none == {
        "name": "none",
        "version": None,
        "error": "Servable not found for request: Latest(none)",
    }


def test_there_need_be_no_page(base_path: pathlib.Path) -> None:
    with tiny.serving(tiny.settings(base_path, page=False)) as server:
        client = tiny.Client(server.port)
        for path in ("/", "/page/main.js", "/page/models"):
            assert client.get(path) == (400, {"error": f"Malformed request: GET {path}"})
        client.close()
