"""Data that a run must not learn from, and what its owner can do about it."""

import json
import pathlib
import re
import shlex

import pytest
import yaml

from pipeline import lineage, workspace
from tests.end_to_end import user as user_lib

_SCHEMA = """
feature { name: "text" type: BYTES presence { min_fraction: 1.0 } shape { dim { size: 1 } } }
feature {
  name: "label" type: BYTES presence { min_fraction: 1.0 } shape { dim { size: 1 } }
  domain: "label" not_in_environment: "SERVING"
}
string_domain { name: "label" value: "négatif" value: "neutre" }
default_environment: "TRAINING"
default_environment: "SERVING"
"""
_PATH_OF_RUNNER = str(user_lib.SCRIPT)


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> user_lib.User:
    """Somebody who has a test file with rows of the train file in it, and a schema too narrow."""
    made = user_lib.User(tmp_path_factory.mktemp("user"))
    header, *rows = (made.directory / "reviews.csv").read_text(encoding="utf-8").splitlines()
    rows = rows[: user_lib.ROWS]
    _write(made.directory / "train.csv", [header, *rows[:400]])
    _write(made.directory / "test.csv", [header, *rows[400:], *rows[:30]])
    (made.directory / "schema.pbtxt").write_text(_SCHEMA, encoding="utf-8")
    config = {
        "name": "reviews",
        "data": {
            **{"train": "train.csv", "test": "test.csv", "schema": "schema.pbtxt"},
            **{"text": "review", "label": "stars"},
        },
        "model": {"num_layers": 1, "hidden_dim": 16, "intermediate_dim": 16},
        "tokenizer": {"max_length": 24, "vocabulary_size": 200},
        "train": {"epochs": 1, "batch_size": 32},
        "evaluate": {"floor": {"accuracy": 0.0}},
        "trial": {"bootstrap": 200},
        "probe": {"enabled": False},
    }
    (made.directory / "reviews.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return made


def _write(path: pathlib.Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def refused(user: user_lib.User) -> user_lib.Run:
    return user_lib.ended(user.command(_PATH_OF_RUNNER, "reviews.yaml"))


@pytest.fixture(scope="module")
def accepted(user: user_lib.User, refused: user_lib.Run) -> list[user_lib.Run]:
    """What `meritline schema` says: what differs, what was written, and then no difference."""
    assert refused.status == 4
    return [
        user_lib.ended(user.command("-m", "pipeline.cli", "schema", what, "reviews.yaml"))
        for what in ("diff", "accept", "diff")
    ]


@pytest.fixture(scope="module")
def remedied(
    user: user_lib.User, refused: user_lib.Run, accepted: list[user_lib.Run]
) -> user_lib.Run:
    """The run again, with the schema accepted and the other remedy taken as it was told."""
    assert accepted[1].status == 0
    [remedy] = re.findall(r"to accept it: .*(--set validate\.leakage\S+)", refused.out)
    return user_lib.ended(user.command(_PATH_OF_RUNNER, "reviews.yaml", *shlex.split(remedy)))


def test_refused_data_stops_the_run_before_anything_is_learned(refused: user_lib.Run) -> None:
    assert (refused.status, refused.err) == (4, "")
    assert refused.states["DataGate"] == "FAILED"
    assert not {"Transform", "Trainer", "Evaluator", "Pusher"} & refused.states.keys()


def test_a_refusal_says_what_broke_how_far_and_where(refused: user_lib.Run) -> None:
    lines = refused.out.splitlines()
    assert "error: the data gate refused: anomalies, leakage" in lines
    details = lines[lines.index("error: the data gate refused: anomalies, leakage") :]
    assert any("positif" in line for line in details)
    [count] = re.findall(r"leakage: .* of test rows \((\d+) of 130\)", "\n".join(details))
    assert 20 < int(count) <= 30  # some of the originals were dealt to eval
    leaked = [line for line in details if re.match(r" +test\.csv:\d+: .*train\.csv:\d+", line)]
    assert leaked
    rows = [int(number) for line in leaked for number in re.findall(r"^ +test\.csv:(\d+)", line)]
    assert all(row > 101 for row in rows)  # where the copies begin
    assert "Traceback" not in refused.out


def test_the_page_of_refused_data_is_there_to_look_at(
    user: user_lib.User, refused: user_lib.Run
) -> None:
    page = user.root / "data" / "index.html"
    assert str(page) in refused.out
    assert "positif" in page.read_text(encoding="utf-8")
    found = json.loads((user.root / "data" / "findings.json").read_text())
    assert {f["check"] for f in found["findings"] if f["level"] == "error"} == {
        "anomalies",
        "leakage",
    }


def test_a_change_of_the_schema_is_shown_and_taken(accepted: list[user_lib.Run]) -> None:
    difference, written, none = accepted
    assert "positif" in difference.out
    assert "schema.pbtxt" in written.out
    assert "no difference" in none.out
    assert [run.err for run in accepted] == ["", "", ""]


def test_a_remedy_is_one(remedied: user_lib.Run) -> None:
    assert remedied.status == 0, remedied.out
    assert remedied.states["DataGate"] == "MISS"
    assert remedied.states["Ingest"] == "HIT"


def test_the_lineage_tells_of_the_refusal(
    user: user_lib.User, refused: user_lib.Run, remedied: user_lib.Run
) -> None:
    history = lineage.read(workspace.Workspace(user.root))
    first, second = history.runs
    assert (first.state, second.state) == (lineage.State.REFUSED, lineage.State.DONE)
    assert "Transform" in first.not_run
    why = lineage.why.of(history, first)
    assert (why.stopped, why.pushed) == ("DataGate", "nothing: the run was refused")
    message, *details = why.error.splitlines()
    assert f"error: {message}" in refused.out.splitlines()
    assert any("positif" in line for line in details)
    assert lineage.facts.of(second).pushed == pathlib.Path(remedied.pushed).name


def test_too_many_rows_of_no_use_stop_the_run(user: user_lib.User, refused: user_lib.Run) -> None:
    rows = ["review,stars,shop", "fine,positif,Rome", "well,neutre,Rome", "what,,Rome"]
    _write(user.directory / "broken.csv", rows)
    broken = user.run(data="broken.csv")
    assert (broken.status, broken.err) == (4, "")
    assert broken.states == {"Config": "MISS", "Ingest": "FAILED"}
    [_, _, error, *details, log] = broken.out.splitlines()
    assert error.startswith("error: 1 of 3 rows could not be used")
    assert "broken.csv:4: `stars` must not be empty" in broken.out
    assert any("--set data.max_bad_fraction=" in line for line in details)
    assert log.startswith("log: /")
    quarantine = user.directory / "workspace" / "broken" / "quarantine" / "rows.jsonl"
    assert json.loads(quarantine.read_text())["raw"] == "what,,Rome\n"
