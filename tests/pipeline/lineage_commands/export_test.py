"""`meritline lineage export`: to the terminal, or a file that is whole."""

import json
import pathlib

import pytest

from pipeline.lineage import events

pytestmark = pytest.mark.usefixtures("made")


def test_a_document_by_default(ask) -> None:
    told = ask("export", "--workspace", ".")
    assert told.exit_code == 0
    found = json.loads(told.stdout)
    assert set(found) == {"pipeline", "store", "runs", "artifacts"}
    [run] = found["runs"]
    assert run["facts"]["pushed"] == "17"
    trainer = next(each for each in run["executions"] if each["node"] == "Trainer")
    [model] = trainer["outputs"]["model"]
    [artifact] = [each for each in found["artifacts"] if each["id"] == model]
    assert (artifact["type"], artifact["node"]) == ("Model", "Trainer")


def test_events_are_a_line_each(ask) -> None:
    told = ask("export", "--workspace", ".", "--format", "openlineage", "--namespace", "shop")
    found = [json.loads(line) for line in told.stdout.splitlines()]
    assert {event["job"]["namespace"] for event in found} == {"shop"}
    assert (found[0]["eventType"], found[-1]["eventType"]) == ("START", "COMPLETE")


def test_a_file_takes_the_place_of_the_terminal(ask, tmp_path: pathlib.Path) -> None:
    (tmp_path / "lineage.json").write_text("of yesterday")
    told = ask("export", "--workspace", ".", "--output", "lineage.json")
    assert (told.exit_code, told.output) == (0, "")
    expected = ask("export", "--workspace", ".").stdout
    assert (tmp_path / "lineage.json").read_text() == expected


def test_a_file_is_written_whole_or_not_at_all(
    ask, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object):
        yield "{}"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(events, "of", breaks)
    (tmp_path / "events").write_text("of yesterday")
    told = ask("export", "--workspace", ".", "--format", "openlineage", "--output", "events")
    assert told.exit_code == 2
    assert told.stderr == (
        "error: `--output` must be a file that can be written. Received: events "
        "(No space left on device)\n"
    )
    assert (tmp_path / "events").read_text() == "of yesterday"
    assert not list(tmp_path.glob(".events*"))


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("--output", "absent/lineage.json"),
            "`--output` must be a file that can be written. Received: absent/lineage.json "
            "(No such file or directory)",
        ),
        (("--namespace", "shop"), "`--namespace` needs --format openlineage. Received: shop"),
    ],
)
def test_a_wrong_question_is_one_line(ask, arguments: tuple[str, ...], line: str) -> None:
    told = ask("export", "--workspace", ".", *arguments)
    assert (told.exit_code, told.stderr) == (2, f"error: {line}\n")
