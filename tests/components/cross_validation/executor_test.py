"""What CrossValidation goes on with after a kill: only what is still the same question."""

import json
import pathlib

import pytest
from tfx.types import standard_artifacts

from components import artifacts
from components.cross_validation import executor, outcome, settings
from schemas import tasks

_FOLDS = [outcome.Fold("transformer", number, {"accuracy": 0.5}, 1, 1, 1.0) for number in (1, 2)]


def _artifact(kind, uri, **properties):
    made = kind()
    made.uri = str(uri)
    for name, value in properties.items():
        setattr(made, name, value)
    return made


def _inputs(root, base_model=None, schema="schema"):
    """Makes what a validation takes; no example is read, since nothing is trained."""
    splits = json.dumps(["train", "eval"])
    made = {
        "examples": [_artifact(standard_artifacts.Examples, root / "examples", split_names=splits)],
        "schema": [_artifact(standard_artifacts.Schema, root / schema)],
        "transform_graph": [_artifact(standard_artifacts.TransformGraph, root / "graph")],
    }
    if base_model:
        made["base_model"] = [_artifact(standard_artifacts.Model, root / base_model)]
    return made


@pytest.fixture
def validate(tmp_path, monkeypatch):
    """Executes on inputs, and tells from which model and where a validation was made."""
    made = []

    class Validation:
        def __init__(self, *told):
            *_, base_model, directory, _ = told
            made.append((base_model, pathlib.Path(directory)))

        def run(self):
            return outcome.Outcome("accuracy", True, 0.05, 2, _FOLDS)

    def validated(**inputs):
        asked = settings.Settings(
            task=tasks.Settings("classification"),
            folds=2,
            metric="accuracy",
            alpha=0.05,
            seed=1,
            unit_by=("text",),
            is_group=False,
            transform={},
            trainings={"transformer": {}},
            backup_dir=str(tmp_path / "backups"),
        )
        outputs = {"folds": [_artifact(artifacts.Folds, tmp_path / "folds")]}
        told = {"settings": asked.to_json()}
        executor.Executor().Do(_inputs(tmp_path, **inputs), outputs, told)
        assert outcome.read(str(tmp_path / "folds")).folds == _FOLDS
        return made[-1]

    monkeypatch.setattr(executor.validating, "Validation", Validation)
    return validated


def test_the_same_question_is_gone_on_with(validate, tmp_path):
    base_model, directory = validate()
    assert base_model == ""
    assert directory.parent == tmp_path / "backups"
    assert validate() == (base_model, directory)


def test_another_model_to_start_from_is_another_question(validate, tmp_path):
    (first, of_first), (second, of_second) = (
        validate(base_model=f"Pretrained/model/{execution}") for execution in (3, 7)
    )
    assert first == str(tmp_path / "Pretrained/model/3/Format-Serving")
    assert second == str(tmp_path / "Pretrained/model/7/Format-Serving")
    assert of_first != of_second != validate()[1]


def test_another_schema_is_another_question(validate):
    assert validate()[1] != validate(schema="another")[1]
