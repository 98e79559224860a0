"""The process, as far as it needs no model: how it ends, and what is told of that."""

import json
import os
import pathlib
import signal
import textwrap

import numpy as np
import pytest

from components.probe import client

_OFFER = {"seconds": 0.5, "signatures": {}}


@pytest.fixture
def pretend(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch):
    """Puts a script of few lines in the place of the server, which tells it has loaded a model."""

    def script(then: str) -> None:
        lines = ["import os, signal, sys, time", f"offer = {json.dumps(_OFFER)!r}"]
        lines += ["replies = os.fdopen(int(sys.argv[2]), 'w', buffering=1)"]
        path = tmp_path / "server.py"
        path.write_text("\n".join([*lines, textwrap.dedent(then)]))
        monkeypatch.setattr(client, "_SERVER", path)

    return script


def _ask() -> client.Reply:
    with client.serving("nowhere", 60.0) as server:
        return server.ask("serving_default", {"text": np.array([b"a"], object)}, 1.0)


def test_what_is_answered(pretend) -> None:
    pretend("""
        print(offer, file=replies)
        print('{"error": "no"}', file=replies)
        sys.stdin.readline()
    """)
    assert _ask() == client.Reply({}, 0.0, "no")


@pytest.mark.parametrize(
    ("then", "told"),
    [
        (
            "os.kill(os.getpid(), signal.SIGKILL)",
            "was killed by signal 9 (SIGKILL), as a system does that is out of memory",
        ),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "was killed by signal 11 (SIGSEGV)"),
        ("sys.exit(3)", "ended with status 3: nothing was said"),
        ("raise ImportError('no op')", "ended with status 1: ImportError: no op"),
        ("time.sleep(60)", "did not answer within 1 s"),
    ],
)
def test_an_end_is_told_plainly(pretend, then: str, told: str) -> None:
    pretend(f"print(offer, file=replies)\nsys.stdin.readline()\n{then}")
    with pytest.raises(client.Ended) as ended:
        _ask()
    assert str(ended.value) == told


def test_a_process_that_has_ended_takes_no_more_orders(pretend) -> None:
    pretend("print(offer, file=replies)")
    long = np.array([b"a" * 1_000_000], object)
    with client.serving("nowhere", 60.0) as server, pytest.raises(client.Ended, match="status 0"):
        server.ask("serving_default", {"text": long}, 60.0)


def test_loading_takes_no_longer_than_it_may(pretend) -> None:
    pretend("time.sleep(60)")
    told = r"^did not load the model within 0.2 s$"
    with pytest.raises(client.Ended, match=told), client.serving("nowhere", 0.2):
        pass


def test_no_process_outlives_the_block(pretend) -> None:
    pretend("""
        print(offer.replace('0.5', str(os.getpid())), file=replies)
        time.sleep(60)
    """)
    with client.serving("nowhere", 60.0) as server:
        process = int(server.load_seconds)
        os.kill(process, 0)  # it is there
    with pytest.raises(ProcessLookupError):
        os.kill(process, signal.SIGTERM)


def test_what_is_hidden_cannot_be_imported() -> None:
    # TensorFlow itself, so that nothing is waited for.
    told = r"^ended with status 1: ModuleNotFoundError: No module named 'tensorflow'$"
    hiding = client.serving("nowhere", 60.0, hidden=["tensorflow"])
    with pytest.raises(client.Ended, match=told), hiding:
        pass


def test_every_room_of_the_project_is_hidden() -> None:
    root = pathlib.Path(__file__).resolve().parents[3]
    rooms = {path.parent.name for path in root.glob("*/__init__.py")}
    runners = {path.stem for path in root.glob("*.py")}
    assert set(client.HIDDEN) == rooms | runners
