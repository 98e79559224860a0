"""TFX's arguments become a search; nothing is trained yet."""

import pathlib

import pytest
from tfx.components.trainer import fn_args_utils

from schemas import tasks
from trainer import tuner_fn
from trainer.tuning import config


def _args(directory, space, **tune):
    section = config.TuneConfig(metric="accuracy", **{"method": "random", "trials": 3, **tune})
    return fn_args_utils.FnArgs(
        train_files=[str(directory / "none*")],
        eval_files=[str(directory / "none*")],
        transform_graph_path="/graph",
        custom_config={
            "task": tasks.Settings("classification").to_fields(),
            "architecture": "transformer",
            "model": {"hidden_dim": 64, "num_heads": 4},
            "train": {"epochs": 9, "seed": 7},
            "max_length": 32,
            "tokenizer": {},
            "backup_dir": str(directory),
            "code": "",
            "candidate": "transformer",
            "tune": section.model_dump(),
            "space": list(space.items()),
            "own": dict.fromkeys(space, 4),
            "higher_is_better": True,
        },
    )


def _search(directory: pathlib.Path, space=None, **tune):
    space = space or {"model.num_heads": [2, 3, 4]}
    return tuner_fn.tuner_fn(_args(directory, space, **tune)).tuner


def test_the_oracle_is_told_what_the_config_says(tmp_path):
    oracle = _search(tmp_path).oracle
    assert (oracle.objective.name, oracle.objective.direction) == ("accuracy", "max")
    assert (oracle.max_trials, oracle.seed) == (3, 7)
    assert [parameter.name for parameter in oracle.get_space().space] == ["model.num_heads"]


def test_values_that_do_not_go_with_the_model_are_refused(tmp_path):
    oracle = _search(tmp_path).oracle
    tried = []
    while (trial := oracle.create_trial("tuner0")).status == "RUNNING":
        tried.append(trial.hyperparameters.values["model.num_heads"])
        trial.status = "FAILED"
        oracle.end_trial(trial)
    assert tried == [4, 2]
    assert [each["values"] for each in oracle.refused] == [{"model.num_heads": 3}]


@pytest.mark.parametrize(
    "changed", [{"trials": 4}, {"method": "bayesian"}, {"space": {"model.num_heads": [2, 4]}}]
)
def test_another_search_does_not_go_on_with_this_ones_state(tmp_path, changed):
    first = _search(tmp_path).directory
    assert pathlib.Path(first).parent == tmp_path
    assert _search(tmp_path).directory == first
    assert _search(tmp_path, **changed).directory != first
