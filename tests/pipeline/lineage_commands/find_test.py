"""`meritline lineage find` on a store of two runs."""

import datetime
import json
import pathlib

import pytest
from click import testing

from pipeline import workspace as workspace_lib
from pipeline.lineage_commands import asking, group
from tests.pipeline.lineage import stores


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A workspace with two runs; the cache answers the second with examples of the first."""
    path = tmp_path_factory.mktemp("find")
    store = stores.Store(workspace_lib.Workspace.at(path, "reviews"))
    ingested = store.run("first", value=0.8, pushed="17")
    store.run("second", value=0.9, cached={"Ingest": ingested["Ingest"]})
    return path


def _find(directory: pathlib.Path, *arguments: str) -> testing.Result:
    given = ["find", "--workspace", str(directory), *arguments]
    return testing.CliRunner().invoke(group.lineage, given)


def test_what_was_found_stands_in_a_table(directory: pathlib.Path) -> None:
    shown = _find(directory, "--artifact", "modelevaluation", "--where", "accuracy>0.85")
    assert shown.exit_code == 0
    title, head, row = shown.output.splitlines()
    [told] = json.loads(
        _find(directory, "--artifact", "ModelEvaluation", "--last", "1", "--json").stdout
    )
    assert title == "reviews: ModelEvaluation, 1 found"
    assert head.split() == ["id", "run", "node", "when", "accuracy", "uri"]
    when = asking.when(datetime.datetime.fromisoformat(told["created"])).split()
    assert row.split() == [str(told["id"]), "second", "Evaluator", *when, "0.9000", told["uri"]]
    assert told["properties"]["accuracy"] == 0.9


@pytest.mark.parametrize(
    ("arguments", "runs"),
    [
        (("Quarantine",), ["first"]),  # of the run that made it, not of those that it served
        (("components.QUARANTINE",), ["first"]),
        (("Model",), ["first", "second"]),
        (("Model", "--last", "1"), ["second"]),
        (("Model", "--where", "run=latest"), ["second"]),
        (("Model", "--where", "run!=latest"), ["first"]),
        (("ModelEvaluation", "--where", "accuracy>0.1", "--where", "run=first"), ["first"]),
        (("PushedModel", "--where", "pushed_version=17"), ["first"]),
        (("Examples", "--where", "node=Transform"), ["first", "second"]),
        (("Model", "--where", "created<2026-01-01"), []),
        (("ModelEvaluation", "--where", "accuracy>0.95"), []),
    ],
)
def test_all_conditions_must_hold(
    directory: pathlib.Path, arguments: tuple[str, ...], runs: list[str]
) -> None:
    shown = _find(directory, "--json", "--artifact", *arguments)
    assert [each["run"] for each in json.loads(shown.stdout)] == runs
    assert shown.exit_code == (0 if runs else 1)


def test_that_nothing_was_found_is_said_as_grep_says_it(directory: pathlib.Path) -> None:
    shown = _find(directory, "--artifact", "Model", "--where", "id<0")
    assert (shown.exit_code, shown.output) == (1, "reviews: Model, none found\n")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("Modell",),
            "`--artifact` must be a type of the artifacts of reviews: DataReport, "
            "ExampleAnomalies, ExampleStatistics, Examples, InfraBlessing, Model, ModelBlessing, "
            "ModelEvaluation, ProbeReport, PushedModel, Quarantine, RunConfig, RunReport, Schema, "
            "TextStatistics, TransformGraph. Received: Modell",
        ),
        (
            ("Model", "--where", "acuracy>0.9"),
            "`--where` must name a key of Model: created, id, is_external, node, run, tfx_version, "
            "uri. Received: acuracy",
        ),
        (
            ("Model", "--where", "id"),
            "`--where` must be KEY=VALUE, or with one of != < <= > >=. Received: id",
        ),
    ],
)
def test_a_wrong_question_is_one_line(
    directory: pathlib.Path, arguments: tuple[str, ...], line: str
) -> None:
    refused = _find(directory, "--artifact", *arguments)
    assert (refused.exit_code, refused.stderr) == (2, f"error: {line}\n")
