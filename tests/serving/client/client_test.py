"""The client against the server: every question, and how the server's words come back."""

import json
import pathlib
import subprocess
import sys
from collections.abc import Iterator
from concurrent import futures

import numpy as np
import pytest

from serving import server
from serving.client import answers, client, errors
from tests.serving import tiny

_ROOT = pathlib.Path(client.__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def serving(
    tmp_path_factory: pytest.TempPathFactory, saved: pathlib.Path, writer: pathlib.Path
) -> Iterator[server.Server]:
    """A server of the tiny model as version 123, labelled `stable`, and of a language model."""
    directory = tmp_path_factory.mktemp("asked")
    models = tiny.put_all(directory, tiny=(saved, 123), writer=(writer, 7))
    models[0]["version_labels"] = {"stable": 123}
    with tiny.serving(tiny.settings(directory, models=models, api_key="secret")) as one:
        yield one


@pytest.fixture(scope="module")
def asking(serving: server.Server) -> Iterator[client.Client]:
    with client.Client(f"http://127.0.0.1:{serving.port}/", api_key="secret") as one:
        yield one


@pytest.mark.parametrize("which", [{}, {"version": 123}, {"label": "stable"}])
def test_rows_come_back_as_rows(asking: client.Client, which: dict) -> None:
    [row] = asking.predict("tiny", ["größer"], **which)
    assert row == {"length": 0.8, "letters_bytes": b"g", "text": "größer", "version": 1.0}
    assert asking.predict("tiny", [{"text": b"\xc3\xa9"}], **which)[0]["text"] == "é"


def test_columns_come_back_as_columns(asking: client.Client) -> None:
    inputs = {"a": np.array([[1.0, 2.0]]), "b": [[3, 4]]}
    assert asking.predict_columns("tiny", inputs, signature="sums") == [[4.0, 6.0]]
    [none] = asking.predict("tiny", [float("nan")], signature="quotients")
    assert np.isnan(none)


def test_examples(asking: client.Client) -> None:
    classified = asking.classify("tiny", [{"x": 0.25}], signature="classify")
    assert classified == [[answers.Label("no", 0.75), answers.Label("yes", 0.25)]]
    assert asking.regress("tiny", [{"x": 0.25}, {"x": -3.0}], signature="regress") == [0.5, -6.0]


def test_status_and_metadata(asking: client.Client) -> None:
    assert asking.status("tiny") == [answers.VersionStatus(123, "AVAILABLE", "OK", "")]
    told = asking.metadata("tiny", label="stable")
    assert told.version == 123
    sums = told.signatures["sums"]
    assert sums.method_name == "tensorflow/serving/predict"
    assert sums.inputs["a"] == answers.Tensor("DT_FLOAT", (None, 2))
    assert set(sums.outputs) == {"sum"}


def test_a_text_that_grows(asking: client.Client) -> None:
    *tokens, end = asking.stream("writer", "Once", stop=["END"], seed=4)
    assert all(isinstance(token, answers.Token) for token in tokens)
    assert "".join(event.text for event in (*tokens, end)) == "Größe 1, 2, 3: "
    assert end == answers.End("", "stop", 20, 4, 7)
    for _ in asking.stream("writer", "Once"):
        break  # the connection is closed, and the next question has another one
    assert asking.predict("tiny", ["a"])


REFUSED = [
    (errors.InvalidRequestError, 400, lambda one: one.predict("tiny", [1]), "not of expected type"),
    (errors.NotFoundError, 404, lambda one: one.predict("none", [1]), "Latest(none)"),
    (
        errors.NotFoundError,
        404,
        lambda one: one.status("tiny", version=7),
        "Could not find version",
    ),
    (errors.InvalidRequestError, 400, lambda one: one.stream("tiny", "x"), "generate_start"),
    (
        errors.InvalidRequestError,
        400,
        lambda one: one.stream("writer", "x", temperature=-1),
        "`temperature` must be 0 or more",
    ),
]


@pytest.mark.parametrize(("kind", "status", "ask", "words"), REFUSED)
def test_the_servers_words_come_back(asking, kind, status, ask, words) -> None:
    with pytest.raises(kind) as raised:
        ask(asking)
    assert raised.value.status == status
    assert words in raised.value.message
    assert str(raised.value) == raised.value.message


def test_a_key_must_be_shown(serving: server.Server) -> None:
    for key in (None, "wrong"):
        one = client.Client(f"http://127.0.0.1:{serving.port}", api_key=key)
        with pytest.raises(errors.UnauthenticatedError, match="A valid API key must be shown"):
            one.status("tiny")


def test_threads_may_share_it(asking: client.Client) -> None:
    texts = [str(i) for i in range(64)]
    with futures.ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda text: asking.predict("tiny", [text])[0]["text"], texts))
    assert rows == texts


def test_what_cannot_be_meant_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`address` must be http://HOST\[:PORT\]"):
        client.Client("127.0.0.1:8501")
    with pytest.raises(ValueError, match="`version` or `label` must be None"):
        client.Client("http://127.0.0.1").predict("m", [], version=1, label="stable")


def test_it_imports_nothing_but_the_standard_library_and_itself() -> None:
    code = "import sys; from serving.client import client; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=_ROOT, capture_output=True, check=True, text=True
    )
    tops = {name.partition(".")[0] for name in done.stdout.split()} - {"serving", "__main__"}
    known = sys.stdlib_module_names | set(sys.builtin_module_names)
    assert {top for top in tops if top not in known} <= {"sitecustomize"}, json.dumps(sorted(tops))
