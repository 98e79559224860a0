"""The Tuner's executor around a search on a formula."""

import json
import pathlib

import pytest
from tfx.proto import trainer_pb2
from tfx.types import standard_artifacts
from tfx.utils import json_utils, proto_utils

from components import artifacts
from components.tuner import executor
from trainer.tuning import record

_TUNER_FN = """
import functools
import keras_tuner
from tfx.components.tuner import component
from trainer.tuning import config, oracles, record, space, tuner

def tuner_fn(fn_args):
    told = fn_args.custom_config
    spaces = {"order": [2, 3, 4]}
    def train(values, epochs):
        if told["fails"]:
            raise RuntimeError("ArithmeticError: nan")
        return record.Trained((1.0 / values["order"],), 1, 2.0, "all run")
    make_oracle = functools.partial(
        oracles.build, config.TuneConfig(method="grid", trials=3), space.read(spaces),
        {"order": 3}, lambda values: None, keras_tuner.Objective("loss", "min"), 1, 1)
    made = tuner.Tuner(make_oracle, train, 1, "ngram", spaces, "grid", told["directory"])
    return component.TunerFnResult(made, {})
"""


def _artifact(kind, uri, **properties):
    made = kind()
    made.uri = str(uri)
    for name, value in properties.items():
        setattr(made, name, value)
    return made


def _do(directory: pathlib.Path, monkeypatch: pytest.MonkeyPatch, fails: bool) -> dict:
    (directory / "toy_search.py").write_text(_TUNER_FN)
    monkeypatch.syspath_prepend(str(directory))
    outputs = {
        "best_hyperparameters": standard_artifacts.HyperParameters,
        "tuner_results": standard_artifacts.TunerResults,
        "search": artifacts.Search,
    }
    made = {key: [_artifact(kind, directory / key)] for key, kind in outputs.items()}
    splits = json.dumps(["train", "eval"])
    examples = _artifact(standard_artifacts.Examples, directory / "examples", split_names=splits)
    args = {"train_args": trainer_pb2.TrainArgs(), "eval_args": trainer_pb2.EvalArgs()}
    context = executor.Executor.Context(tmp_dir=str(directory / "tmp"), unique_id="1")
    executor.Executor(context).Do(
        {"examples": [examples]},
        made,
        {
            "tuner_fn": "toy_search.tuner_fn",
            "custom_config": json_utils.dumps(
                {"fails": fails, "directory": str(directory / "state")}
            ),
            **{key: proto_utils.proto_to_json(value) for key, value in args.items()},
        },
    )
    return {key: next(pathlib.Path(of[0].uri).iterdir()).read_text() for key, of in made.items()}


def test_the_best_values_and_every_trial_are_put_out(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = _do(tmp_path, monkeypatch, fails=False)
    assert json.loads(written["best_hyperparameters"])["values"] == {"order": 4}
    assert [row["score"] for row in json.loads(written["tuner_results"])] == [
        pytest.approx(1 / order) for order in (4, 3, 2)
    ]
    found = record.Search.from_json(written["search"])
    assert [trial.values["order"] for trial in found.trials] == [3, 2, 4]
    assert (found.candidate, found.best, found.higher_is_better) == ("ngram", 3, False)
    assert not (tmp_path / "state").exists()


def test_a_search_of_which_no_trial_ends_well_fails_and_is_not_gone_on_with(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = "None of the 3 trials of ngram could be trained; the first: ArithmeticError: nan"
    with pytest.raises(RuntimeError, match=message):
        _do(tmp_path, monkeypatch, fails=True)
    assert not (tmp_path / "state").exists()
