"""`meritline lineage diff` as people and programs read it."""

import json
import shutil

import click.testing
import pytest

from pipeline import workspace as workspace_lib
from pipeline.lineage_commands import group
from tests.pipeline.lineage import stores
from tests.pipeline.lineage.diff import pairs


@pytest.fixture
def store(tmp_path) -> stores.Store:
    """A store with two runs that differ in a few parts."""
    made = stores.Store(workspace_lib.Workspace.at(tmp_path, "reviews"))
    b = pairs.Side(
        epochs=3,
        tokens=("[PAD]", "fine", " caf\\xc3", "so"),
        accuracy=(0.7, 0.66, 0.82),
        sources={"b.csv": "7"},
    )
    pairs.write(made, pairs.Side(), b, pushed="17")
    pairs.note_rows(made, {pairs.A: {"rows_train": 1008}, pairs.B: {"rows_train": 909}})
    return made


def _ask(store: stores.Store, *arguments: str) -> click.testing.Result:
    asked = ["diff", *arguments, "--workspace", str(store.workspace.root)]
    return click.testing.CliRunner().invoke(group.lineage, asked, catch_exceptions=False)


def test_people_read_the_most_important_first(store: stores.Store) -> None:
    found = _ask(store, "first", "latest")
    lines = found.output.splitlines()
    assert found.exit_code == 0
    assert lines[0].startswith("A  Run first: done, blessed, accuracy 0.5000")
    assert lines[1].startswith("B  Run second: done, blessed, pushed 17, accuracy 0.7000")
    heads = [line for line in lines if line and not line.startswith(" ")]
    titles = [head.partition("  ")[0] for head in heads[2:]]
    assert titles == ["Metrics", "Config", "Files", "Vocabulary", "The same"] + [
        "Not compared" for _ in range(2)
    ]


def test_metrics_have_intervals_and_say_how_sure_they_are(store: stores.Store) -> None:
    told = _ask(store, "first", "second").output
    assert (
        "Metrics  transformer, on test rows that Ingest made anew (40 → 40), with 95 % intervals"
        in told
    )
    row = "  accuracy  0.5000 (0.4500 to 0.5300)  0.7000 (0.6600 to 0.8200)  "
    assert f"{row}+0.2000 (+0.1500 to +0.3300)  better\n" in told
    assert "  intervals of B - A (MOVER) hold for independent test rows; as far as" in told


def test_rows_keys_files_and_tokens_are_told(store: stores.Store) -> None:
    told = _ask(store, "first", "second").output
    assert "  train.epochs  1  →  3\n" in told
    assert "  rows       A    B  B - A\n  train  1,008  909    -99\n" in told
    assert "  added  b.csv  3 rows, 0.0 kB\n  gone   a.csv  3 rows, 0.0 kB\n" in told
    assert "Vocabulary  2 → 4, 2 in both\n  added  2  ` caf\\xc3` `so`\n" in told


def test_reasons_that_are_one_are_told_once(store: stores.Store) -> None:
    shutil.rmtree(store.workspace.artifacts / "Transform")
    told = _ask(store, "first", "second").output
    reason = "the files of the vocabulary of first are gone"
    assert f"Not compared  tokens, targets, labels: {reason}\n" in told


def test_programs_read_all_of_it(store: stores.Store) -> None:
    found = json.loads(_ask(store, "latest~1", "latest", "--json").output)
    assert found["a"]["run"] == "first"
    assert found["tokens"]["added"] == [" caf\\xc3", "so"]
    assert found["config"] == [{"name": "train.epochs", "old": 1, "new": 3, "missing": None}]
    assert found["metrics"]["rows"][0]["difference"]["low"] == pytest.approx(0.15)
    assert found["schema"] is None
    assert "schema" in found["same"]


def test_a_version_names_the_run_that_pushed_it(store: stores.Store) -> None:
    assert _ask(store, "first", "17").output.splitlines()[1].startswith("B  Run second")


def test_a_run_that_there_is_not_is_a_line_and_status_2(store: stores.Store) -> None:
    found = _ask(store, "latest~2", "latest")
    assert found.exit_code == 2
    assert "Received: latest~2; the newest are second, first" in found.output
